//! Who lives in the house: the operator's own tenant, two companies, and people of every level.

use jiff::Timestamp;
use passgate_gate::audit::{Actor, AuditEvent, Door, Operation};
use passgate_gate::ids::{MailboxId, TenantId};
use passgate_gate::level::Level;
use passgate_gate::password::PasswordHash;
use passgate_gate::store::{CallerStamp, Created, NewTenant, NewUser, Outcome, Store};
use passgate_gate::user::{MustChange, Status};

/// What is put into an empty store.
pub(crate) struct Furniture<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) now: Timestamp,
}

impl Furniture<'_> {
    pub(crate) async fn stand(&self, hash: &PasswordHash) {
        let operator = self.tenant("OPERATOR", "The operator").await;
        let north = self.tenant("NORTHCO", "North & Co").await;
        let south = self.tenant("SOUTHCO", "South Company").await;
        let people = [
            (operator, "ROOT1", Level::Root),
            (operator, "TECHOPS1", Level::TechOps),
            (operator, "NETOPS1", Level::NetOps),
            (north, "INTEG1", Level::NetworkAdmin),
            (north, "ADMIN2", Level::NetworkAdmin),
            (north, "CLERK1", Level::NetworkUser),
            (north, "MBADMIN1", Level::MailboxAdmin),
            (north, "MBUSER1", Level::MailboxUser),
            (north, "PARTNER1", Level::TPUser),
            (north, "GENERAL1", Level::General),
            (north, "DRV0042", Level::NetworkUser),
            (north, "STAFF1", Level::NetOps),
            (north, "TWIN1", Level::NetworkAdmin),
            (south, "TWIN1", Level::NetworkAdmin),
            (south, "INTEG9", Level::NetworkAdmin),
            (south, "DRV0099", Level::NetworkUser),
        ];
        for (tenant, login, level) in people {
            self.user(tenant, login, level, hash).await;
        }
    }

    async fn tenant(&self, company: &str, name: &str) -> TenantId {
        let new =
            NewTenant { id: None, company: Some(company.parse().unwrap()), name: name.to_owned(), licensed: true };
        self.store.create_tenant(new, event(self.now, Operation::CreateTenant, None)).await.unwrap().unwrap().id
    }

    async fn user(&self, tenant: TenantId, login: &str, level: Level, hash: &PasswordHash) {
        let new = NewUser {
            id: None,
            tenant,
            mailbox: MailboxId::NETWORK,
            login: login.to_owned(),
            portal_id: None,
            email: String::new(),
            first_name: String::new(),
            last_name: String::new(),
            level,
            status: Status::Active,
            hash: hash.clone(),
            must_change: MustChange::No,
        };
        let event = event(self.now, Operation::CreateUser, Some(tenant));
        match self.store.create_user(new, CallerStamp::default(), event).await.unwrap() {
            Outcome::Done(Created::User(_)) => {}
            other => panic!("{login} was not made: {other:?}"),
        }
    }
}

/// A record of the building itself.
pub(crate) fn event(time: Timestamp, operation: Operation, tenant: Option<TenantId>) -> AuditEvent {
    AuditEvent {
        time,
        tenant,
        door: Door::Cli,
        operation,
        actor: Actor::Operator("builder".to_owned()),
        source: None,
        request: "building".to_owned(),
        target: None,
        refused: None,
        credential_version: None,
        sessions_ended: None,
        note: String::new(),
    }
}
