//! An administrator's reset: all sessions end, throttle and lock are lifted, keys stay.
//! Contract: authorisation 3.6, 3.7; ecgrid-rest 3 #24.

use crate::Gate;
use crate::authority::{Act, Subject, over};
use crate::caller::Caller;
use crate::error::Error;
use crate::gate::JUDGEMENTS;
use crate::operations::target::Target;
use crate::store::{Outcome, Receipt, ResetUser};

impl Gate {
    /// Ends all sessions of a user and lifts its throttle and lock.
    pub async fn reset_user(&self, caller: &Caller, target: &Target) -> Result<Receipt, Error> {
        let result = self.judge_and_reset(caller, target).await;
        self.recorded(caller, target.number(caller), result).await
    }

    async fn judge_and_reset(&self, caller: &Caller, target: &Target) -> Result<Receipt, Error> {
        let mut caller = caller.clone();
        for _ in 0..JUDGEMENTS {
            self.permitted(&caller, Act::Administer)?;
            let found = self.find(&caller, target).await?;
            let target = over(caller.origin().door, Act::Administer, Subject::of(&caller), found)?;
            let act = ResetUser {
                target: target.account().stamp(),
                caller: caller.stamp(),
                event: self.event_about(&caller, target.account()),
            };
            match self.store.reset_user(act).await? {
                Outcome::Done(receipt) => return Ok(receipt),
                Outcome::Stale => caller = self.again(&caller).await?,
            }
        }
        Err(Error::kept_changing())
    }
}
