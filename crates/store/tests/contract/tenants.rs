//! Tenants and mailboxes. Authorisation 3.1.

use passgate_gate::audit::{Chain, Operation};
use passgate_gate::ids::MailboxId;
use passgate_gate::store::{NewTenant, Outcome, Store, Taken, TenantChange};
use passgate_gate::user::Mailbox;

use super::world::*;

pub(crate) async fn a_tenant_has_both_ids_each_given_once(store: &dyn Store) {
    // authorisation 3.1
    make_tenant(store, 5, "mycompany").await;
    let made = store.tenant(tenant_id(5)).await.unwrap().unwrap();
    assert_eq!((made.company.as_ref().unwrap().as_str(), made.name.as_str()), ("MYCOMPANY", "Tenant 5"));
    assert_eq!((made.licensed, made.suspended, made.version), (true, false, 1));
    assert_eq!(store.tenant_by_company(&"MyCompany".parse().unwrap()).await.unwrap(), Some(made));

    let create = |tenant: NewTenant| store.create_tenant(tenant, event(Operation::CreateTenant, at(1)));
    assert_eq!(create(new_tenant(6, "MYCOMPANY")).await.unwrap(), Err(Taken));
    assert_eq!(create(new_tenant(5, "OTHER")).await.unwrap(), Err(Taken));
    // Without a company id any number of them.
    for id in [7, 8] {
        assert!(create(new_tenant(id, "")).await.unwrap().is_ok());
    }
    let next = create(NewTenant { id: None, ..new_tenant(1, "NEXT") }).await.unwrap().unwrap();
    assert_eq!(next.id.get(), 1_001);
    let listed = store.tenants(Some(tenant_id(5)), 2).await.unwrap();
    assert_eq!(listed.iter().map(|tenant| tenant.id.get()).collect::<Vec<_>>(), [7, 8]);
    assert_eq!(store.tenants(None, 100).await.unwrap().len(), 4);
}

pub(crate) async fn a_tenant_s_first_record_is_that_of_its_making(store: &dyn Store) {
    // Store::create_tenant: the act fills in the event's tenant
    let making = event(Operation::CreateTenant, at(1));
    let making = passgate_gate::audit::AuditEvent { tenant: None, ..making };
    let made = store.create_tenant(NewTenant { id: None, ..new_tenant(1, "") }, making).await.unwrap().unwrap();
    let events = store.events(Chain(Some(made.id)), 0, 10).await.unwrap();
    assert_eq!(events.iter().map(|event| event.operation.as_str()).collect::<Vec<_>>(), ["create-tenant"]);
    assert_eq!(store.chains().await.unwrap(), [Chain(Some(made.id))]);
}

pub(crate) async fn a_change_of_a_tenant_raises_its_version(store: &dyn Store) {
    // Tenant::version
    make_tenant(store, 5, "").await;
    let update = |id, change| store.update_tenant(tenant_id(id), change, event(Operation::UpdateTenant, at(1)));
    let off = TenantChange { licensed: Some(false), suspended: None };
    let changed = done(update(5, off.clone()).await);
    assert_eq!((changed.licensed, changed.suspended, changed.version), (false, false, 2));
    let barred = TenantChange { licensed: None, suspended: Some(true) };
    let changed = done(update(5, barred).await);
    assert_eq!((changed.licensed, changed.suspended, changed.version), (false, true, 3));
    assert_eq!(store.tenant(tenant_id(5)).await.unwrap(), Some(changed));
    assert_eq!(update(6, off).await.unwrap(), Outcome::Stale);
}

pub(crate) async fn a_mailbox_number_is_given_once_per_tenant(store: &dyn Store) {
    // authorisation 3.1; number 0 is the tenant itself
    make_tenant(store, 5, "").await;
    make_tenant(store, 6, "").await;
    let create = |tenant, id| {
        let mailbox =
            Mailbox { tenant: tenant_id(tenant), id: MailboxId::new(id).unwrap(), name: "m".into(), suspended: false };
        store.create_mailbox(mailbox, event(Operation::CreateMailbox, at(1)))
    };
    for (tenant, id, answer) in [(5, 1, Ok(())), (6, 1, Ok(())), (5, 1, Err(Taken)), (5, 0, Err(Taken))] {
        assert_eq!(create(tenant, id).await.unwrap(), answer, "{tenant} {id}");
    }
    assert_eq!(store.mailbox(tenant_id(5), MailboxId::NETWORK).await.unwrap(), None);
}
