//! The truth tables of authorisation 4.1 to 4.3, as they are printed there, and the whole table of every
//! door, act, caller and target as a golden file. `PASSGATE_BLESS=1` writes the file anew: read its diff.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write as _;
use std::path::Path;

use jiff::Timestamp;
use passgate_gate::audit::Door;
use passgate_gate::authority::{Act, Place, Subject, over};
use passgate_gate::ids::{MailboxId, TenantId, UserId};
use passgate_gate::level::Level;
use passgate_gate::throttle::Failures;
use passgate_gate::user::{Account, MustChange, Status, Tenant, User};

const CALLER: i32 = 100;

fn place() -> Place {
    Place { user: UserId::new(CALLER).unwrap(), tenant: TenantId::new(1).unwrap(), mailbox: MailboxId::new(3).unwrap() }
}

fn account(id: i32, tenant: i32, mailbox: i32, level: Level, status: Status) -> Account {
    let now = Timestamp::UNIX_EPOCH;
    let tenant = TenantId::new(tenant).unwrap();
    Account {
        user: User {
            id: UserId::new(id).unwrap(),
            tenant,
            mailbox: MailboxId::new(mailbox).unwrap(),
            login: format!("user{id}"),
            portal_id: format!("U{id}").parse().unwrap(),
            email: String::new(),
            first_name: String::new(),
            last_name: String::new(),
            level,
            status,
            locked: None,
            must_change: MustChange::No,
            credential_version: 1,
            password_set_at: now,
            password_used: true,
            version: 1,
            created: now,
            modified: now,
            last_login: None,
            recovery_question: String::new(),
            max_soap_sessions: None,
        },
        tenant: Tenant {
            id: tenant,
            company: None,
            name: "A company".into(),
            licensed: true,
            suspended: false,
            version: 1,
        },
        mailbox_suspended: false,
        failures: Failures::default(),
    }
}

/// The columns of authorisation 4.1 and 4.2, as accounts for a caller of this level.
const COLUMNS: [&str; 7] = [
    "itself",
    "own mailbox, rank <= own",
    "own tenant elsewhere, rank <= own",
    "own tenant, rank > own",
    "other tenant, rank <= own",
    "other tenant, rank > own",
    "none or terminated",
];

fn targets(column: &str, caller: Level) -> Vec<Option<Account>> {
    let below: Vec<Level> = Level::ALL.into_iter().filter(|level| *level <= caller).collect();
    let above: Vec<Level> = Level::ALL.into_iter().filter(|level| *level > caller).collect();
    let all = |levels: &[Level], tenant, mailbox| {
        levels.iter().map(|level| Some(account(200, tenant, mailbox, *level, Status::Active))).collect()
    };
    match column {
        "itself" => vec![Some(account(CALLER, 1, 3, caller, Status::Active))],
        "own mailbox, rank <= own" => all(&below, 1, 3),
        "own tenant elsewhere, rank <= own" => all(&below, 1, 4),
        "own tenant, rank > own" => all(&above, 1, 3),
        "own tenant elsewhere, rank > own" => all(&above, 1, 4),
        "other tenant, rank <= own" => all(&below, 2, 3),
        "other tenant, rank > own" => all(&above, 2, 3),
        "none or terminated" => {
            vec![None, Some(account(200, 1, 3, Level::General, Status::Terminated))]
        }
        other => panic!("no column {other}"),
    }
}

fn decide(door: Door, act: Act, caller: Level, target: Option<Account>) -> &'static str {
    let subject = Subject { level: caller, place: Some(place()) };
    over(door, act, subject, target).map_or_else(passgate_gate::Denied::word, |_| "ok")
}

#[track_caller]
fn check(door: Door, callers: &[Level], expected: [&str; 7]) {
    for caller in callers {
        for (column, expected) in COLUMNS.into_iter().zip(expected) {
            for target in targets(column, *caller) {
                let shown = target.as_ref().map(|account| account.user.level);
                let decided = decide(door, Act::SetPassword, *caller, target);
                assert_eq!(decided, expected, "{} by {caller}: {column} ({shown:?})", door.name());
            }
        }
    }
}

