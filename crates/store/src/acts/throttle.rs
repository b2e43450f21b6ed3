//! The counters of failed sign-ins. When they slow down is the gate's rule.

use jiff::{SignedDuration, Timestamp};
use passgate_gate::ids::UserId;
use passgate_gate::rate::Source;
use passgate_gate::store::StoreError;
use passgate_gate::throttle::{Failures, ThrottleKey};

use crate::sql::{Sql, values};

/// How long names that led to no account are remembered: well past the longest delay, since strangers
/// make these rows and nobody else clears them.
const NAMES_REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The failures counted under a key, which from now on is held: also where there is no row yet, so that of
/// guesses at once each sees the one before. In the same statement, where the count of a source stands, which is not
/// held: failures of a source that are under way may run ahead of its limit.
pub(super) async fn taken(
    sql: &mut dyn Sql,
    key: &ThrottleKey,
    source: Option<Source>,
    now: Timestamp,
) -> Result<(Failures, Option<Timestamp>), StoreError> {
    const TAKE_USER: &str = "INSERT INTO user_failures (user_id, count, last) VALUES (?1, 0, ?2) \
         ON CONFLICT (user_id) DO UPDATE SET count = user_failures.count \
         RETURNING count, last, (SELECT arrival FROM source_failures WHERE source = ?3)";
    const TAKE_NAME: &str = "INSERT INTO name_failures (digest, count, last) VALUES (?1, 0, ?2) \
         ON CONFLICT (digest) DO UPDATE SET count = name_failures.count \
         RETURNING count, last, (SELECT arrival FROM source_failures WHERE source = ?3)";
    let source = source.map(|source| source.to_string());
    let (row, table) = match key {
        ThrottleKey::User(user) => (sql.first(TAKE_USER, values![*user, now, source.as_ref()]).await?, "user_failures"),
        ThrottleKey::Name(digest) => {
            (sql.first(TAKE_NAME, values![digest, now, source.as_ref()]).await?, "name_failures")
        }
    };
    let mut row = row.ok_or(StoreError::Corrupt { table, column: "count" })?;
    let (count, last) = (row.next(table, "count")?, row.next(table, "last")?);
    let failures = if count == 0 { Failures::default() } else { Failures { count, last } };
    Ok((failures, row.next("source_failures", "arrival")?))
}

/// The failures counted under a key, held where there are any.
pub(super) async fn failures(sql: &mut dyn Sql, key: &ThrottleKey) -> Result<Failures, StoreError> {
    const OF_USER: &str = "SELECT count, last FROM user_failures WHERE user_id = ?1 /*+FOR NO KEY UPDATE*/";
    const OF_NAME: &str = "SELECT count, last FROM name_failures WHERE digest = ?1 /*+FOR NO KEY UPDATE*/";
    let (row, table) = match key {
        ThrottleKey::User(user) => (sql.first(OF_USER, values![*user]).await?, "user_failures"),
        ThrottleKey::Name(digest) => (sql.first(OF_NAME, values![digest]).await?, "name_failures"),
    };
    let Some(mut row) = row else { return Ok(Failures::default()) };
    Ok(Failures { count: row.next(table, "count")?, last: row.next(table, "last")? })
}

/// Writes what is counted under a key now.
pub(super) async fn count(
    sql: &mut dyn Sql,
    key: &ThrottleKey,
    failures: Failures,
    now: Timestamp,
) -> Result<(), StoreError> {
    const FOR_USER: &str = "INSERT INTO user_failures (user_id, count, last) VALUES (?1, ?2, ?3) \
         ON CONFLICT (user_id) DO UPDATE SET count = excluded.count, last = excluded.last";
    const FOR_NAME: &str = "INSERT INTO name_failures (digest, count, last) VALUES (?1, ?2, ?3) \
         ON CONFLICT (digest) DO UPDATE SET count = excluded.count, last = excluded.last";
    const FORGET: &str = "DELETE FROM name_failures WHERE digest IN \
         (SELECT digest FROM name_failures WHERE last < ?1 ORDER BY last LIMIT 16 /*+FOR UPDATE SKIP LOCKED*/)";
    match key {
        ThrottleKey::User(user) => sql.execute(FOR_USER, values![*user, failures.count, failures.last]).await?,
        ThrottleKey::Name(digest) => {
            if let Ok(before) = now.checked_sub(NAMES_REMEMBERED) {
                sql.execute(FORGET, values![before]).await?;
            }
            sql.execute(FOR_NAME, values![digest, failures.count, failures.last]).await?
        }
    };
    Ok(())
}

/// Takes the count under a key back to nothing.
pub(super) async fn clear(sql: &mut dyn Sql, key: &ThrottleKey) -> Result<(), StoreError> {
    match key {
        ThrottleKey::User(user) => clear_user(sql, *user).await,
        ThrottleKey::Name(digest) => {
            sql.execute("DELETE FROM name_failures WHERE digest = ?1", values![digest]).await?;
            Ok(())
        }
    }
}

/// Takes a user's count back to nothing.
pub(super) async fn clear_user(sql: &mut dyn Sql, user: UserId) -> Result<(), StoreError> {
    sql.execute("DELETE FROM user_failures WHERE user_id = ?1", values![user]).await?;
    Ok(())
}
