//! What can be done: each act is the body of one transaction, an act of [`passgate_gate::store::Store`].
//!
//! An act first sees whether what was judged still holds ([`judged`]), then changes, then records
//! ([`record`]). An act that answers `Stale` or that something is taken has changed nothing.

mod api_keys;
mod attempts;
mod calls;
mod checkpoints;
mod create_user;
mod delivery;
mod end_sessions;
mod judged;
mod number;
mod open_session;
mod password_proved;
mod prune;
mod ready;
mod record;
mod refresh_session;
mod replace_password;
mod reset_user;
mod session_ends;
mod sources;
mod tenants;
mod throttle;
mod update_user;
mod user_sessions;

pub(crate) use api_keys::{RevokeApiKey, UseKey, to_the_minute};
pub(crate) use attempts::{BeginAttempt, ClearFailures, ForgetAttempt};
pub(crate) use calls::TakeCalls;
pub(crate) use checkpoints::KeepCheckpoints;
pub(crate) use create_user::CreateUser;
pub(crate) use delivery::{NoteDelivered, ReleaseLease, TakeLease};
pub(crate) use ready::Ready;
pub(crate) use record::Record;
pub(crate) use session_ends::{EndChain, EndSession, ExtendSession};
pub(crate) use tenants::{CreateMailbox, CreateTenant, UpdateTenant};
pub(crate) use update_user::UpdateUser;
