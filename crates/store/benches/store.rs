//! How fast the store is: `cargo bench -p passgate-store`. Point reads one at a time, and sets of passwords
//! alone and many at once, on a file in the folder that `PASSGATE_BENCH_FOLDER` names, or the system's.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on has failed")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use passgate_gate::audit::{Actor, AuditEvent, Door, Operation};
use passgate_gate::digest::Digest;
use passgate_gate::ids::{MailboxId, TenantId, UserId};
use passgate_gate::level::Level;
use passgate_gate::networks::Networks;
use passgate_gate::password::PasswordHash;
use passgate_gate::session::KeyVisibility;
use passgate_gate::store::{
    CallerStamp, EndSessions, NameQuery, NewApiKey, NewTenant, NewUser, Outcome, ReplacePassword, Store,
};
use passgate_gate::user::{MustChange, Status};
use passgate_store::{SqliteOptions, SqliteStore};
use rustix::time::{ClockId, clock_gettime};

const USERS: i32 = 10_000;
const READS: i32 = 100_000;

#[tokio::main]
async fn main() {
    let folder =
        std::env::var_os("PASSGATE_BENCH_FOLDER").map_or_else(tempfile::tempdir, tempfile::tempdir_in).unwrap();
    let path = folder.path().join("data/bench.db");
    let store = Arc::new(SqliteStore::create(&path, &SqliteOptions::default()).unwrap());
    populate(&store).await;

    let begun = Begun::now();
    for n in 0..READS {
        store.account(user(n)).await.unwrap().unwrap();
    }
    report("account by id", READS, &begun);
    let begun = Begun::now();
    for n in 0..READS {
        store.api_key(&key(n)).await.unwrap().unwrap();
    }
    report("key and owner by digest", READS, &begun);
    let begun = Begun::now();
    for n in 0..READS {
        store.sign_in_match(&NameQuery::Login(format!("user{}", user(n)))).await.unwrap();
    }
    report("account and hash by login", READS, &begun);

    for tasks in [1, 8, 64, 256] {
        let sets = if tasks == 1 { 2_000 } else { 20_000 };
        let begun = Begun::now();
        let setting: Vec<_> =
            (0..tasks).map(|task| tokio::spawn(set_many(store.clone(), task, sets / tasks))).collect();
        for task in setting {
            task.await.unwrap();
        }
        report(&format!("durable sets, {tasks} at once"), sets, &begun);
    }
}

async fn set_many(store: Arc<SqliteStore>, task: i32, sets: i32) {
    for n in 0..sets {
        let target = store.account(user(task * 37 + n)).await.unwrap().unwrap();
        let act = ReplacePassword {
            target: target.stamp(),
            credential_version: None,
            caller: CallerStamp::default(),
            hash: hash(),
            must_change: MustChange::No,
            recovery_question: None,
            sessions: EndSessions::AllBut(None),
            event: event(Operation::SetPassword),
        };
        assert!(matches!(store.replace_password(act).await.unwrap(), Outcome::Done(_)));
    }
}

async fn populate(store: &Arc<SqliteStore>) {
    let tenant = NewTenant { id: TenantId::new(1), company: None, name: "Bench".into(), licensed: true };
    store.create_tenant(tenant, event(Operation::CreateTenant)).await.unwrap().unwrap();
    let mut making = tokio::task::JoinSet::new();
    for n in 0..USERS {
        let store = store.clone();
        making.spawn(async move {
            let new = new_user(user(n));
            store.create_user(new, CallerStamp::default(), event(Operation::CreateUser)).await.unwrap();
            let owner = store.account(user(n)).await.unwrap().unwrap().stamp();
            let new = NewApiKey {
                owner,
                caller: CallerStamp::default(),
                digest: key(n),
                hint: "ek_live_1234".into(),
                visibility: KeyVisibility::Private,
                primary: true,
                expires: None,
                networks: Networks::default(),
                event: event(Operation::GenerateApiKey),
            };
            store.create_api_key(new).await.unwrap();
        });
        if making.len() >= 256 {
            making.join_next().await.unwrap().unwrap();
        }
    }
    making.join_all().await;
}

fn new_user(id: UserId) -> NewUser {
    NewUser {
        id: Some(id),
        tenant: TenantId::new(1).unwrap(),
        mailbox: MailboxId::NETWORK,
        login: format!("user{id}"),
        portal_id: None,
        email: format!("user{id}@example.com"),
        first_name: "First".into(),
        last_name: "Last".into(),
        level: Level::NetworkUser,
        status: Status::Active,
        hash: hash(),
        must_change: MustChange::No,
    }
}

fn user(n: i32) -> UserId {
    UserId::new(n % USERS + 1).unwrap()
}

fn key(n: i32) -> Digest {
    Digest::of(&(n % USERS).to_be_bytes())
}

fn hash() -> PasswordHash {
    PasswordHash::from_phc("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$".to_owned() + &"h".repeat(43))
}

fn event(operation: Operation) -> AuditEvent {
    AuditEvent {
        time: Timestamp::UNIX_EPOCH,
        tenant: TenantId::new(1),
        door: Door::Cli,
        operation,
        actor: Actor::Operator("bench".into()),
        source: None,
        request: "0123456789abcdef0123456789abcdef".into(),
        target: None,
        refused: None,
        credential_version: None,
        sessions_ended: None,
        note: String::new(),
    }
}

/// A beginning on the wall and on the processor: on a busy machine only the second tells what a thing costs.
struct Begun {
    wall: Instant,
    processor: Duration,
}

impl Begun {
    fn now() -> Self {
        Self { wall: Instant::now(), processor: processor_time() }
    }
}

fn processor_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap()
}

fn report(what: &str, times: i32, begun: &Begun) {
    let wall = begun.wall.elapsed();
    let processor = processor_time().saturating_sub(begun.processor) / times.unsigned_abs();
    let per_second = f64::from(times) / wall.as_secs_f64();
    println!("{what:<28} {per_second:>10.0} per second {processor:>12.1?} of processor each");
}
