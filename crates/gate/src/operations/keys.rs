//! API keys: made, shown once, listed by their first characters, revoked. Contract: ecgrid-rest 3 #7 and
//! #8, R43, R44.

use crate::Gate;
use crate::authority::{Act, Authorized, Subject, over};
use crate::caller::Caller;
use crate::error::Error;
use crate::gate::JUDGEMENTS;
use crate::ids::ApiKeyId;
use crate::networks::Networks;
use crate::operations::target::Target;
use crate::secret::Token;
use crate::session::{ApiKey, KeyVisibility};
use crate::store::{NewApiKey, Outcome};

/// As many keys as one list shows.
const MOST_LISTED: u32 = 1_000;

impl Gate {
    /// A new primary key for a user, good from everywhere; the one before it dies at once. Anybody may for
    /// themselves.
    pub async fn generate_api_key(&self, caller: &Caller, target: &Target) -> Result<Token, Error> {
        self.generate_api_key_for(caller, target, &Networks::default()).await
    }

    /// The same, good from these networks alone. R44.
    pub async fn generate_api_key_for(
        &self,
        caller: &Caller,
        target: &Target,
        networks: &Networks,
    ) -> Result<Token, Error> {
        let result = self.judge_and_generate(caller, target, networks).await;
        self.recorded(caller, target.number(caller), result).await
    }

    async fn judge_and_generate(&self, caller: &Caller, target: &Target, networks: &Networks) -> Result<Token, Error> {
        let mut caller = caller.clone();
        for _ in 0..JUDGEMENTS {
            let owner = self.key_owner(&caller, target, Act::Edit).await?;
            let token = Token::guid(self.rng.as_ref());
            let max_age = self.settings.keys.max_age;
            let mut event = self.event_about(&caller, owner.account());
            let from = networks.iter().collect::<Vec<_>>();
            if !from.is_empty() {
                event.note = format!("networks={}", from.join(","));
            }
            let act = NewApiKey {
                owner: owner.account().stamp(),
                caller: caller.stamp(),
                digest: token.digest(),
                hint: token.hint(),
                visibility: KeyVisibility::Private,
                primary: true,
                expires: (!max_age.is_zero()).then(|| self.now() + max_age),
                networks: networks.clone(),
                event,
            };
            match self.store.create_api_key(act).await? {
                Outcome::Done(_) => return Ok(token),
                Outcome::Stale => caller = self.again(&caller).await?,
            }
        }
        Err(Error::kept_changing())
    }

    /// A user's keys, revoked and expired ones too.
    pub async fn list_api_keys(&self, caller: &Caller, target: &Target) -> Result<Vec<ApiKey>, Error> {
        let result = self.judge_and_list_keys(caller, target).await;
        self.recorded(caller, target.number(caller), result).await
    }

    async fn judge_and_list_keys(&self, caller: &Caller, target: &Target) -> Result<Vec<ApiKey>, Error> {
        let owner = self.key_owner(caller, target, Act::Edit).await?;
        Ok(self.store.api_keys(owner.account().user.id, MOST_LISTED).await?)
    }

    /// Revokes one of a user's keys, at once and for good.
    pub async fn revoke_api_key(&self, caller: &Caller, target: &Target, key: ApiKeyId) -> Result<(), Error> {
        let result = self.judge_and_revoke(caller, target, key).await;
        self.recorded(caller, target.number(caller), result).await
    }

    async fn judge_and_revoke(&self, caller: &Caller, target: &Target, key: ApiKeyId) -> Result<(), Error> {
        let owner = self.key_owner(caller, target, Act::Edit).await?;
        let mut event = self.event_about(caller, owner.account());
        event.note = format!("key={key}");
        match self.store.revoke_api_key(key, owner.account().stamp(), caller.stamp(), event).await? {
            Outcome::Done(()) => Ok(()),
            Outcome::Stale => Err(Error::KeyNotFound),
        }
    }

    async fn key_owner(&self, caller: &Caller, target: &Target, act: Act) -> Result<Authorized, Error> {
        self.permitted(caller, act)?;
        let found = self.find(caller, target).await?;
        Ok(over(caller.origin().door, act, Subject::of(caller), found)?)
    }
}
