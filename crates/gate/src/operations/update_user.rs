//! Editing a user's profile and status. Contract: ecgrid-rest 2.4 (`PUT /v2/users`), authorisation 4.5.

use crate::Gate;
use crate::authority::{Act, Authorized, Subject, over};
use crate::caller::Caller;
use crate::error::{Denied, Error, Field};
use crate::gate::JUDGEMENTS;
use crate::operations::target::Target;
use crate::store::{Outcome, UserChange};
use crate::user::{Account, Status, is_email, is_plain_text};

const LONGEST_NAME: usize = 100;

/// An edit as a door asks for it. What is `None` stays.
#[derive(Debug)]
pub struct UpdateUser {
    /// Whose profile.
    pub target: Target,
    /// A new address.
    pub email: Option<String>,
    /// A new first name.
    pub first_name: Option<String>,
    /// A new last name.
    pub last_name: Option<String>,
    /// A new status: any but Terminated, which has an operation of its own.
    pub status: Option<Status>,
}

impl Gate {
    /// Edits a user. Anybody may edit their own profile; a status is changed by administrators only, and
    /// nobody suspends themselves.
    pub async fn update_user(&self, caller: &Caller, wanted: UpdateUser) -> Result<Account, Error> {
        let result = self.judge_and_update(caller, &wanted).await;
        self.recorded(caller, wanted.target.number(caller), result).await
    }

    async fn judge_and_update(&self, caller: &Caller, wanted: &UpdateUser) -> Result<Account, Error> {
        let mut caller = caller.clone();
        for _ in 0..JUDGEMENTS {
            let target = self.editable(&caller, wanted).await?;
            wanted.check_form()?;
            let change = UserChange {
                email: wanted.email.as_ref().map(|email| email.trim().to_owned()),
                first_name: wanted.first_name.clone(),
                last_name: wanted.last_name.clone(),
                status: wanted.status,
                locked: None,
            };
            let mut event = self.event_about(&caller, target.account());
            event.note = wanted.note();
            match self.store.update_user(target.account().stamp(), caller.stamp(), change, event).await? {
                Outcome::Done(account) => return Ok(account),
                Outcome::Stale => caller = self.again(&caller).await?,
            }
        }
        Err(Error::kept_changing())
    }

    async fn editable(&self, caller: &Caller, wanted: &UpdateUser) -> Result<Authorized, Error> {
        let act = if wanted.status.is_some() { Act::Administer } else { Act::Edit };
        self.permitted(caller, act)?;
        let found = self.find(caller, &wanted.target).await?;
        let target = over(caller.origin().door, act, Subject::of(caller), found)?;
        let own = caller.user_id() == Some(target.account().user.id);
        if own && wanted.status == Some(Status::Suspended) {
            return Err(Denied::NotToOneself.into());
        }
        Ok(target)
    }
}

impl UpdateUser {
    fn check_form(&self) -> Result<(), Error> {
        let fits = |text: &Option<String>| text.as_ref().is_none_or(|text| is_plain_text(text, LONGEST_NAME));
        for (field, good) in [
            (Field::Email, self.email.as_ref().is_none_or(|email| is_email(email))),
            (Field::FirstName, fits(&self.first_name)),
            (Field::LastName, fits(&self.last_name)),
            (Field::Status, self.status != Some(Status::Terminated)),
        ] {
            if !good {
                return Err(Error::Invalid(field));
            }
        }
        Ok(())
    }

    /// Which fields changed; of the values only the status, which is nobody's personal data.
    fn note(&self) -> String {
        let fields = [
            ("email", self.email.is_some()),
            ("first-name", self.first_name.is_some()),
            ("last-name", self.last_name.is_some()),
        ];
        let mut words: Vec<String> =
            fields.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name.to_owned()).collect();
        words.extend(self.status.map(|status| format!("status={status}")));
        words.join(" ")
    }
}
