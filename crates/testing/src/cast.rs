//! The people of the tests: one per level in NORTHCO, two in SOUTHCO, the operator's staff in a tenant of
//! their own. Written straight into the store, with one hash for all, since they are where tests begin.

use jiff::Timestamp;
use passgate_gate::audit::{Actor, AuditEvent, Door, Operation};
use passgate_gate::hasher::{Hasher, Share};
use passgate_gate::ids::{MailboxId, TenantId, UserId};
use passgate_gate::level::Level;
use passgate_gate::password::{Password, PasswordHash};
use passgate_gate::policy::{Names, Policy, Profile};
use passgate_gate::store::{CallerStamp, Created, NewTenant, NewUser, Outcome, Store};
use passgate_gate::user::{Mailbox, MustChange, Status};
use passgate_hashing::HashingLane;

/// The password that everybody starts with.
pub const PASSWORD: &str = "Barrel-77-ride";
/// NORTHCO's mailbox.
pub const MAILBOX: i32 = 3;

/// Somebody in the cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// Root in the operator's tenant.
    Root,
    /// NetworkAdmin of NORTHCO.
    Admin,
    /// A second NetworkAdmin of NORTHCO.
    Deputy,
    /// NetworkUser of NORTHCO.
    Clerk,
    /// MailboxAdmin of NORTHCO's mailbox.
    MailboxAdmin,
    /// MailboxUser of NORTHCO's mailbox.
    MailboxUser,
    /// MailboxUser of NORTHCO at network level.
    Driver,
    /// Of the operator's staff, placed in NORTHCO.
    Staff,
    /// NetworkAdmin of SOUTHCO.
    SouthAdmin,
    /// MailboxUser of SOUTHCO.
    SouthDriver,
}

impl Person {
    /// Everybody.
    pub const ALL: [Self; 10] = [
        Self::Root,
        Self::Admin,
        Self::Deputy,
        Self::Clerk,
        Self::MailboxAdmin,
        Self::MailboxUser,
        Self::Driver,
        Self::Staff,
        Self::SouthAdmin,
        Self::SouthDriver,
    ];

    /// The login, unique in all tenants.
    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "root1",
            Self::Admin => "admin1",
            Self::Deputy => "deputy1",
            Self::Clerk => "clerk1",
            Self::MailboxAdmin => "mbadmin1",
            Self::MailboxUser => "mbuser1",
            Self::Driver => "driver1",
            Self::Staff => "staff1",
            Self::SouthAdmin => "admin9",
            Self::SouthDriver => "driver9",
        }
    }

    /// The number.
    pub fn number(self) -> i32 {
        Self::ALL.into_iter().zip(201..).find(|(person, _)| *person == self).map_or(0, |(_, number)| number)
    }

    fn place(self) -> (i32, i32, Level) {
        match self {
            Self::Root => (1, 0, Level::Root),
            Self::Admin | Self::Deputy => (2, 0, Level::NetworkAdmin),
            Self::Clerk => (2, 0, Level::NetworkUser),
            Self::MailboxAdmin => (2, MAILBOX, Level::MailboxAdmin),
            Self::MailboxUser => (2, MAILBOX, Level::MailboxUser),
            Self::Driver => (2, 0, Level::MailboxUser),
            Self::Staff => (2, 0, Level::NetOps),
            Self::SouthAdmin => (3, 0, Level::NetworkAdmin),
            Self::SouthDriver => (3, 0, Level::MailboxUser),
        }
    }
}

pub(crate) async fn assemble(store: &dyn Store, lane: &HashingLane, now: Timestamp) {
    for (id, company, name) in [(1, "OPERATOR", "The operator"), (2, "NORTHCO", "North & Co"), (3, "SOUTHCO", "South")]
    {
        let tenant = NewTenant {
            id: TenantId::new(id),
            company: Some(company.parse().expect("a company id")),
            name: name.to_owned(),
            licensed: true,
        };
        store.create_tenant(tenant, event(now)).await.expect("the store").expect("a free name");
    }
    let tenant = TenantId::new(2).expect("an id");
    let mailbox =
        Mailbox { tenant, id: MailboxId::new(MAILBOX).expect("an id"), name: "Dispatch".to_owned(), suspended: false };
    store.create_mailbox(mailbox, event(now)).await.expect("the store").expect("a free number");
    let password = Password::from(PASSWORD);
    let accepted = Policy::default().accept(Profile::Pattern, password, &Names::NONE).expect("a good password");
    let hash = lane.hash(Share::Keyed, &accepted).await.expect("a hash");
    for person in Person::ALL {
        add(store, person, &hash, now).await;
    }
}

async fn add(store: &dyn Store, person: Person, hash: &PasswordHash, now: Timestamp) {
    let (tenant, mailbox, level) = person.place();
    let user = NewUser {
        id: UserId::new(person.number()),
        tenant: TenantId::new(tenant).expect("an id"),
        mailbox: MailboxId::new(mailbox).expect("an id"),
        login: person.name().to_owned(),
        portal_id: None,
        email: format!("{}@people.example", person.name()),
        first_name: String::new(),
        last_name: String::new(),
        level,
        status: Status::Active,
        hash: hash.clone(),
        must_change: MustChange::No,
    };
    let made = store.create_user(user, CallerStamp::default(), event(now)).await.expect("the store");
    assert!(matches!(made, Outcome::Done(Created::User(_))), "{} was not made", person.name());
}

fn event(now: Timestamp) -> AuditEvent {
    AuditEvent {
        time: now,
        tenant: None,
        door: Door::Cli,
        operation: Operation::CreateUser,
        actor: Actor::Operator("tests".to_owned()),
        source: None,
        request: "assembling".to_owned(),
        target: None,
        refused: None,
        credential_version: None,
        sessions_ended: None,
        note: String::new(),
    }
}
