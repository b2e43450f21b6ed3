//! Reading users, oneself among them. Contract: authorisation 4.5.

use crate::Gate;
use crate::authority::{Act, Subject, over};
use crate::caller::Caller;
use crate::error::Error;
use crate::ids::{TenantId, UserId};
use crate::operations::target::Target;
use crate::session::SessionKind;
use crate::user::Account;

impl Gate {
    /// A user that the caller may see; anybody sees themselves.
    pub async fn read_user(&self, caller: &Caller, target: &Target) -> Result<Account, Error> {
        let result = self.judge_and_read(caller, target).await;
        self.recorded(caller, target.number(caller), result).await
    }

    async fn judge_and_read(&self, caller: &Caller, target: &Target) -> Result<Account, Error> {
        self.permitted(caller, Act::Read)?;
        if let (Target::Myself, Some(account)) = (target, caller.account()) {
            return Ok(account.clone());
        }
        let found = self.find(caller, target).await?;
        let target = over(caller.origin().door, Act::Read, Subject::of(caller), found)?;
        Ok(target.account().clone())
    }

    /// How many sessions of a kind a user has open, for doors that show it beside the user.
    pub async fn open_sessions(&self, account: &Account, kind: SessionKind) -> Result<u32, Error> {
        Ok(self.store.open_sessions(account.user.id, kind, self.now()).await?)
    }

    /// The users of a tenant that the caller may see, by id, after one, at most `limit`.
    pub async fn list_users(
        &self,
        caller: &Caller,
        tenant: TenantId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<Account>, Error> {
        let result = self.judge_and_list(caller, tenant, after, limit).await;
        self.recorded(caller, None, result).await
    }

    async fn judge_and_list(
        &self,
        caller: &Caller,
        tenant: TenantId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<Account>, Error> {
        self.permitted(caller, Act::Read)?;
        let subject = Subject::of(caller);
        let accounts = self.store.accounts(tenant, after, limit).await?;
        Ok(accounts.into_iter().filter(|account| subject.sees(account)).collect())
    }
}
