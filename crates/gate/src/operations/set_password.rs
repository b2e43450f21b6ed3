//! The administrative set: the one operation that everything else stands around.
//! Contract: authorisation 3.2, 3.5, 3.7; R19 to R29.

use crate::Gate;
use crate::audit::AuditEvent;
use crate::authority::{Act, Authorized, Subject, over};
use crate::caller::Caller;
use crate::error::Error;
use crate::gate::JUDGEMENTS;
use crate::hasher::Share;
use crate::ids::UserId;
use crate::operations::target::Target;
use crate::password::{Password, PasswordHash};
use crate::policy::{Names, Policy, Profile};
use crate::settings::SessionsAfterSet;
use crate::store::{EndSessions, Outcome, Receipt, ReplacePassword};
use crate::user::{Account, MustChange};

/// Whether the user shall choose another password at the next sign-in. Contract: authorisation 3.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// The door cannot say: `after_admin_set` decides, and nobody is asked after a set of one's own.
    ByRule,
    /// It shall.
    Change,
    /// It need not.
    NoChange,
}

/// A set as a door asks for it.
#[derive(Debug)]
pub struct SetPassword {
    /// Whose.
    pub target: Target,
    /// The new password.
    pub password: Password,
    /// The rule that the door documents.
    pub profile: Profile,
    /// Whether the user shall choose another one.
    pub demand: Demand,
    /// A recovery question to keep. Contract: ecgridos-soap 3 #5.
    pub recovery_question: Option<String>,
}

impl Gate {
    /// Sets a user's password. When it answers, the password is true, durably, and recorded; the old one
    /// works nowhere any more.
    #[tracing::instrument(
        target = "passgate::steps",
        skip_all,
        fields(door = caller.origin().door.name(), operation = caller.origin().operation.name(), outcome)
    )]
    pub async fn set_password(&self, caller: &Caller, set: SetPassword) -> Result<Receipt, Error> {
        let mut about = set.target.number(caller);
        let result = self.judge_and_set(caller, &set, &mut about).await;
        self.recorded(caller, about, result).await
    }

    /// `about` becomes the user that a refusal is recorded of, once the caller may know that it is there:
    /// whichever way the door names users.
    async fn judge_and_set(
        &self,
        caller: &Caller,
        set: &SetPassword,
        about: &mut Option<UserId>,
    ) -> Result<Receipt, Error> {
        let mut caller = caller.clone();
        let mut hash: Option<PasswordHash> = None;
        for _ in 0..JUDGEMENTS {
            self.permitted(&caller, Act::SetPassword)?;
            let found = self.find(&caller, &set.target).await?;
            let subject = Subject::of(&caller);
            *about = found.as_ref().filter(|found| subject.sees(found)).map(|found| found.user.id).or(*about);
            let target = over(caller.origin().door, Act::SetPassword, subject, found)?;
            let accepted = self.accept(set.profile, &set.password, &names(target.account())).await?;
            // Hashed outside any transaction: it is slow on purpose, and SQLite has one writer.
            let ready = match hash.take() {
                Some(ready) => ready,
                None => self.hasher.hash(Share::Keyed, &accepted).await?,
            };
            let act = self.replacement(&caller, &target, set, ready.clone());
            match self.store.replace_password(act).await? {
                Outcome::Done(receipt) => return Ok(receipt),
                Outcome::Stale => {
                    hash = Some(ready);
                    caller = self.again(&caller).await?;
                }
            }
        }
        Err(Error::kept_changing())
    }

    fn replacement(
        &self,
        caller: &Caller,
        target: &Authorized,
        set: &SetPassword,
        hash: PasswordHash,
    ) -> ReplacePassword {
        let account = target.account();
        let own = caller.user_id() == Some(account.user.id);
        let must_change = match set.demand {
            Demand::Change => MustChange::Required,
            Demand::NoChange => MustChange::No,
            Demand::ByRule if own => MustChange::No,
            Demand::ByRule => self.settings.after_admin_set.must_change(),
        };
        let calling = caller.session().filter(|_| own).map(|session| session.digest);
        ReplacePassword {
            target: account.stamp(),
            credential_version: None,
            caller: caller.stamp(),
            hash,
            must_change,
            recovery_question: set.recovery_question.clone(),
            sessions: self.sessions_to_end(calling),
            event: noted(self.event_about(caller, account), must_change, &set.password),
        }
    }

    pub(crate) fn sessions_to_end(&self, calling: Option<crate::digest::Digest>) -> EndSessions {
        match self.settings.sessions_after_set {
            SessionsAfterSet::End => EndSessions::AllBut(calling),
            SessionsAfterSet::Keep => EndSessions::Keep,
        }
    }
}

/// The names that must not be an account's password.
pub(crate) fn names(account: &Account) -> Names<'_> {
    Names {
        login: &account.user.login,
        portal_user_id: account.user.portal_id.as_str(),
        company_id: account.tenant.company.as_ref().map_or("", |company| company.as_str()),
        company_name: &account.tenant.name,
    }
}

/// What a security officer wants to see beside a set: the must-change state, and a warning where the
/// password is one that a vendor's page prints (D4).
pub(crate) fn noted(mut event: AuditEvent, must_change: MustChange, password: &Password) -> AuditEvent {
    event.note = format!("must-change={}", must_change.name());
    if Policy::is_vendor_sample(password) {
        event.note.push_str(" warning=vendor-sample");
    }
    event
}