const OK: &str = "ok";
const LOW: &str = "level-too-low";
const ABOVE: &str = "target-above-caller";
const NONE: &str = "user-not-found";

#[test]
fn the_rest_door_sets_passwords_for_whom_its_table_says() {
    // authorisation 4.1
    let door = Door::EcgridRest;
    check(door, &[Level::Root, Level::TechOps, Level::NetOps], [OK, OK, OK, ABOVE, OK, ABOVE, NONE]);
    check(door, &[Level::NetworkAdmin], [OK, OK, OK, ABOVE, NONE, NONE, NONE]);
    let others = [Level::NetworkUser, Level::MailboxAdmin, Level::MailboxUser, Level::TPUser, Level::General];
    check(door, &others, [LOW; 7]);
}

#[test]
fn the_ecgridos_door_sets_passwords_for_whom_its_table_says() {
    // authorisation 4.2
    let door = Door::Ecgridos;
    check(door, &[Level::Root, Level::TechOps, Level::NetOps], [OK, OK, OK, ABOVE, OK, ABOVE, NONE]);
    check(door, &[Level::NetworkAdmin], [OK, OK, OK, ABOVE, NONE, NONE, NONE]);
    check(door, &[Level::NetworkUser], [LOW; 7]);
    check(door, &[Level::MailboxAdmin], [OK, OK, NONE, ABOVE, NONE, NONE, NONE]);
    check(door, &[Level::MailboxUser, Level::TPUser, Level::General], [LOW; 7]);
    for target in targets("own tenant elsewhere, rank > own", Level::MailboxAdmin) {
        assert_eq!(decide(door, Act::SetPassword, Level::MailboxAdmin, target), NONE);
    }
}

#[test]
fn the_omnitracs_door_sets_passwords_for_whom_its_table_says() {
    // authorisation 4.3: the company is judged before; here the user in it.
    let door = Door::Omnitracs;
    check(door, &[Level::Root, Level::TechOps, Level::NetOps], [OK, OK, OK, ABOVE, OK, ABOVE, NONE]);
    check(door, &[Level::NetworkAdmin], [OK, OK, OK, ABOVE, NONE, NONE, NONE]);
    let others = [Level::NetworkUser, Level::MailboxAdmin, Level::MailboxUser, Level::TPUser, Level::General];
    check(door, &others, [LOW; 7]);
}

#[test]
fn anybody_edits_and_reads_themselves_and_nobody_else_unless_administering() {
    // authorisation 4.5
    for caller in Level::ALL {
        let own = || Some(account(CALLER, 1, 3, caller, Status::Active));
        assert_eq!(decide(Door::EcgridRest, Act::Edit, caller, own()), OK);
        assert_eq!(decide(Door::EcgridRest, Act::Read, caller, own()), OK);
    }
    let other = || Some(account(200, 1, 3, Level::General, Status::Active));
    assert_eq!(decide(Door::EcgridRest, Act::Read, Level::General, other()), NONE);
    assert_eq!(decide(Door::EcgridRest, Act::Read, Level::TPUser, other()), OK);
    assert_eq!(decide(Door::EcgridRest, Act::Edit, Level::TPUser, other()), LOW);
}

#[test]
fn the_whole_table_is_as_it_was_reviewed() {
    let mut table = String::new();
    let columns = COLUMNS.into_iter().chain(["own tenant elsewhere, rank > own"]).collect::<Vec<_>>();
    for door in [Door::EcgridRest, Door::Ecgridos, Door::Omnitracs, Door::Console, Door::Cli] {
        for act in [Act::SetPassword, Act::Administer, Act::Edit, Act::Read] {
            for caller in Level::ALL.into_iter().rev() {
                for column in &columns {
                    let mut decisions: Vec<_> =
                        targets(column, caller).into_iter().map(|target| decide(door, act, caller, target)).collect();
                    decisions.dedup();
                    let _ = writeln!(table, "{} {act:?} {caller} | {column} | {}", door.name(), decisions.join(", "));
                }
            }
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/authority.txt");
    if std::env::var_os("PASSGATE_BLESS").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let reviewed = std::fs::read_to_string(&path).unwrap();
    assert!(table == reviewed, "the truth table differs from {}", path.display());
}
