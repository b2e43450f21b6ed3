//! What can be asked: each read is one [`crate::sql::Act`] that changes nothing.

mod accounts;
mod audit;
mod checkpoints;
mod delivery;
mod keys;
mod sessions;
mod sign_in;
mod tenants;

pub(crate) use accounts::{AccountAndHashById, AccountById, AccountByPortalId, AccountsAfter};
pub(crate) use audit::{AllChains, EventsAfter, HeadOf};
pub(crate) use checkpoints::{AnchorOf, CheckpointsAfter, UnsignedChains};
pub(crate) use delivery::{DeliveredTo, UndeliveredTo};
pub(crate) use keys::{ApiKeyByDigest, ApiKeysOf, LastUseOf};
pub(crate) use sessions::{HeldSessionsOf, OpenSessionsOf, SessionByDigest};
pub(crate) use sign_in::SignInMatch;
pub(crate) use tenants::{MailboxById, TenantByCompany, TenantById, TenantsAfter};
