//! Accounts: a user with its tenant, its mailbox's state and its failed sign-ins, read at one instant.

use jiff::Timestamp;
use passgate_gate::password::PasswordHash;
use passgate_gate::store::StoreError;
use passgate_gate::throttle::Failures;
use passgate_gate::user::{Account, User};

use super::{Row, tenant};

/// The columns of an account, from [`account_tables`].
macro_rules! account_columns {
    () => {
        concat!(
            "u.id, u.tenant_id, u.mailbox_id, u.login, u.portal_id, u.email, u.first_name, u.last_name, ",
            "u.level, u.status, u.locked, u.must_change, u.credential_version, u.password_set_at, ",
            "u.password_used, u.version, u.created, u.modified, u.last_login, u.recovery_question, ",
            "u.max_soap_sessions, ",
            $crate::rows::tenant_columns!(),
            ", COALESCE(m.suspended, FALSE), COALESCE(f.count, 0), f.last"
        )
    };
}
pub(crate) use account_columns;

/// What an account is joined from.
macro_rules! account_tables {
    () => {
        "users u JOIN tenants t ON t.id = u.tenant_id \
         LEFT JOIN mailboxes m ON m.tenant_id = u.tenant_id AND m.id = u.mailbox_id \
         LEFT JOIN user_failures f ON f.user_id = u.id"
    };
}
pub(crate) use account_tables;

/// [`Account::in_use`] in SQL, over [`account_tables`]; the contract suite holds the two together.
macro_rules! in_use {
    () => {
        "u.status IN ('Development', 'Active', 'Preproduction') AND NOT t.suspended \
         AND NOT COALESCE(m.suspended, FALSE)"
    };
}
pub(crate) use in_use;

/// Reads [`account_columns`].
pub(crate) fn account(row: &mut Row) -> Result<Account, StoreError> {
    Ok(Account {
        user: user(row)?,
        tenant: tenant(row)?,
        mailbox_suspended: row.next("mailboxes", "suspended")?,
        failures: Failures { count: row.next("user_failures", "count")?, last: row.next("user_failures", "last")? },
    })
}

/// Reads [`account_columns`] and `u.password_hash`.
pub(crate) fn account_and_hash(row: &mut Row) -> Result<(Account, PasswordHash), StoreError> {
    Ok((account(row)?, row.next("users", "password_hash")?))
}

fn user(row: &mut Row) -> Result<User, StoreError> {
    const U: &str = "users";
    Ok(User {
        id: row.next(U, "id")?,
        tenant: row.next(U, "tenant_id")?,
        mailbox: row.next(U, "mailbox_id")?,
        login: row.next(U, "login")?,
        portal_id: row.next(U, "portal_id")?,
        email: row.next(U, "email")?,
        first_name: row.next(U, "first_name")?,
        last_name: row.next(U, "last_name")?,
        level: row.next(U, "level")?,
        status: row.next(U, "status")?,
        locked: row.next::<Option<Timestamp>>(U, "locked")?,
        must_change: row.next(U, "must_change")?,
        credential_version: row.next(U, "credential_version")?,
        password_set_at: row.next(U, "password_set_at")?,
        password_used: row.next(U, "password_used")?,
        version: row.next(U, "version")?,
        created: row.next(U, "created")?,
        modified: row.next(U, "modified")?,
        last_login: row.next(U, "last_login")?,
        recovery_question: row.next(U, "recovery_question")?,
        max_soap_sessions: row.next(U, "max_soap_sessions")?,
    })
}
