//! A small world to test in: one tenant with an administrator and a user, and the pieces that acts are
//! made of. The clock stands still unless a test moves it.

use jiff::{SignedDuration, Timestamp};
use passgate_gate::audit::{Actor, AuditEvent, Door, Operation};
use passgate_gate::digest::Digest;
use passgate_gate::ids::{ApiKeyId, MailboxId, TenantId, UserId};
use passgate_gate::level::Level;
use passgate_gate::networks::Networks;
use passgate_gate::password::PasswordHash;
use passgate_gate::session::{KeyVisibility, Session, SessionKind, SessionLimit};
use passgate_gate::store::{
    Admission, Attempt, CallerStamp, Created, EndSessions, NewApiKey, NewTenant, NewUser, OpenSession, Opened, Outcome,
    PasswordProved, Receipt, ReplacePassword, Store, StoreError, UserChange,
};
use passgate_gate::throttle::{Throttle, ThrottleKey};
use passgate_gate::user::{Account, MustChange, Status};

/// The names of the sample world.
pub(crate) const TENANT: i32 = 1;
pub(crate) const ANN: i32 = 1_042;
pub(crate) const BOB: i32 = 5_001;

/// Seconds after the beginning of the tests' time.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap() + SignedDuration::from_secs(seconds)
}

pub(crate) fn tenant_id(number: i32) -> TenantId {
    TenantId::new(number).unwrap()
}

pub(crate) fn user_id(number: i32) -> UserId {
    UserId::new(number).unwrap()
}

pub(crate) fn hash(text: &str) -> PasswordHash {
    PasswordHash::from_phc(text.to_owned())
}

pub(crate) fn digest(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}

pub(crate) fn event(operation: Operation, time: Timestamp) -> AuditEvent {
    AuditEvent {
        time,
        tenant: TenantId::new(TENANT),
        door: Door::Cli,
        operation,
        actor: Actor::Operator("tests".into()),
        source: None,
        request: "request".into(),
        target: None,
        refused: None,
        credential_version: None,
        sessions_ended: None,
        note: String::new(),
    }
}

/// The local operator: no account, nothing shown.
pub(crate) fn operator() -> CallerStamp {
    CallerStamp::default()
}

pub(crate) fn new_tenant(id: i32, company: &str) -> NewTenant {
    NewTenant {
        id: TenantId::new(id),
        company: (!company.is_empty()).then(|| company.parse().unwrap()),
        name: format!("Tenant {id}"),
        licensed: true,
    }
}

pub(crate) fn new_user(id: i32, tenant: i32, login: &str) -> NewUser {
    NewUser {
        id: UserId::new(id),
        tenant: tenant_id(tenant),
        mailbox: MailboxId::NETWORK,
        login: login.into(),
        portal_id: None,
        email: String::new(),
        first_name: String::new(),
        last_name: String::new(),
        level: Level::NetworkUser,
        status: Status::Active,
        hash: hash("$first"),
        must_change: MustChange::No,
    }
}

pub(crate) async fn make_tenant(store: &dyn Store, id: i32, company: &str) {
    let event = AuditEvent { tenant: TenantId::new(id), ..event(Operation::CreateTenant, at(0)) };
    store.create_tenant(new_tenant(id, company), event).await.unwrap().unwrap();
}

pub(crate) async fn create(store: &dyn Store, user: NewUser) -> Created {
    let event = AuditEvent { tenant: Some(user.tenant), ..event(Operation::CreateUser, at(0)) };
    match store.create_user(user, operator(), event).await.unwrap() {
        Outcome::Done(created) => created,
        Outcome::Stale => panic!("an operator's act cannot be stale"),
    }
}

pub(crate) async fn make(store: &dyn Store, user: NewUser) -> Account {
    match create(store, user).await {
        Created::User(account) => *account,
        other => panic!("not made: {other:?}"),
    }
}

/// One tenant MYCOMPANY; Ann administers it, Bob is in it.
pub(crate) async fn populate(store: &dyn Store) {
    make_tenant(store, TENANT, "MYCOMPANY").await;
    make(store, NewUser { level: Level::NetworkAdmin, ..new_user(ANN, TENANT, "Ann") }).await;
    make(store, NewUser { email: "Bob@Example.com".into(), ..new_user(BOB, TENANT, "bob.builder@work") }).await;
}

pub(crate) async fn account(store: &dyn Store, id: i32) -> Account {
    store.account(user_id(id)).await.unwrap().expect("the account exists")
}

