//! Rows and what they mean: for each kind of row its list of columns and the one place that reads it.
//!
//! A cell that holds what it never may is named by table and column, not shown
//! ([`StoreError::Corrupt`]).

mod account;
mod api_key;
mod cell;
mod checkpoint;
mod event;
mod session;
mod tenant;

pub(crate) use account::{account, account_and_hash, account_columns, account_tables, in_use};
pub(crate) use api_key::{api_key, api_key_columns};
pub(crate) use cell::{Cell, FromCell};
pub(crate) use checkpoint::{checkpoint, checkpoint_columns};
pub(crate) use event::{event, event_columns};
use passgate_gate::store::StoreError;
pub(crate) use session::{session, session_columns};
pub(crate) use tenant::{mailbox, mailbox_columns, tenant, tenant_columns};

/// One row of an answer, read from its first column to its last.
pub struct Row(std::vec::IntoIter<Cell>);

impl Row {
    /// The row with these cells.
    pub(crate) fn new(cells: Vec<Cell>) -> Self {
        Self(cells.into_iter())
    }

    /// The next cell, which comes from that table and column.
    pub(crate) fn next<T: FromCell>(&mut self, table: &'static str, column: &'static str) -> Result<T, StoreError> {
        self.0.next().and_then(T::from_cell).ok_or(StoreError::Corrupt { table, column })
    }
}
