//! Callers: somebody whose credential was proved. Made by [`crate::Gate::identify`] and
//! [`crate::Gate::operator`] alone.

use std::net::IpAddr;

use crate::audit::{Actor, Door, Operation};
use crate::digest::Digest;
use crate::ids::{ApiKeyId, MailboxId, RequestId, TenantId, UserId};
use crate::level::Level;
use crate::password::Password;
use crate::secret::Token;
use crate::session::{Session, SessionKind};
use crate::store::CallerStamp;
use crate::user::{Account, MustChange};

/// Where an attempt came from and what it attempts: what every audit event tells.
#[derive(Debug, Clone)]
pub struct Origin {
    /// By which way in.
    pub door: Door,
    /// What is attempted.
    pub operation: Operation,
    /// From where, if over a network.
    pub source: Option<IpAddr>,
    /// The request's id.
    pub request: RequestId,
}

/// What a caller shows to be known by.
#[derive(Debug)]
pub enum Proof {
    /// An API key.
    ApiKey(Token),
    /// The id of a session of this kind.
    Session(SessionKind, Token),
    /// The text in a SOAP `SessionID`: a session of `Login`, or an API key. Contract: ecgridos-soap 3 #20.
    SessionOrKey(Token),
    /// A WS-Security UsernameToken, its dates already checked. Contract: omnitracs-soap 3 #4.
    UsernameToken {
        /// The name as sent.
        name: String,
        /// The password as sent.
        password: Password,
        /// The decoded nonce, which works once per user.
        nonce: Option<Vec<u8>>,
    },
}

/// Somebody whose credential was proved, for one attempt.
#[derive(Debug, Clone)]
pub struct Caller {
    origin: Origin,
    who: Who,
}

#[derive(Debug, Clone)]
enum Who {
    Operator(String),
    User(Box<Account>, Shown),
}

/// The credential that was proved.
#[derive(Debug, Clone)]
pub(crate) enum Shown {
    Key(ApiKeyId, Digest),
    Session(Session),
    Password { credential_version: i64 },
}

impl Caller {
    pub(crate) fn user(origin: Origin, account: Account, shown: Shown) -> Self {
        Self { origin, who: Who::User(Box::new(account), shown) }
    }

    pub(crate) fn operator(origin: Origin, name: String) -> Self {
        Self { origin, who: Who::Operator(name) }
    }

    /// Where the attempt came from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The caller's account; `None` for the local operator.
    pub fn account(&self) -> Option<&Account> {
        match &self.who {
            Who::Operator(_) => None,
            Who::User(account, _) => Some(account),
        }
    }

    /// The session that was shown, if one was.
    pub fn session(&self) -> Option<&Session> {
        match &self.who {
            Who::User(_, Shown::Session(session)) => Some(session),
            Who::Operator(_) | Who::User(..) => None,
        }
    }

    /// The caller's user id; `None` for the local operator.
    pub fn user_id(&self) -> Option<UserId> {
        self.account().map(|account| account.user.id)
    }

    /// The caller's level. The operator holds the store itself in hand.
    pub fn level(&self) -> Level {
        self.account().map_or(Level::Root, |account| account.user.level)
    }

    /// The caller's tenant; `None` for the local operator.
    pub fn tenant(&self) -> Option<TenantId> {
        self.account().map(|account| account.user.tenant)
    }

    /// The caller's mailbox; `None` for the local operator.
    pub fn mailbox(&self) -> Option<MailboxId> {
        self.account().map(|account| account.user.mailbox)
    }

    /// Whether a session may do nothing but choose a new password. Contract: authorisation 3.5.
    pub(crate) fn has_to_change_password(&self) -> bool {
        match &self.who {
            Who::User(account, Shown::Session(_)) => account.user.must_change == MustChange::Required,
            Who::Operator(_) | Who::User(_, Shown::Key(..) | Shown::Password { .. }) => false,
        }
    }

    pub(crate) fn shown(&self) -> Option<&Shown> {
        match &self.who {
            Who::Operator(_) => None,
            Who::User(_, shown) => Some(shown),
        }
    }

    pub(crate) fn stamp(&self) -> CallerStamp {
        let Who::User(account, shown) = &self.who else { return CallerStamp::default() };
        let (session, key) = match shown {
            Shown::Key(id, _) => (None, Some(*id)),
            Shown::Session(session) => (Some(session.digest), None),
            Shown::Password { .. } => (None, None),
        };
        CallerStamp { account: Some(account.stamp()), session, key }
    }

    pub(crate) fn actor(&self) -> Actor {
        match &self.who {
            Who::Operator(name) => Actor::Operator(name.clone()),
            Who::User(account, Shown::Key(id, _)) => Actor::Key(account.user.id, *id),
            Who::User(account, Shown::Session(_)) => Actor::Session(account.user.id),
            Who::User(account, Shown::Password { .. }) => Actor::Password(account.user.id),
        }
    }
}
