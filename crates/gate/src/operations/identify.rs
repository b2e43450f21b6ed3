//! From a credential to a caller. Contract: authorisation 3.2 step 1, 3.6.

use jiff::SignedDuration;

use crate::Gate;
use crate::caller::{Caller, Origin, Proof, Shown};
use crate::digest::Digest;
use crate::error::Error;
use crate::gate::JUDGEMENTS;
use crate::hasher::Share;
use crate::ids::UserId;
use crate::operations::password_proof::{Comparison, Proved};
use crate::operations::sign_in::{slack, sliding};
use crate::password::Password;
use crate::secret::Token;
use crate::session::{ApiKey, Session, SessionKind};
use crate::store::{NameQuery, NonceUse, Outcome, PasswordProved};
use crate::user::Account;

/// A used key's row is written at most this often.
const KEY_USE_NOTED_EACH: SignedDuration = SignedDuration::from_secs(60);

/// How long a nonce is remembered: the age that a token may have, the time it may be ahead, and skew (R83).
const NONCE_REMEMBERED: SignedDuration = SignedDuration::from_secs(300 + 60 + 60);

impl Gate {
    /// Proves who a caller is. Every failure is [`Error::Unidentified`], recorded, unless the caller or its
    /// address sends too much or the server is overloaded.
    #[tracing::instrument(
        target = "passgate::steps",
        skip_all,
        fields(door = origin.door.name(), operation = origin.operation.name(), outcome)
    )]
    pub async fn identify(&self, origin: Origin, proof: Proof) -> Result<Caller, Error> {
        let result = self.prove(origin.clone(), proof).await;
        self.told_if_refused(&origin, result)
    }

    async fn prove(&self, origin: Origin, proof: Proof) -> Result<Caller, Error> {
        let proved = match proof {
            Proof::ApiKey(key) => self.by_key(&origin, &key).await?,
            Proof::Session(kind, token) => self.by_session(kind, &token).await?,
            Proof::SessionOrKey(token) => match self.by_session(SessionKind::Soap, &token).await? {
                Ok(proved) => Ok(proved),
                Err(account) if self.settings.keys.as_session_id => {
                    self.by_key(&origin, &token).await?.map_err(|key| key.or(account))
                }
                Err(account) => Err(account),
            },
            Proof::UsernameToken { name, password, nonce } => {
                self.check_source(&origin)?;
                match self.by_password(&origin, &name, &password, nonce.as_deref()).await? {
                    Err(failed) => {
                        return Err(self.failed_proof(&origin, failed.account(), Error::Unidentified).await);
                    }
                    proved @ Ok(_) => proved,
                }
            }
        };
        let (account, shown) = match proved {
            Ok(proved) => proved,
            Err(failed) => return Err(self.failed_secret(&origin, failed.account(), failed.why).await),
        };
        let caller = Caller::user(origin, account, shown);
        if let Some(user) = caller.user_id() {
            self.check_call(user).await?;
        }
        Ok(caller)
    }

    async fn by_key(&self, origin: &Origin, token: &Token) -> Result<Identified, Error> {
        let now = self.now();
        let Some((key, account)) = self.store.api_key(&token.digest()).await? else {
            return Ok(Err(Failed::unknown()));
        };
        if !key.is_valid(now) || !account.in_use() {
            return Ok(Err(Failed::of(account)));
        }
        if !key.networks.hold(origin.door, origin.source) {
            return Ok(Err(Failed { why: OUTSIDE_ITS_NETWORKS, ..Failed::of(account) }));
        }
        self.note_key_use(&key).await?;
        Ok(Ok((account, Shown::Key(key.id, key.digest))))
    }

    async fn note_key_use(&self, key: &ApiKey) -> Result<(), Error> {
        let now = self.now();
        let stale = key.last_used.is_none_or(|last| now.duration_since(last) >= KEY_USE_NOTED_EACH);
        if stale {
            self.store.key_used(key.id, now).await?;
        }
        Ok(())
    }

    async fn by_session(&self, kind: SessionKind, token: &Token) -> Result<Identified, Error> {
        let now = self.now();
        let Some((session, account)) = self.store.session(&token.digest()).await? else {
            return Ok(Err(Failed::unknown()));
        };
        let good = session.kind == kind
            && session.is_open(account.user.credential_version, now)
            && account.in_use()
            && account.user.locked.is_none();
        if !good {
            return Ok(Err(Failed::of(account)));
        }
        let session = self.slide(session).await?;
        Ok(Ok((account, Shown::Session(session))))
    }

    /// Moves a sliding session's end, if the written one has grown old. What the caller gets to see is the
    /// exact end.
    async fn slide(&self, session: Session) -> Result<Session, Error> {
        let idle = match session.kind {
            SessionKind::Soap | SessionKind::Web => self.settings.sessions.soap_idle,
            SessionKind::Token => return Ok(session),
        };
        let now = self.now();
        let written = (now + sliding(idle)).min(session.absolute);
        if written.duration_since(session.expires) >= slack(idle) {
            self.store.extend_session(&session.digest, written).await?;
        }
        Ok(Session { expires: (now + idle).min(session.absolute), ..session })
    }

    async fn by_password(
        &self,
        origin: &Origin,
        name: &str,
        password: &Password,
        nonce: Option<&[u8]>,
    ) -> Result<Identified, Error> {
        let name = NameQuery::parse(origin.door, name);
        for _ in 0..JUDGEMENTS {
            let (found, throttle) = self.lookup(&name).await?;
            if let Some((account, _)) = found
                && self.is_remembered(&account, password)
            {
                let proved = Proved { account: *account, throttle, rehash: None };
                match self.complete_remembered(proved, nonce).await? {
                    Some(identified) => return Ok(identified),
                    None => continue,
                }
            }
            let _queue = self.one_attempt_at_a_time(&throttle).await;
            let (found, throttle) = self.lookup(&name).await?;
            let source = origin.source;
            let proved = match self.compare(found, throttle, source, Share::SignIn, password, Self::usable).await? {
                Comparison::Right(proved, _) => proved,
                Comparison::Wrong(account) => return Ok(Err(Failed { account, ..Failed::unknown() })),
            };
            let version = proved.account.user.credential_version;
            self.remembered.note(proved.account.user.id, version, password, self.now());
            if let Some(identified) = self.complete_proof(*proved, nonce).await? {
                return Ok(identified);
            }
        }
        Err(Error::kept_changing())
    }

    /// Remembered or not, a throttled or locked account is refused. Contract: authorisation 3.6.
    fn is_remembered(&self, account: &Account, password: &Password) -> bool {
        let now = self.now();
        self.usable(account)
            && !account.failures.throttled(&self.settings.throttle, now)
            && self.remembered.holds(account.user.id, account.user.credential_version, password, now)
    }

    /// A remembered password was counted nowhere: often there is nothing to write.
    async fn complete_remembered(&self, proved: Proved, nonce: Option<&[u8]>) -> Result<Option<Identified>, Error> {
        if nonce.is_some() || proved.account.failures.count > 0 {
            return self.complete_proof(proved, nonce).await;
        }
        let credential_version = proved.account.user.credential_version;
        Ok(Some(Ok((proved.account, Shown::Password { credential_version }))))
    }

    /// Clears the counter and uses up the nonce. `None`: the account changed meanwhile.
    async fn complete_proof(&self, proved: Proved, nonce: Option<&[u8]>) -> Result<Option<Identified>, Error> {
        let account = proved.account;
        let credential_version = account.user.credential_version;
        let now = self.now();
        let act = PasswordProved {
            account: account.stamp(),
            credential_version,
            throttle: proved.throttle,
            rehash: proved.rehash,
            nonce: nonce.map(|nonce| (nonce_digest(account.user.id, nonce), now + NONCE_REMEMBERED)),
            now,
        };
        Ok(match self.store.password_proved(act).await? {
            Outcome::Done(NonceUse::Fresh) => Some(Ok((account, Shown::Password { credential_version }))),
            Outcome::Done(NonceUse::Replayed) => Some(Err(Failed::of(account))),
            Outcome::Stale => None,
        })
    }
}

/// The account and the credential, or what is known of a proof that failed.
type Identified = Result<(Account, Shown), Failed>;

/// Why a good key was not taken, in the note of the record (R44).
const OUTSIDE_ITS_NETWORKS: &str = "the key is not for this source";

/// What the record of a failed proof tells.
struct Failed {
    account: Option<Box<Account>>,
    /// More than that it failed; empty if there is no more to say.
    why: &'static str,
}

impl Failed {
    fn unknown() -> Self {
        Self { account: None, why: "" }
    }

    fn of(account: Account) -> Self {
        Self { account: Some(Box::new(account)), why: "" }
    }

    fn account(&self) -> Option<&Account> {
        self.account.as_deref()
    }

    /// The other one, if of this nothing is known.
    fn or(self, other: Self) -> Self {
        if self.account.is_some() { self } else { other }
    }
}

fn nonce_digest(user: UserId, nonce: &[u8]) -> Digest {
    Digest::of(&[&user.get().to_be_bytes(), nonce].concat())
}
