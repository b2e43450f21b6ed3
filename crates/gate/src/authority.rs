//! Who may do what to whom: pure functions whose whole truth table stands in a golden file.
//! Contract: authorisation 3.2 and 4.

use crate::audit::Door;
use crate::caller::Caller;
use crate::error::Denied;
use crate::ids::{MailboxId, TenantId, UserId};
use crate::level::Level;
use crate::user::{Account, Status};

/// What a caller wants to do to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// Set a password as an administrator.
    SetPassword,
    /// Create, suspend, lock, reset; what nobody does to themselves without administering.
    Administer,
    /// Edit a profile or make an API key: as [`Act::Administer`], but anybody for themselves.
    Edit,
    /// Read.
    Read,
}

/// The caller's side of a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// How far its authority reaches.
    pub level: Level,
    /// Itself and where it belongs; `None` for the local operator.
    pub place: Option<Place>,
}

/// Who somebody is and where they belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Itself.
    pub user: UserId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Its mailbox there.
    pub mailbox: MailboxId,
}

impl Subject {
    /// The caller as judgements see it.
    pub fn of(caller: &Caller) -> Self {
        let place = caller.account().map(|account| Place {
            user: account.user.id,
            tenant: account.user.tenant,
            mailbox: account.user.mailbox,
        });
        Self { level: caller.level(), place }
    }

    fn is(self, account: &Account) -> bool {
        self.place.is_some_and(|place| place.user == account.user.id)
    }

    /// Whether the tenant is within the caller's sight. Contract: authorisation 3.2.
    pub fn sees_tenant(self, tenant: TenantId) -> bool {
        self.level.is_system_wide() || self.place.is_none_or(|place| place.tenant == tenant)
    }

    /// Whether the mailbox is within the caller's sight.
    pub fn sees_mailbox(self, tenant: TenantId, mailbox: MailboxId) -> bool {
        let own = self.place.is_some_and(|place| place.tenant == tenant && place.mailbox == mailbox);
        own || (self.sees_tenant(tenant) && self.level >= Level::NetworkUser)
    }

    /// Whether the user is within the caller's sight. Contract: authorisation 3.2.
    pub fn sees(self, account: &Account) -> bool {
        if self.is(account) {
            return true;
        }
        match self.level {
            Level::General => false,
            Level::TPUser
            | Level::MailboxUser
            | Level::MailboxAdmin
            | Level::NetworkUser
            | Level::NetworkAdmin
            | Level::NetOps
            | Level::TechOps
            | Level::Root => self.sees_mailbox(account.user.tenant, account.user.mailbox),
        }
    }
}

/// A target that the caller may do this to. Comes out of [`over`] alone.
#[derive(Debug, Clone)]
pub struct Authorized {
    account: Account,
}

impl Authorized {
    /// The target as it was judged.
    pub fn account(&self) -> &Account {
        &self.account
    }
}

/// Step 2: whether a level administers anybody by this act through this door.
/// Contract: authorisation 3.2 (table), 4.5.
pub fn level_suffices(door: Door, act: Act, level: Level) -> bool {
    if act == Act::Read {
        return door != Door::Omnitracs || level.has_admin_role();
    }
    match level {
        Level::Root | Level::TechOps | Level::NetOps | Level::NetworkAdmin => true,
        Level::MailboxAdmin => match door {
            // The REST page asks for NetworkAdmin or higher for this one operation.
            Door::EcgridRest => act != Act::SetPassword,
            Door::Ecgridos | Door::Console | Door::Portal | Door::Cli => true,
            Door::Omnitracs => false,
        },
        Level::NetworkUser | Level::MailboxUser | Level::TPUser | Level::General => false,
    }
}

/// Steps 2 to 4, in this order, so that nobody learns of targets that are none of their business (R51).
pub fn over(door: Door, act: Act, caller: Subject, target: Option<Account>) -> Result<Authorized, Denied> {
    let own = target.as_ref().is_some_and(|target| caller.is(target));
    if own && matches!(act, Act::Edit | Act::Read) {
        return target.map(|account| Authorized { account }).ok_or(Denied::UserNotFound);
    }
    if !level_suffices(door, act, caller.level) {
        return Err(Denied::LevelTooLow);
    }
    let account = target
        .filter(|target| target.user.status != Status::Terminated && caller.sees(target))
        .ok_or(Denied::UserNotFound)?;
    if act != Act::Read && account.user.level > caller.level {
        return Err(Denied::TargetAboveCaller);
    }
    Ok(Authorized { account })
}

/// Whether the caller may make a user of this level there. Contract: authorisation 3.2 (granting).
pub fn may_grant(caller: Subject, level: Level) -> Result<(), Denied> {
    if level > caller.level { Err(Denied::LevelAboveCaller) } else { Ok(()) }
}
