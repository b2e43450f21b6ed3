//! A change of one's own password, which needs the current one. Contract: authorisation 3.5 to 3.7, R25.

use crate::Gate;
use crate::caller::Caller;
use crate::error::{Denied, Error};
use crate::gate::JUDGEMENTS;
use crate::hasher::Share;
use crate::operations::password_proof::{Comparison, Counted, Proved};
use crate::operations::set_password::{names, noted};
use crate::password::{NewPassword, Password};
use crate::policy::Profile;
use crate::store::{Outcome, Receipt, ReplacePassword};
use crate::throttle::ThrottleKey;
use crate::user::MustChange;

/// A change as a door asks for it.
#[derive(Debug)]
pub struct ChangePassword {
    /// The current password as sent.
    pub current: Password,
    /// The new one.
    pub new: Password,
    /// The rule that the door documents.
    pub profile: Profile,
}

impl Gate {
    /// Changes the caller's own password. A wrong current one counts as a failed sign-in.
    #[tracing::instrument(
        target = "passgate::steps",
        skip_all,
        fields(door = caller.origin().door.name(), operation = caller.origin().operation.name(), outcome)
    )]
    pub async fn change_password(&self, caller: &Caller, change: ChangePassword) -> Result<Receipt, Error> {
        let result = self.judge_and_change(caller, &change).await;
        self.recorded(caller, caller.user_id(), result).await
    }

    async fn judge_and_change(&self, caller: &Caller, change: &ChangePassword) -> Result<Receipt, Error> {
        let mut caller = caller.clone();
        for _ in 0..JUDGEMENTS {
            self.unrestricted(&caller)?;
            let Some(account) = caller.account() else { return Err(Denied::UserNotFound.into()) };
            // The policy first: it costs little, and a guess at the current password costs a hash (R29).
            let accepted = self.accept(change.profile, &change.new, &names(account)).await?;
            let proved = self.prove_current(&caller, change).await?;
            let act = self.own_replacement(&caller, proved, change, &accepted).await?;
            match self.store.replace_password(act).await? {
                Outcome::Done(receipt) => return Ok(receipt),
                Outcome::Stale => caller = self.again(&caller).await?,
            }
        }
        Err(Error::kept_changing())
    }

    async fn prove_current(&self, caller: &Caller, change: &ChangePassword) -> Result<(Proved, Counted), Error> {
        let Some(id) = caller.user_id() else { return Err(Denied::UserNotFound.into()) };
        let throttle = ThrottleKey::User(id);
        let _queue = self.one_attempt_at_a_time(&throttle).await;
        let found = self.store.account_and_hash(id).await?.map(|(account, hash)| (Box::new(account), hash));
        // A lock bars sign-ins and sessions; a caller who comes by key is let on.
        // Nor is a caller with a session shut out by what its source has failed at (R61).
        match self.compare(found, throttle, None, Share::Keyed, &change.current, Self::has_not_lapsed).await? {
            Comparison::Right(proved, counted) => Ok((*proved, counted)),
            Comparison::Wrong(_) => Err(Error::CurrentPasswordWrong),
        }
    }

    async fn own_replacement(
        &self,
        caller: &Caller,
        (proved, counted): (Proved, Counted),
        change: &ChangePassword,
        accepted: &NewPassword,
    ) -> Result<ReplacePassword, Error> {
        let account = proved.account;
        let asked_for = account.user.must_change != MustChange::No;
        if asked_for && change.current.expose() == accepted.expose() {
            // The current one was right, so the counter is cleared before the refusal.
            self.store.clear_failures(&proved.throttle).await?;
            return Err(Error::PasswordUnchanged);
        }
        let hash = match self.hasher.hash(Share::Keyed, accepted).await {
            Ok(hash) => hash,
            Err(error) => return Err(self.never_judged(&counted, error).await),
        };
        Ok(ReplacePassword {
            target: account.stamp(),
            credential_version: Some(account.user.credential_version),
            caller: caller.stamp(),
            hash,
            must_change: MustChange::No,
            recovery_question: None,
            sessions: self.sessions_to_end(caller.session().map(|session| session.digest)),
            event: noted(self.event_about(caller, &account), MustChange::No, &change.new),
        })
    }
}
