//! How a store fails.

/// The store failed. The whole chain of causes is for the log; callers get no detail. See decision 7.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, shuts down, or others were in the way for too long. Nothing was changed, and it
    /// may be otherwise in a moment, without anybody's doing.
    #[error("the store is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The way to it was lost while it committed: nobody knows whether the act holds. It holds whole or not
    /// at all.
    #[error("the store did not confirm that it committed")]
    Unconfirmed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What lies beneath it fails: the disk is full or read-only, there are I/O errors. The act does not hold;
    /// none will until somebody mends that.
    #[error("the store cannot read or write")]
    Faulty(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row holds what it never may: table and column are named, values are not.
    #[error("the store holds a corrupt value in {table}.{column}")]
    Corrupt {
        /// Which table.
        table: &'static str,
        /// Which column.
        column: &'static str,
    },
    /// Anything else.
    #[error("the store failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}
