//! Very many rows, straight into the database: users with their sessions, and a chain of records that verifies.

use passgate_gate::audit::{Actor, AuditEvent, Chain, Door, GENESIS, Operation, StoredEvent};
use passgate_gate::digest::Digest;
use passgate_gate::ids::TenantId;
use passgate_store::{SqliteOptions, SqliteStore};

use crate::house::House;

fn number(variable: &str, short: i64) -> i64 {
    std::env::var(variable).map_or(short, |number| number.parse().unwrap())
}

/// Fills the installation.
pub(crate) fn come(house: &House) {
    let (users, records) = (number("PASSGATE_MOVE_USERS", 2_000), number("PASSGATE_MOVE_RECORDS", 5_000));
    // Once, so that what a crash left is in the file.
    SqliteStore::open(&house.database(), &SqliteOptions::default()).unwrap().close();
    let mut raw = rusqlite::Connection::open(house.database()).unwrap();
    let transaction = raw.transaction().unwrap();
    transaction
        .execute_batch(&format!(
            "CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {users}) \
                 SELECT i FROM n;
             INSERT INTO users SELECT 20000 + i, 2, 0, 'Crowd' || i, 'crowd' || i, 'CROWD' || i, \
                 'crowd' || i || '@example.com', 'crowd' || i || '@example.com', 'Zo\u{eb}', 'O''Crowd', level, \
                 status, locked, password_hash, must_change, i, password_set_at, password_used, version, created, \
                 modified, CASE i % 3 WHEN 0 THEN NULL ELSE created + i END, char(0xFFFF, 0, 0x1F600), NULL \
                 FROM n, (SELECT * FROM users WHERE id = 1042);
             INSERT INTO sessions (digest, kind, user_id, credential_version, chain, created, expires, absolute) \
                 SELECT randomblob(32), 'rest', 20000 + i, 1, randomblob(32), i, i, i FROM n;
             INSERT INTO user_failures SELECT 20000 + i, 1 + i % 5, i FROM n WHERE i % 7 = 0;
             INSERT INTO name_failures SELECT randomblob(32), 1, i FROM n WHERE i % 11 = 0;
             UPDATE counters SET last = max(last, 20000 + {users}) WHERE name = 'users'"
        ))
        .unwrap();
    record(&transaction, records);
    transaction.commit().unwrap();
}

/// Records of the second tenant, each after the one before.
fn record(raw: &rusqlite::Connection, records: i64) {
    let tenant = TenantId::new(2);
    let chain = Chain(tenant).number();
    let head = raw.query_row("SELECT sequence, hash FROM audit_heads WHERE chain = ?1", [chain], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 32]>(1)?))
    });
    let (mut sequence, mut hash) =
        head.map_or((0, Digest::from_bytes(GENESIS)), |(sequence, hash)| (sequence, Digest::from_bytes(hash)));
    let mut insert = raw
        .prepare("INSERT INTO audit_events VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)")
        .unwrap();
    for n in 0..records {
        let event = AuditEvent {
            tenant,
            time: jiff::Timestamp::from_microsecond(1_700_000_000_000_000 + n).unwrap(),
            door: Door::EcgridRest,
            operation: Operation::SetPassword,
            actor: Actor::Unproved,
            source: Some([192, 0, 2, 1].into()),
            request: format!("{n:032x}"),
            target: None,
            refused: (n % 4 == 0).then_some("level-too-low"),
            credential_version: Some(n),
            sessions_ended: None,
            note: format!("record {n} \0\u{FFFF}"),
        };
        sequence += 1;
        let e = StoredEvent::link(&event, sequence, &hash);
        hash = e.hash;
        insert
            .execute(rusqlite::params![
                chain,
                e.id.sequence,
                e.time,
                e.door,
                e.operation,
                e.credential,
                e.actor,
                e.actor_detail,
                e.source,
                e.request,
                e.target,
                e.refused,
                e.credential_version,
                e.sessions_ended,
                e.note,
                e.hash.as_bytes()
            ])
            .unwrap();
    }
    let head = "INSERT INTO audit_heads (chain, sequence, hash) VALUES (?1, ?2, ?3) \
                ON CONFLICT (chain) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash";
    raw.execute(head, rusqlite::params![chain, sequence, hash.as_bytes()]).unwrap();
}
