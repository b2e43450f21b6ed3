//! What must be true, written down as plainly as the contracts say it. No store, no hashes, and nothing taken
//! from the gate: a rule that is wrong there is not wrong here in the same way.

use std::collections::HashMap;

/// Seconds since the model began.
pub(crate) type Time = i64;

const MINUTE: Time = 60;
const HOUR: Time = 60 * MINUTE;
const DAY: Time = 24 * HOUR;
/// authorisation 3.5: a temporary password unused for longer than this is none.
const TEMPORARY: Time = 14 * DAY;
/// ecgridos-soap 3 #10.
const SOAP_OPEN: usize = 5;
/// A used SOAP session's end is written this much late, so that not each use has to write it.
const SLACK: Time = MINUTE;
/// Counters of names that lead to nobody are forgotten after this.
const NAMES: Time = 30 * DAY;
const KEY_LIFE: Time = 365 * DAY;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MustChange {
    No,
    Portal,
    Required,
}

#[derive(Debug, Clone)]
pub(crate) struct User {
    /// Which of the passwords signs in.
    pub(crate) password: usize,
    pub(crate) version: i64,
    pub(crate) must_change: MustChange,
    set_at: Time,
    used: bool,
    pub(crate) locked: bool,
    pub(crate) suspended: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) user: usize,
    pub(crate) soap: bool,
    version: i64,
    chain: usize,
    expires: Time,
    absolute: Time,
    ended: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) user: usize,
    pub(crate) revoked: bool,
    expires: Time,
}

/// What failures are counted under: an account that was found, or a name that led to none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Counter {
    Account(usize),
    Name(usize),
}

/// The word of the one record of an attempt; `None` in it: allowed.
pub(crate) type Word = Option<&'static str>;
const DONE: Word = None;

#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) now: Time,
    pub(crate) users: Vec<User>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) keys: Vec<Key>,
    pub(crate) failures: HashMap<Counter, (u32, Time)>,
}

impl Model {
    pub(crate) fn new(users: usize) -> Self {
        let user = User {
            password: 0,
            version: 1,
            must_change: MustChange::No,
            set_at: 0,
            used: false,
            locked: false,
            suspended: false,
        };
        Self { now: 0, users: vec![user; users], sessions: vec![], keys: vec![], failures: HashMap::new() }
    }

    /// A session is added if the word is `DONE`.
    pub(crate) fn sign_in(&mut self, user: usize, password: usize, soap: bool) -> Word {
        // Whoever may not sign in is not found: as a name that nobody has.
        let found = self.users.get(user).is_some_and(|user| !user.suspended);
        let counter = if found { Counter::Account(user) } else { Counter::Name(user) };
        if !self.proves(counter, password) {
            return Some("sign-in-failed");
        }
        self.failures.remove(&counter);
        let open =
            self.sessions.iter().filter(|held| held.user == user && held.soap == soap && self.open(held)).count();
        if soap && open >= SOAP_OPEN {
            return Some("too-many-sessions");
        }
        self.users[user].used = true;
        let absolute = self.now + 12 * HOUR;
        let expires = self.now + HOUR + if soap { SLACK } else { 0 };
        let (version, chain) = (self.users[user].version, self.sessions.len());
        self.sessions.push(Session { user, soap, version, chain, expires, absolute, ended: false });
        DONE
    }

    /// R57, R60: counted before it is looked at, unless it comes too soon, which is not looked at.
    fn proves(&mut self, counter: Counter, password: usize) -> bool {
        if self.throttled(counter) {
            return false;
        }
        let now = self.now;
        if matches!(counter, Counter::Name(_)) {
            self.failures.retain(|other, (_, last)| {
                *other == counter || matches!(other, Counter::Account(_)) || *last >= now - NAMES
            });
        }
        let held = self.failures.entry(counter).or_insert((0, now));
        *held = (held.0 + 1, now);
        let Counter::Account(user) = counter else { return false };
        let user = &self.users[user];
        let lapsed = user.must_change == MustChange::Required && !user.used && now - user.set_at > TEMPORARY;
        user.password == password && !user.locked && !lapsed
    }

    fn throttled(&self, counter: Counter) -> bool {
        self.failures.get(&counter).is_some_and(|(count, last)| {
            let delay = match count {
                0..=4 => 0,
                5..=14 => 1 << (count - 5),
                15..=99 => 900,
                _ => DAY,
            };
            self.now - last < delay
        })
    }

    /// How many sessions end.
    pub(crate) fn set(&mut self, user: usize, password: usize, must_change: MustChange) -> u32 {
        let ended = self.end_all(user, None);
        self.replace(user, password, must_change);
        ended
    }

