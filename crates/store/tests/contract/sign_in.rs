//! Which account a name signs in to. Authorisation 3.1.

use passgate_gate::audit::Operation;
use passgate_gate::ids::MailboxId;
use passgate_gate::store::{NameMatch, NameQuery, NewUser, Store, TenantChange, UserChange};
use passgate_gate::user::{Mailbox, Status, name_key};

use super::world::*;

/// What a look-up found: an id, nobody (0), or several (-1).
async fn found(store: &dyn Store, query: NameQuery) -> i32 {
    match store.sign_in_match(&query).await.unwrap() {
        NameMatch::None => 0,
        NameMatch::One(account, hash) => {
            assert_eq!(hash.as_phc(), "$first");
            account.user.id.get()
        }
        NameMatch::Several => -1,
    }
}

fn login(name: &str) -> NameQuery {
    NameQuery::Login(name_key(name))
}

fn login_in(company: &str, name: &str) -> NameQuery {
    NameQuery::LoginIn(company.parse().unwrap(), name_key(name))
}

fn portal(name: &str) -> NameQuery {
    NameQuery::PortalId(name.parse().ok(), name_key(name))
}

/// A second tenant with another Ann, whose address is Bob's login.
async fn two_tenants(store: &dyn Store) {
    populate(store).await;
    make_tenant(store, 2, "OTHER").await;
    make(store, NewUser { email: "bob.builder@work".into(), ..new_user(2_001, 2, "ann") }).await;
}

pub(crate) async fn a_login_leads_to_its_account_letter_case_aside(store: &dyn Store) {
    // authorisation 3.1
    populate(store).await;
    for (name, id) in [("ann", ANN), ("ANN", ANN), (" Ann ", ANN), ("BOB.BUILDER@work", BOB), ("anna", 0), ("", 0)] {
        assert_eq!(found(store, login(name)).await, id, "{name}");
    }
}

pub(crate) async fn a_login_that_two_tenants_have_needs_its_company(store: &dyn Store) {
    // authorisation 3.1
    two_tenants(store).await;
    assert_eq!(found(store, login("ann")).await, -1);
    assert_eq!(found(store, login_in("mycompany", "ann")).await, ANN);
    assert_eq!(found(store, login_in("OTHER", "ann")).await, 2_001);
    assert_eq!(found(store, login_in("OTHER", "bob.builder@work")).await, 0);
    assert_eq!(found(store, login_in("NONE", "ann")).await, 0);
}

pub(crate) async fn an_address_counts_only_where_no_login_fits(store: &dyn Store) {
    // authorisation 3.1
    two_tenants(store).await;
    assert_eq!(found(store, login("bob@example.com")).await, BOB);
    assert_eq!(found(store, login("bob.builder@work")).await, BOB);
    change(store, BOB, suspend(), at(1)).await;
    assert_eq!(found(store, login("bob.builder@work")).await, 2_001);
}

pub(crate) async fn a_portal_id_leads_to_its_account(store: &dyn Store) {
    // authorisation 3.1
    two_tenants(store).await;
    assert_eq!(found(store, portal("Ann")).await, -1);
    assert_eq!(found(store, NameQuery::PortalIdIn("OTHER".parse().unwrap(), "ann".parse().unwrap())).await, 2_001);
    // A login that is no portal id: Bob's is made of his number.
    assert_eq!(found(store, portal("u5001")).await, BOB);
    assert_eq!(found(store, portal("bob@example.com")).await, BOB);
    assert_eq!(found(store, portal("")).await, 0);
}

pub(crate) async fn only_accounts_in_use_are_found(store: &dyn Store) {
    // authorisation 3.1, 3.4 #10: what the look-up says and what Account::in_use says is one thing
    populate(store).await;
    let mailbox = |id, suspended| Mailbox {
        tenant: tenant_id(TENANT),
        id: MailboxId::new(id).unwrap(),
        name: "m".into(),
        suspended,
    };
    for (id, suspended) in [(1, false), (2, true)] {
        let made = store.create_mailbox(mailbox(id, suspended), event(Operation::CreateMailbox, at(0))).await;
        made.unwrap().unwrap();
    }
    let mut number = 100;
    for in_mailbox in 0..=2 {
        for status in Status::ALL {
            number += 1;
            let login = format!("user{number}");
            let mailbox = MailboxId::new(in_mailbox).unwrap();
            make(store, NewUser { mailbox, status, ..new_user(number, TENANT, &login) }).await;
        }
    }
    for suspended in [false, true] {
        let change = TenantChange { suspended: Some(suspended), ..TenantChange::default() };
        done(store.update_tenant(tenant_id(TENANT), change, event(Operation::UpdateTenant, at(1))).await);
        for id in 101..=number {
            let expected = if account(store, id).await.in_use() { id } else { 0 };
            assert_eq!(found(store, login(&format!("user{id}"))).await, expected, "{id}, suspended {suspended}");
        }
    }
}

pub(crate) async fn a_locked_account_is_found(store: &dyn Store) {
    // Store::sign_in_match: locked ones count, so that their attempts are counted and cost a hash
    populate(store).await;
    change(store, BOB, UserChange { locked: Some(true), ..UserChange::default() }, at(1)).await;
    assert_eq!(found(store, login("bob.builder@work")).await, BOB);
}

pub(crate) async fn users_without_an_address_are_not_found_by_none(store: &dyn Store) {
    // authorisation 3.1
    make_tenant(store, TENANT, "MYCOMPANY").await;
    make(store, new_user(ANN, TENANT, "Ann")).await;
    assert_eq!(found(store, login("")).await, 0);
    assert_eq!(found(store, NameQuery::PortalId(None, String::new())).await, 0);
}
