//! The store of Passgate: where password changes become true.
//!
//! Every act of [`passgate_gate::store::Store`] is written once, in portable SQL, over the small trait
//! `sql::Sql` (`acts` change, `reads` look). An engine runs them: it opens transactions, takes them to the
//! disk and tells what became of them. What one engine alone knows stays in its folder, `sqlite` or
//! `postgres`; [`AnyStore`] is either. What an engine has to keep is the contract suite in `tests/contract`.
//! Start reading at `acts::replace_password`.

mod acts;
mod any;
mod chain;
mod migrations;
pub mod moving;
mod observer;
mod postgres;
mod reads;
mod rows;
mod sql;
mod sqlite;
mod store;
mod trail;

pub use any::{AnyEngine, AnyStore};
pub use chain::{Broken, Damage, Verified, VerifyError, verify_chain, verify_chain_with, verify_end_of_chain};
pub use observer::{Access, Observer};
pub use postgres::{ConnectError, Inspection, PostgresEngine, PostgresOptions, PostgresStore, Replication, Role, Way};
pub use sqlite::{BackupError, Examination, OpenError, SqliteEngine, SqliteOptions, SqliteStore};
pub use store::SqlStore;
pub use trail::{Checkpoint, Delivered, Prune, Trail, Unsigned};