    fn replace(&mut self, user: usize, password: usize, must_change: MustChange) {
        let now = self.now;
        let version = self.users[user].version + 1;
        let target = &mut self.users[user];
        (target.password, target.version, target.must_change) = (password, version, must_change);
        (target.set_at, target.used) = (now, false);
        self.failures.remove(&Counter::Account(user));
    }

    pub(crate) fn change(&mut self, session: usize, current: usize, new: usize) -> Word {
        if !self.use_session(session) {
            return Some("unidentified");
        }
        let user = self.sessions[session].user;
        if !self.proves(Counter::Account(user), current) {
            return Some("current-password-wrong");
        }
        if self.users[user].must_change != MustChange::No && current == new {
            self.failures.remove(&Counter::Account(user));
            return Some("password-unchanged");
        }
        self.end_all(user, Some(session));
        self.replace(user, new, MustChange::No);
        self.sessions[session].version = self.users[user].version;
        DONE
    }

    /// Whether it opens the door; a SOAP session's end moves with use.
    pub(crate) fn use_session(&mut self, session: usize) -> bool {
        let works = self.works(session);
        let now = self.now;
        let session = &mut self.sessions[session];
        if works && session.soap {
            let written = (now + HOUR + SLACK).min(session.absolute);
            if written - session.expires >= SLACK {
                session.expires = written;
            }
        }
        works
    }

    /// All words, since a stolen token leaves two while its chain has an open session. A session is added if the last is `DONE`.
    pub(crate) fn refresh(&mut self, session: usize) -> Vec<Word> {
        let old = self.sessions[session].clone();
        let user = &self.users[old.user];
        let usable = !old.soap && !user.suspended && !user.locked;
        if usable && old.ended && self.now < old.absolute {
            let mut words = vec![Some("unidentified")];
            for other in self.sessions.iter_mut().filter(|other| other.chain == old.chain && !other.ended) {
                other.ended = true;
                words = vec![DONE, Some("unidentified")];
            }
            return words;
        }
        if !usable || !self.open(&old) {
            return vec![Some("unidentified")];
        }
        if user.must_change == MustChange::Required {
            return vec![Some("password-change-required")];
        }
        self.sessions[session].ended = true;
        let expires = (self.now + HOUR).min(old.absolute);
        self.sessions.push(Session { expires, ended: false, ..old });
        vec![DONE]
    }

    pub(crate) fn sign_out(&mut self, session: usize) -> Word {
        if !self.use_session(session) {
            return Some("unidentified");
        }
        self.sessions[session].ended = true;
        DONE
    }

    pub(crate) fn lock(&mut self, user: usize, locked: bool) {
        if locked {
            self.end_all(user, None);
        } else {
            self.failures.remove(&Counter::Account(user));
        }
        self.users[user].locked = locked;
    }

    pub(crate) fn suspend(&mut self, user: usize, suspended: bool) {
        if suspended {
            self.end_all(user, None);
        }
        self.users[user].suspended = suspended;
    }

    pub(crate) fn reset(&mut self, user: usize) -> u32 {
        self.failures.remove(&Counter::Account(user));
        self.users[user].locked = false;
        self.end_all(user, None)
    }

    pub(crate) fn generate_key(&mut self, user: usize) {
        for key in self.keys.iter_mut().filter(|key| key.user == user) {
            key.revoked = true;
        }
        self.keys.push(Key { user, revoked: false, expires: self.now + KEY_LIFE });
    }

    /// A lock leaves keys alone (authorisation 3.6).
    pub(crate) fn key_works(&self, key: &Key) -> bool {
        !key.revoked && self.now < key.expires && !self.users[key.user].suspended
    }

    pub(crate) fn works(&self, session: usize) -> bool {
        let session = &self.sessions[session];
        let user = &self.users[session.user];
        self.open(session) && !user.locked && !user.suspended
    }

    fn open(&self, session: &Session) -> bool {
        let live = self.now < session.expires && self.now < session.absolute;
        !session.ended && live && session.version == self.users[session.user].version
    }

    pub(crate) fn open_sessions(&self, user: usize, soap: bool) -> usize {
        let mine = self.sessions.iter().filter(|session| session.user == user && session.soap == soap);
        mine.filter(|session| self.open(session)).count()
    }

    fn end_all(&mut self, user: usize, but: Option<usize>) -> u32 {
        let open: Vec<_> = (0..self.sessions.len())
            .filter(|at| Some(*at) != but && self.sessions[*at].user == user && self.open(&self.sessions[*at]))
            .collect();
        for at in &open {
            self.sessions[*at].ended = true;
        }
        u32::try_from(open.len()).unwrap()
    }
}