/// A set of a password by the operator, as the account is now.
pub(crate) fn set(target: &Account, phc: &str, time: Timestamp) -> ReplacePassword {
    ReplacePassword {
        target: target.stamp(),
        credential_version: None,
        caller: operator(),
        hash: hash(phc),
        must_change: MustChange::No,
        recovery_question: None,
        sessions: EndSessions::AllBut(None),
        event: AuditEvent { target: Some(target.user.id), ..event(Operation::SetPassword, time) },
    }
}

pub(crate) async fn replace(store: &dyn Store, act: ReplacePassword) -> Receipt {
    done(store.replace_password(act).await)
}

/// The hash that is true now.
pub(crate) async fn present_hash(store: &dyn Store, id: i32) -> PasswordHash {
    store.account_and_hash(user_id(id)).await.unwrap().expect("the account exists").1
}

/// A session of an account for an hour, twelve at most.
pub(crate) fn session(of: &Account, name: &str, kind: SessionKind, time: Timestamp) -> Session {
    Session {
        digest: digest(name),
        kind,
        user: of.user.id,
        credential_version: of.user.credential_version,
        chain: digest(name),
        created: time,
        expires: time + SignedDuration::from_hours(1),
        absolute: time + SignedDuration::from_hours(12),
        ended: None,
        source: Some(std::net::Ipv4Addr::new(192, 0, 2, 7).into()),
    }
}

pub(crate) fn opening(of: &Account, session: Session) -> OpenSession {
    OpenSession {
        account: of.stamp(),
        limit: SessionLimit::EndOldest(100),
        throttle: ThrottleKey::User(of.user.id),
        rehash: None,
        event: AuditEvent { target: Some(of.user.id), ..event(Operation::SignIn, session.created) },
        session,
    }
}

/// Opens a session and gives it back.
pub(crate) async fn open(store: &dyn Store, of: &Account, name: &str, time: Timestamp) -> Session {
    let session = session(of, name, SessionKind::Soap, time);
    assert_eq!(done(store.open_session(opening(of, session.clone())).await), Opened::Open);
    session
}

pub(crate) async fn is_open(store: &dyn Store, name: &str, now: Timestamp) -> bool {
    match store.session(&digest(name)).await.unwrap() {
        Some((session, owner)) => session.is_open(owner.user.credential_version, now),
        None => false,
    }
}

#[track_caller]
pub(crate) fn done<T>(outcome: Result<Outcome<T>, StoreError>) -> T {
    match outcome.expect("the store works") {
        Outcome::Done(answer) => answer,
        Outcome::Stale => panic!("stale, though nothing has changed"),
    }
}

#[track_caller]
pub(crate) fn stale<T: std::fmt::Debug>(outcome: Result<Outcome<T>, StoreError>) {
    match outcome.expect("the store works") {
        Outcome::Stale => {}
        Outcome::Done(answer) => panic!("done on a judgement that no longer holds: {answer:?}"),
    }
}

pub(crate) fn suspend() -> UserChange {
    UserChange { status: Some(Status::Suspended), ..UserChange::default() }
}

/// Changes a user as it is now.
pub(crate) async fn change(store: &dyn Store, id: i32, change: UserChange, time: Timestamp) -> Account {
    let target = account(store, id).await.stamp();
    done(store.update_user(target, operator(), change, event(Operation::UpdateUser, time)).await)
}

/// Makes a key for a user.
pub(crate) async fn key(
    store: &dyn Store,
    owner: i32,
    name: &str,
    primary: bool,
    expires: Option<Timestamp>,
) -> ApiKeyId {
    let key = NewApiKey {
        owner: account(store, owner).await.stamp(),
        caller: operator(),
        digest: digest(name),
        hint: "ek_live_1234".into(),
        visibility: KeyVisibility::Private,
        primary,
        expires,
        networks: Networks::default(),
        event: event(Operation::CreateApiKey, at(0)),
    };
    done(store.create_api_key(key).await)
}

/// A password proved without a session, with a nonce to use up until an instant.
pub(crate) fn proving(of: &Account, nonce: Option<(&str, Timestamp)>, now: Timestamp) -> PasswordProved {
    PasswordProved {
        account: of.stamp(),
        credential_version: of.user.credential_version,
        throttle: ThrottleKey::User(of.user.id),
        rehash: None,
        nonce: nonce.map(|(name, until)| (digest(name), until)),
        now,
    }
}

/// An attempt by the default throttle, from nowhere.
pub(crate) fn attempt(key: &ThrottleKey, now: Timestamp) -> Attempt {
    Attempt { key: key.clone(), throttle: Throttle::default(), source: None, now }
}

pub(crate) async fn begin(store: &dyn Store, key: &ThrottleKey, now: Timestamp) -> Result<Admission, StoreError> {
    store.begin_attempt(&attempt(key, now)).await
}
