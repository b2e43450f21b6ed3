//! Tenants and mailboxes.

use passgate_gate::store::StoreError;
use passgate_gate::user::{Mailbox, Tenant};

use super::Row;

/// The columns of a tenant, from `tenants t`.
macro_rules! tenant_columns {
    () => {
        "t.id, t.company_id, t.name, t.licensed, t.suspended, t.version"
    };
}
pub(crate) use tenant_columns;

/// Reads [`tenant_columns`].
pub(crate) fn tenant(row: &mut Row) -> Result<Tenant, StoreError> {
    const T: &str = "tenants";
    Ok(Tenant {
        id: row.next(T, "id")?,
        company: row.next(T, "company_id")?,
        name: row.next(T, "name")?,
        licensed: row.next(T, "licensed")?,
        suspended: row.next(T, "suspended")?,
        version: row.next(T, "version")?,
    })
}

/// The columns of a mailbox, from `mailboxes m`.
macro_rules! mailbox_columns {
    () => {
        "m.tenant_id, m.id, m.name, m.suspended"
    };
}
pub(crate) use mailbox_columns;

/// Reads [`mailbox_columns`].
pub(crate) fn mailbox(row: &mut Row) -> Result<Mailbox, StoreError> {
    const M: &str = "mailboxes";
    Ok(Mailbox {
        tenant: row.next(M, "tenant_id")?,
        id: row.next(M, "id")?,
        name: row.next(M, "name")?,
        suspended: row.next(M, "suspended")?,
    })
}
