//! Looking at the open sessions of a user, and ending them: one, or all. One's own, or those of whom one
//! administers. R35, ASVS 7.5.2.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::Gate;
use crate::authority::{Act, Authorized, Subject, over};
use crate::caller::Caller;
use crate::digest::hex;
use crate::error::Error;
use crate::gate::JUDGEMENTS;
use crate::operations::sign_in::sliding;
use crate::operations::target::Target;
use crate::session::SessionKind;
use crate::store::{EndUserSessions, HeldSession, Outcome, Receipt};

/// As many sessions as one list shows.
const MOST_LISTED: u32 = 1_000;

/// Letters of a name: too many for two sessions of one user to share.
const NAME_LETTERS: usize = 16;

/// An open session as it is shown. Nothing in it can be used as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSession {
    /// The name by which it can be ended: a part of the digest of a digest, which leads back to nothing. A token
    /// keeps it when it is exchanged.
    pub name: String,
    /// What it is for.
    pub kind: SessionKind,
    /// When it was opened by a sign-in.
    pub begun: Timestamp,
    /// When it was last used: to a sixtieth of the idle time for those that slide with use, and for a token when it
    /// was last exchanged.
    pub last_used: Timestamp,
    /// When it ends unless it is used or exchanged.
    pub ends: Timestamp,
    /// When it ends in any case.
    pub ends_at_last: Timestamp,
    /// From where it was opened or last exchanged, if that is known.
    pub source: Option<IpAddr>,
}

/// Which sessions are to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// All of every kind.
    All,
    /// The one that a list shows under this name.
    Named(String),
}

impl Gate {
    /// A user's open sessions, oldest first.
    pub async fn list_sessions(&self, caller: &Caller, target: &Target) -> Result<Vec<ListedSession>, Error> {
        let result = self.judge_and_list_sessions(caller, target).await;
        self.recorded(caller, target.number(caller), result).await
    }

    async fn judge_and_list_sessions(&self, caller: &Caller, target: &Target) -> Result<Vec<ListedSession>, Error> {
        let owner = self.session_owner(caller, target).await?;
        let held = self.store.sessions(owner.account().user.id, self.now(), MOST_LISTED).await?;
        Ok(held.into_iter().map(|held| self.listed(held)).collect())
    }

    fn listed(&self, HeldSession { session, begun }: HeldSession) -> ListedSession {
        let last_used = match session.kind {
            SessionKind::Soap | SessionKind::Web if session.expires < session.absolute => {
                session.expires - sliding(self.settings.sessions.soap_idle)
            }
            // The last stretch before the end in any case is written once.
            SessionKind::Soap | SessionKind::Web => session.absolute - sliding(self.settings.sessions.soap_idle),
            SessionKind::Token => session.created,
        };
        ListedSession {
            name: name(&session.chain),
            kind: session.kind,
            begun,
            last_used: last_used.max(session.created),
            ends: session.expires,
            ends_at_last: session.absolute,
            source: session.source,
        }
    }

    /// Ends sessions of a user; the receipt tells how many. Lock, throttle and keys stay as they are.
    pub async fn end_sessions(&self, caller: &Caller, target: &Target, which: &Which) -> Result<Receipt, Error> {
        let result = self.judge_and_end_sessions(caller, target, which).await;
        self.recorded(caller, target.number(caller), result).await
    }

    async fn judge_and_end_sessions(&self, caller: &Caller, target: &Target, which: &Which) -> Result<Receipt, Error> {
        let mut caller = caller.clone();
        for _ in 0..JUDGEMENTS {
            let owner = self.session_owner(&caller, target).await?;
            let mut event = self.event_about(&caller, owner.account());
            let chain = match which {
                Which::All => None,
                Which::Named(wanted) => {
                    let held = self.store.sessions(owner.account().user.id, self.now(), MOST_LISTED).await?;
                    let found = held.into_iter().map(|held| held.session).find(|it| name(&it.chain) == *wanted);
                    let found = found.ok_or(Error::SessionNotFound)?;
                    event.note = format!("session={wanted} kind={}", found.kind.name());
                    Some(found.chain)
                }
            };
            let act = EndUserSessions { target: owner.account().stamp(), caller: caller.stamp(), chain, event };
            match self.store.end_user_sessions(act).await? {
                Outcome::Done(receipt) => return Ok(receipt),
                Outcome::Stale => caller = self.again(&caller).await?,
            }
        }
        Err(Error::kept_changing())
    }

    async fn session_owner(&self, caller: &Caller, target: &Target) -> Result<Authorized, Error> {
        self.permitted(caller, Act::Edit)?;
        let found = self.find(caller, target).await?;
        Ok(over(caller.origin().door, Act::Edit, Subject::of(caller), found)?)
    }
}

/// Digests are what a stolen database holds; what is shown leads not even to those.
fn name(chain: &crate::digest::Digest) -> String {
    let mut name = hex(crate::digest::Digest::of(chain.as_bytes()).as_bytes());
    name.truncate(NAME_LETTERS);
    name
}
