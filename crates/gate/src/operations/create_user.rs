//! Making users. Contract: ecgrid-rest 2.4, 3 #5, 4.2; authorisation 3.2 (granting), 3.5.

use crate::Gate;
use crate::authority::{Act, Subject, may_grant};
use crate::caller::Caller;
use crate::error::{Denied, Error, Field};
use crate::gate::JUDGEMENTS;
use crate::hasher::Share;
use crate::ids::{MailboxId, PortalUserId, TenantId, UserId};
use crate::level::Level;
use crate::operations::set_password::Demand;
use crate::password::{Password, PasswordHash};
use crate::policy::{Names, Profile};
use crate::store::{Created, NewUser, Outcome};
use crate::user::{Account, MustChange, Status, is_email, is_plain_text, name_key};

/// The longest name, login or address, in code points.
const LONGEST_NAME: usize = 100;

/// A user as a door asks for it.
#[derive(Debug)]
pub struct CreateUser {
    /// A fixed id, for sample data and import by the operator; else the next free one.
    pub id: Option<UserId>,
    /// The tenant; none or 0 means the caller's. As sent: one that is no id is not found.
    pub tenant: Option<i32>,
    /// The mailbox; none means the caller's, 0 the network level.
    pub mailbox: Option<i32>,
    /// The login, unique in the tenant.
    pub login: String,
    /// The portal service's id, if one is asked for.
    pub portal_id: Option<PortalUserId>,
    /// The address; may be empty where the door allows it.
    pub email: String,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// How far its authority shall reach.
    pub level: Level,
    /// Its first password.
    pub password: Password,
    /// The rule that the door documents.
    pub profile: Profile,
    /// Whether the user shall choose another one.
    pub demand: Demand,
}

impl Gate {
    /// Makes a user.
    pub async fn create_user(&self, caller: &Caller, wanted: CreateUser) -> Result<Account, Error> {
        let result = self.judge_and_create(caller, &wanted).await;
        self.recorded(caller, None, result).await
    }

    async fn judge_and_create(&self, caller: &Caller, wanted: &CreateUser) -> Result<Account, Error> {
        let mut caller = caller.clone();
        let mut hash: Option<PasswordHash> = None;
        for _ in 0..JUDGEMENTS {
            self.permitted(&caller, Act::Administer)?;
            wanted.check_form()?;
            let (tenant, mailbox) = self.place(&caller, wanted).await?;
            may_grant(Subject::of(&caller), wanted.level)?;
            let ready = match hash.take() {
                Some(ready) => ready,
                None => self.first_hash(wanted, tenant).await?,
            };
            let user = self.new_user(wanted, tenant, mailbox, ready.clone());
            let mut event = self.event_by(&caller);
            event.tenant = Some(tenant);
            event.note = format!("level={} mailbox={mailbox} must-change={}", wanted.level, user.must_change.name());
            match self.store.create_user(user, caller.stamp(), event).await? {
                Outcome::Done(Created::User(account)) => return Ok(*account),
                Outcome::Done(Created::LoginTaken) => return Err(Error::Taken(Field::Login)),
                Outcome::Done(Created::PortalIdTaken) => return Err(Error::Taken(Field::PortalId)),
                Outcome::Done(Created::IdTaken) => return Err(Error::Taken(Field::UserId)),
                Outcome::Stale => {
                    hash = Some(ready);
                    caller = self.again(&caller).await?;
                }
            }
        }
        Err(Error::kept_changing())
    }

    /// Where the user goes, if the caller may see the place.
    async fn place(&self, caller: &Caller, wanted: &CreateUser) -> Result<(TenantId, MailboxId), Error> {
        let subject = Subject::of(caller);
        let tenant = match wanted.tenant.filter(|number| *number != 0) {
            Some(number) => TenantId::new(number),
            None => caller.tenant(),
        };
        let tenant = tenant.filter(|id| subject.sees_tenant(*id)).ok_or(Denied::TenantNotFound)?;
        if self.store.tenant(tenant).await?.is_none() {
            return Err(Denied::TenantNotFound.into());
        }
        let mailbox = match wanted.mailbox {
            Some(number) => MailboxId::new(number).ok_or(Denied::MailboxNotFound)?,
            None => caller.mailbox().filter(|_| caller.tenant() == Some(tenant)).unwrap_or(MailboxId::NETWORK),
        };
        let there = mailbox == MailboxId::NETWORK || self.store.mailbox(tenant, mailbox).await?.is_some();
        if there && subject.sees_mailbox(tenant, mailbox) {
            Ok((tenant, mailbox))
        } else {
            Err(Denied::MailboxNotFound.into())
        }
    }

    async fn first_hash(&self, wanted: &CreateUser, tenant: TenantId) -> Result<PasswordHash, Error> {
        let tenant = self.store.tenant(tenant).await?.ok_or(Denied::TenantNotFound)?;
        let names = Names {
            login: &wanted.login,
            portal_user_id: wanted.portal_id.as_ref().map_or("", |id| id.as_str()),
            company_id: tenant.company.as_ref().map_or("", |company| company.as_str()),
            company_name: &tenant.name,
        };
        let accepted = self.accept(wanted.profile, &wanted.password, &names).await?;
        Ok(self.hasher.hash(Share::Keyed, &accepted).await?)
    }

    fn new_user(&self, wanted: &CreateUser, tenant: TenantId, mailbox: MailboxId, hash: PasswordHash) -> NewUser {
        NewUser {
            id: wanted.id,
            tenant,
            mailbox,
            login: wanted.login.trim().to_owned(),
            portal_id: wanted.portal_id.clone(),
            email: wanted.email.trim().to_owned(),
            first_name: wanted.first_name.clone(),
            last_name: wanted.last_name.clone(),
            level: wanted.level,
            status: Status::Active,
            hash,
            must_change: match wanted.demand {
                Demand::Change => MustChange::Required,
                Demand::NoChange => MustChange::No,
                Demand::ByRule => self.settings.after_admin_set.must_change(),
            },
        }
    }
}

impl CreateUser {
    fn check_form(&self) -> Result<(), Error> {
        let named = !name_key(&self.login).is_empty();
        for (field, good) in [
            (Field::Login, named && is_plain_text(&self.login, LONGEST_NAME)),
            (Field::Email, self.email.is_empty() || is_email(&self.email)),
            (Field::FirstName, is_plain_text(&self.first_name, LONGEST_NAME)),
            (Field::LastName, is_plain_text(&self.last_name, LONGEST_NAME)),
        ] {
            if !good {
                return Err(Error::Invalid(field));
            }
        }
        Ok(())
    }
}
