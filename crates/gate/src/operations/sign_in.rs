//! Signing in with a name and a password, for a session. Contract: authorisation 3.1, 3.5, 3.6.

use jiff::SignedDuration;

use crate::Gate;
use crate::audit::Actor;
use crate::caller::Origin;
use crate::error::Error;
use crate::gate::JUDGEMENTS;
use crate::hasher::Share;
use crate::operations::password_proof::{Comparison, Proved};
use crate::password::Password;
use crate::secret::Token;
use crate::session::{Session, SessionKind, SessionLimit};
use crate::store::{NameQuery, OpenSession, Opened, Outcome};
use crate::user::{Account, MustChange};

/// A sign-in as a door asks for it.
#[derive(Debug)]
pub struct SignIn {
    /// What kind of session is wanted.
    pub kind: SessionKind,
    /// The name as sent.
    pub name: String,
    /// The password as sent.
    pub password: Password,
}

/// A sign-in that succeeded.
#[derive(Debug)]
pub struct SignedIn {
    /// The session's id, shown this once.
    pub token: Token,
    /// The session.
    pub session: Session,
    /// Whose.
    pub account: Account,
    /// The session may do nothing but choose a new password.
    pub must_change: bool,
}

impl Gate {
    /// Opens a session for whoever the name and the password prove. Every failure but overload and the
    /// limit on sessions is [`Error::SignInFailed`], at the same cost.
    #[tracing::instrument(
        target = "passgate::steps",
        skip_all,
        fields(door = origin.door.name(), operation = origin.operation.name(), outcome)
    )]
    pub async fn sign_in(&self, origin: &Origin, sign_in: &SignIn) -> Result<SignedIn, Error> {
        let result = self.prove_and_open(origin, sign_in).await;
        self.told(origin, result)
    }

    async fn prove_and_open(&self, origin: &Origin, sign_in: &SignIn) -> Result<SignedIn, Error> {
        self.check_source(origin)?;
        let name = NameQuery::parse(origin.door, &sign_in.name);
        for _ in 0..JUDGEMENTS {
            let (_, throttle) = self.lookup(&name).await?;
            let _queue = self.one_attempt_at_a_time(&throttle).await;
            // Read again in turn: the attempts before this one may have changed it.
            let (found, throttle) = self.lookup(&name).await?;
            let (source, password) = (origin.source, &sign_in.password);
            let proved = match self.compare(found, throttle, source, Share::SignIn, password, Self::usable).await? {
                Comparison::Right(proved, _) => proved,
                Comparison::Wrong(account) => {
                    return Err(self.failed_proof(origin, account.as_deref(), Error::SignInFailed).await);
                }
            };
            if let Some(signed_in) = self.open(origin, sign_in.kind, *proved).await? {
                return Ok(signed_in);
            }
        }
        Err(Error::kept_changing())
    }

    /// `None`: the account changed meanwhile.
    async fn open(&self, origin: &Origin, kind: SessionKind, proved: Proved) -> Result<Option<SignedIn>, Error> {
        let account = proved.account;
        let token = Token::guid(self.rng.as_ref());
        let session = self.new_session(origin, kind, &token, &account);
        let mut event = self.event(origin, Actor::Password(account.user.id), Some(account.user.tenant));
        event.target = Some(account.user.id);
        let act = OpenSession {
            account: account.stamp(),
            session: session.clone(),
            limit: self.limit(kind, &account),
            throttle: proved.throttle,
            rehash: proved.rehash,
            event,
        };
        match self.store.open_session(act).await? {
            Outcome::Done(Opened::Open) => {
                let must_change = account.user.must_change == MustChange::Required;
                Ok(Some(SignedIn { token, session, account, must_change }))
            }
            Outcome::Done(Opened::TooMany) => Err(Error::TooManySessions),
            Outcome::Stale => Ok(None),
        }
    }

    fn new_session(&self, origin: &Origin, kind: SessionKind, token: &Token, account: &Account) -> Session {
        let now = self.now();
        let settings = &self.settings.sessions;
        let (expires, absolute) = match kind {
            SessionKind::Soap | SessionKind::Web => (now + sliding(settings.soap_idle), now + settings.soap_life),
            SessionKind::Token => (now + settings.token_life, now + settings.token_chain),
        };
        let digest = token.digest();
        Session {
            digest,
            kind,
            user: account.user.id,
            credential_version: account.user.credential_version,
            chain: digest,
            created: now,
            expires: expires.min(absolute),
            absolute,
            ended: None,
            source: origin.source,
        }
    }

    fn limit(&self, kind: SessionKind, account: &Account) -> SessionLimit {
        let settings = &self.settings.sessions;
        match kind {
            SessionKind::Soap => SessionLimit::Refuse(
                account.user.max_soap_sessions.and_then(|most| u32::try_from(most).ok()).unwrap_or(settings.soap_open),
            ),
            SessionKind::Token | SessionKind::Web => SessionLimit::EndOldest(settings.token_open),
        }
    }
}

/// The written end of a sliding session lies this much beyond its idle time, so that it need not be
/// written at each use and still never ends early.
pub(crate) fn sliding(idle: SignedDuration) -> SignedDuration {
    idle + slack(idle)
}

/// A sixtieth of the idle time: how old a written end may grow.
pub(crate) fn slack(idle: SignedDuration) -> SignedDuration {
    idle / 60
}
