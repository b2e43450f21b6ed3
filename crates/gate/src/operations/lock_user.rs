//! The administrative lock. Contract: authorisation 3.6.

use crate::Gate;
use crate::authority::{Act, Subject, over};
use crate::caller::Caller;
use crate::error::{Denied, Error};
use crate::gate::JUDGEMENTS;
use crate::operations::target::Target;
use crate::store::{Outcome, UserChange};
use crate::user::Account;

impl Gate {
    /// Locks a user, which ends its sessions, or lifts the lock, and the throttle with it. Keys work on.
    pub async fn lock_user(&self, caller: &Caller, target: &Target, locked: bool) -> Result<Account, Error> {
        let result = self.judge_and_lock(caller, target, locked).await;
        self.recorded(caller, target.number(caller), result).await
    }

    async fn judge_and_lock(&self, caller: &Caller, target: &Target, locked: bool) -> Result<Account, Error> {
        let mut caller = caller.clone();
        for _ in 0..JUDGEMENTS {
            self.permitted(&caller, Act::Administer)?;
            let found = self.find(&caller, target).await?;
            let target = over(caller.origin().door, Act::Administer, Subject::of(&caller), found)?;
            if locked && caller.user_id() == Some(target.account().user.id) {
                return Err(Denied::NotToOneself.into());
            }
            let change = UserChange { locked: Some(locked), ..UserChange::default() };
            let mut event = self.event_about(&caller, target.account());
            event.note = format!("locked={locked}");
            match self.store.update_user(target.account().stamp(), caller.stamp(), change, event).await? {
                Outcome::Done(account) => return Ok(account),
                Outcome::Stale => caller = self.again(&caller).await?,
            }
        }
        Err(Error::kept_changing())
    }
}
