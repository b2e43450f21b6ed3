//! Whether a caller may call an operation at all, whatever the target. Contract: authorisation 3.2 step 2.

use crate::Gate;
use crate::audit::{Door, Operation};
use crate::authority::{Act, Subject, level_suffices, over};
use crate::caller::Caller;
use crate::error::{Denied, Error};
use crate::ids::UserId;
use crate::operations::target::Target;
use crate::user::MustChange;

impl Gate {
    /// Judges what can be judged before a door reads the request's fields, and records a refusal: the
    /// pending change of password, the portal service's licence, the level. Operations judge it again by
    /// themselves; doors call this first to keep the contracts' order of checks.
    ///
    /// [`Act::Edit`] and [`Act::Read`] pass for any level here, since they may be about the caller itself.
    #[tracing::instrument(
        target = "passgate::steps",
        skip_all,
        fields(door = caller.origin().door.name(), operation = caller.origin().operation.name(), outcome)
    )]
    pub async fn permit(&self, caller: &Caller, act: Act) -> Result<(), Error> {
        let result = self.permitted(caller, act);
        self.judged(caller, None, result).await
    }

    /// Judges the target too, and records a refusal: for doors whose contract tells a target that cannot be
    /// seen before it tells what is wrong with other fields. The operation judges it again by itself.
    #[tracing::instrument(
        target = "passgate::steps",
        skip_all,
        fields(door = caller.origin().door.name(), operation = caller.origin().operation.name(), outcome)
    )]
    pub async fn permit_over(&self, caller: &Caller, act: Act, target: &Target) -> Result<(), Error> {
        let result = self.permitted_over(caller, act, target).await;
        self.judged(caller, target.number(caller), result).await
    }

    async fn judged(&self, caller: &Caller, target: Option<UserId>, result: Result<(), Error>) -> Result<(), Error> {
        match result {
            Ok(()) => Ok(()),
            refused @ Err(_) => self.recorded(caller, target, refused).await,
        }
    }

    async fn permitted_over(&self, caller: &Caller, act: Act, target: &Target) -> Result<(), Error> {
        self.permitted(caller, act)?;
        let found = self.find(caller, target).await?;
        over(caller.origin().door, act, Subject::of(caller), found)?;
        Ok(())
    }

    pub(crate) fn permitted(&self, caller: &Caller, act: Act) -> Result<(), Error> {
        self.unrestricted(caller)?;
        let door = caller.origin().door;
        if door == Door::Omnitracs && caller.account().is_some_and(|account| !account.tenant.licensed) {
            return Err(Denied::NotLicensed.into());
        }
        let about_anybody = matches!(act, Act::SetPassword | Act::Administer) || door == Door::Omnitracs;
        if about_anybody && !level_suffices(door, act, caller.level()) {
            return Err(Denied::LevelTooLow.into());
        }
        Ok(())
    }

    /// A session under must-change may change its password, read its session, and leave.
    /// Contract: authorisation 3.5, R24.
    pub(crate) fn unrestricted(&self, caller: &Caller) -> Result<(), Error> {
        let free = match caller.origin().operation {
            Operation::ChangePassword | Operation::ReadSession | Operation::SignOut => true,
            Operation::SetPassword
            | Operation::GeneratePassword
            | Operation::ResetUser
            | Operation::CreateUser
            | Operation::UpdateUser
            | Operation::ReadUser
            | Operation::LockUser
            | Operation::GenerateApiKey
            | Operation::CreateApiKey
            | Operation::RevokeApiKey
            | Operation::ReadApiKeys
            | Operation::SignIn
            | Operation::RefreshSession
            | Operation::ReadSessions
            | Operation::EndSessions
            | Operation::CreateTenant
            | Operation::UpdateTenant
            | Operation::CreateMailbox
            | Operation::PruneAudit
            | Operation::Unknown => false,
        };
        if !free && self.has_to_change_password(caller) {
            return Err(Denied::PasswordChangeRequired.into());
        }
        Ok(())
    }

    /// Whether this caller's session may do nothing but choose a new password.
    pub fn has_to_change_password(&self, caller: &Caller) -> bool {
        caller.has_to_change_password() || (caller.session().is_some() && self.has_aged(caller))
    }

    fn has_aged(&self, caller: &Caller) -> bool {
        let max_age = self.settings.passwords.max_age;
        caller.account().is_some_and(|account| {
            !max_age.is_zero()
                && account.user.must_change != MustChange::Required
                && self.now().duration_since(account.user.password_set_at) > max_age
        })
    }
}
