//! What a session can do with itself: leave, and be exchanged for a fresh one. Contract: ecgrid-rest 2.3,
//! 3 #21; R33, R39.

use crate::Gate;
use crate::audit::Actor;
use crate::caller::{Caller, Origin, Shown};
use crate::error::Error;
use crate::operations::sign_in::SignedIn;
use crate::secret::Token;
use crate::session::{Session, SessionKind};
use crate::store::{Outcome, RefreshSession};
use crate::user::{Account, MustChange};

impl Gate {
    /// Ends the caller's session. An API key is no session and stays valid.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), Error> {
        let result = self.end(caller).await;
        self.told(caller.origin(), result)
    }

    async fn end(&self, caller: &Caller) -> Result<(), Error> {
        let mut event = self.event_by(caller);
        event.target = caller.user_id();
        match caller.session() {
            // Ended by somebody else in the same instant: that is what was asked for.
            Some(session) => self.store.end_session(&session.digest, event).await.map(drop)?,
            None => self.store.record(event).await.map(drop)?,
        }
        Ok(())
    }

    /// Exchanges a token for a fresh one of the same chain, which never outlives the chain. A token that
    /// was exchanged before ends the whole chain: one of its two holders is a thief.
    pub async fn refresh(&self, origin: &Origin, token: &Token) -> Result<SignedIn, Error> {
        let result = self.judge_and_exchange(origin, token).await;
        self.told(origin, result)
    }

    async fn judge_and_exchange(&self, origin: &Origin, token: &Token) -> Result<SignedIn, Error> {
        let now = self.now();
        let Some((session, account)) = self.store.session(&token.digest()).await? else {
            return Err(self.failed_secret(origin, None, "").await);
        };
        let usable = session.kind == SessionKind::Token && account.in_use() && account.user.locked.is_none();
        if usable && session.ended.is_some() && now < session.absolute {
            // Also from a source that failed too often: its thief must not keep the chain by guessing from there.
            self.end_chain(origin, &session, &account).await?;
        }
        if !usable || !session.is_open(account.user.credential_version, now) {
            return Err(self.failed_secret(origin, Some(&account), "").await);
        }
        let caller = Caller::user(origin.clone(), account, Shown::Session(session.clone()));
        let error = match (self.unrestricted(&caller), caller.account()) {
            (Ok(()), Some(account)) => return self.exchange(origin, session, account.clone()).await,
            (Ok(()), None) => Error::Unidentified,
            (Err(restricted), _) => restricted,
        };
        Err(self.record_refusal(&caller, caller.user_id(), error).await)
    }

    async fn exchange(&self, origin: &Origin, old: Session, account: Account) -> Result<SignedIn, Error> {
        let now = self.now();
        let token = Token::guid(self.rng.as_ref());
        let new = Session {
            digest: token.digest(),
            created: now,
            expires: (now + self.settings.sessions.token_life).min(old.absolute),
            source: origin.source,
            ..old.clone()
        };
        let mut event = self.event(origin, Actor::Session(account.user.id), Some(account.user.tenant));
        event.target = Some(account.user.id);
        let act = RefreshSession { old: old.digest, new: new.clone(), account: account.stamp(), event };
        match self.store.refresh_session(act).await? {
            Outcome::Done(_) => {
                let must_change = account.user.must_change == MustChange::Required;
                Ok(SignedIn { token, session: new, account, must_change })
            }
            Outcome::Stale => Err(self.failed_proof(origin, Some(&account), Error::Unidentified).await),
        }
    }

    async fn end_chain(&self, origin: &Origin, session: &Session, account: &Account) -> Result<(), Error> {
        let mut event = self.event(origin, Actor::Unproved, Some(account.user.tenant));
        event.target = Some(account.user.id);
        event.note.push_str("ended token used again: chain ended");
        Ok(self.store.end_chain(&session.chain, event).await?)
    }
}
