//! A case of the tables, and what is asked of every door alike: its own answer, one audit record with the same
//! content, and an account that is changed wholly or not at all.

use passgate_gate::audit::StoredEvent;
use passgate_gate::password::PasswordHash;
use passgate_gate::user::Account;

use crate::doors::{Door, Target};
use crate::house::{GOOD, House};
use crate::people::Person;
use crate::{ecgridos, omnitracs, rest};

/// What each door decides: `ok`, or the word of the audit record. `None`: the door cannot be asked this.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decisions([Option<&'static str>; 6]);

/// The same at every door.
pub(crate) const fn all(word: &'static str) -> Decisions {
    Decisions([Some(word); 6])
}

impl Decisions {
    /// Except at these doors.
    pub(crate) fn but(mut self, doors: &[Door], word: Option<&'static str>) -> Self {
        for door in doors {
            self.0[*door as usize] = word;
        }
        self
    }

    pub(crate) fn at(self, door: Door) -> Option<&'static str> {
        self.0[door as usize]
    }
}

/// REST, by whichever credential.
pub(crate) const REST: &[Door] = &[Door::Rest, Door::RestToken];
/// Doors where a session is shown.
pub(crate) const SESSIONS: &[Door] = &[Door::RestToken, Door::Ecgridos];

/// One line of a table.
pub(crate) struct Case<'c> {
    pub(crate) caller: Person,
    pub(crate) target: Target,
    /// The form of the password; without one it is one that all doors take.
    pub(crate) password: Option<&'c str>,
    pub(crate) decisions: Decisions,
    /// Sessions of the target that a set finds to end.
    pub(crate) sessions: i64,
    /// Brings the world into a state, once everybody has got their credentials.
    pub(crate) before: &'c dyn Fn(&mut House),
    /// Looks at the target as it was and as it is, with the password that was tried.
    pub(crate) after: &'c dyn Fn(&House, Door, &Account, &Account),
    /// Takes the state back.
    pub(crate) undo: &'c dyn Fn(&mut House),
}

impl Case<'_> {
    pub(crate) fn of(caller: Person, target: Target, decisions: Decisions) -> Self {
        Self {
            caller,
            target,
            password: None,
            decisions,
            sessions: 1,
            before: &|_| {},
            after: &|_, _, _, _| {},
            undo: &|_| {},
        }
    }

    /// Sends it through every door.
    #[track_caller]
    pub(crate) fn check(&self, house: &mut House) {
        for door in Door::ALL {
            self.check_at(house, door);
        }
    }

    /// Sends it through one door.
    #[track_caller]
    pub(crate) fn check_at(&self, house: &mut House, door: Door) {
        let Some(decision) = self.decisions.at(door) else { return };
        let told = format!("{door:?}: {} -> {:?}", self.caller.login, self.target);
        let target = self.target.person();
        // A token of the target's, which a set must end and a refusal must not.
        let token = target.filter(|_| decision == "ok").and_then(|target| {
            house.settle(target);
            rest::sign_in(house, &target.login, &house.password(target))
        });
        let credential = house.credential(door, &self.caller);
        (self.before)(house);
        let old = target.map(|target| (house.account_and_hash(target), house.password(target)));
        let password = house.fresh(self.password.unwrap_or(GOOD));
        let heads = house.heads();

        let answer = door.set(house, &credential, &self.target, &password);

        assert_eq!(answer, door.answer_to(decision), "{told}");
        let records = house.records_after(&heads);
        if decision == "usage" {
            assert!(records.is_empty(), "{told}: {records:?}");
        } else {
            assert_eq!(records.len(), 1, "{told}: {records:?}");
            let before = old.as_ref().map(|((account, _), _)| account);
            let in_use = house.account(&self.caller).in_use();
            self.check_record(door, decision, &records[0], before, in_use, &told);
        }
        let Some((target, (before, old))) = target.zip(old) else { return (self.undo)(house) };
        let now = house.account_and_hash(target);
        (self.after)(house, door, &before.0, &now.0);
        check_account(decision, &before, &now, target == &self.caller, &told);
        (self.undo)(house);
        if decision == "ok" {
            house.learn(target, &password);
            check_sign_in(house, target, &old, &password, &told);
            assert!(token.is_none_or(|token| !rest::holds(house, &token)), "{told}: a token outlived the set");
            if target == &self.caller && SESSIONS.contains(&door) {
                let holds = if door == Door::Ecgridos { ecgridos::holds } else { rest::holds };
                assert!(holds(house, &credential.secret), "{told}: the calling session has ended");
            }
        }
    }

    fn check_record(
        &self,
        door: Door,
        decision: &str,
        record: &StoredEvent,
        before: Option<&Account>,
        in_use: bool,
        told: &str,
    ) {
        let refused = (decision != "ok").then_some(decision);
        let unproved = decision == "unidentified";
        let credential = if unproved { "none" } else { door.credential() };
        let actor = (!unproved).then_some(self.caller.number);
        assert_eq!(
            (record.door.as_str(), record.operation.as_str(), record.credential.as_str()),
            (door.name(), "set-password", credential),
            "{told}"
        );
        assert_eq!((record.actor, record.refused.as_deref()), (actor, refused), "{told}");
        assert_eq!(record.target, self.recorded_target(door, decision, in_use), "{told}: {record:?}");
        // A set stands in the target's chain, a refusal in its actor's.
        let chain = if decision == "ok" { self.target.person() } else { record.actor.map(|_| &self.caller) };
        if let Some(person) = chain {
            assert_eq!(record.id.chain.number(), person.tenant.0, "{told}");
        }
        let version = before.map(|account| account.user.credential_version + 1).filter(|_| decision == "ok");
        assert_eq!(record.credential_version, version, "{told}");
        // The calling session stays.
        assert_eq!(record.sessions_ended, (decision == "ok").then_some(self.sessions), "{told}");
        if decision == "ok" {
            let own = self.target.person() == Some(&self.caller);
            // Contract: authorisation 3.5. This door says in each call whether the user is asked.
            let must_change = if own || door == Door::Omnitracs { "no" } else { "portal" };
            assert_eq!(record.note, format!("must-change={must_change}"), "{told}");
        } else {
            assert_eq!(record.note, "", "{told}");
        }
    }

    /// Whom the record names. Contract: authorisation 3.2: what comes before the target is looked at names nobody,
    /// except on the command line, which has read its whole order before it asks. A key or a session leads to its
    /// owner in whatever state, a name only to somebody in use.
    fn recorded_target(&self, door: Door, decision: &str, in_use: bool) -> Option<i32> {
        let by_number =
            !door.names_portal_users() || (door == Door::CommandLine && !matches!(self.target, Target::Portal(..)));
        match decision {
            "unidentified" => (in_use || door != Door::Omnitracs).then_some(self.caller.number),
            "level-too-low" => (door == Door::CommandLine && by_number).then(|| self.target.number()),
            "password-change-required" | "not-licensed" | "tenant-not-found" | "invalid-parameter" => None,
            // Who is out of sight is named as the caller named it, if that was by a number.
            "user-not-found" => {
                self.target.person().map(|person| person.number).or(by_number.then(|| self.target.number()))
            }
            _ => Some(self.target.number()),
        }
    }
}

fn check_account(
    decision: &str,
    before: &(Account, PasswordHash),
    now: &(Account, PasswordHash),
    own: bool,
    told: &str,
) {
    let (was, is) = (&before.0.user, &now.0.user);
    if decision == "ok" {
        assert_eq!(is.credential_version, was.credential_version + 1, "{told}");
        assert!(before.1 != now.1, "{told}: the stored hash is the old one");
        assert_eq!((is.level, is.status, is.locked), (was.level, was.status, was.locked), "{told}");
        assert_eq!(now.0.failures.count, 0, "{told}: the set clears the throttle");
    } else {
        // A failed proof of the caller's own password counts against it; nobody else's counter moves.
        let failures = if own { now.0.failures } else { before.0.failures };
        assert!(now.0.user == before.0.user && now.0.failures == failures, "{told}: a refusal changed the account");
        assert!(before.1 == now.1, "{told}: a refusal changed the password");
    }
}

/// The new password is the only one, at every door. Contract: authorisation 3.1.
fn check_sign_in(house: &mut House, target: &Person, old: &str, new: &str, told: &str) {
    let name = target.portal_name();
    assert!(rest::sign_in(house, &target.login, old).is_none(), "{told}: the old password signs in (REST)");
    assert!(ecgridos::sign_in(house, &target.login, old).is_none(), "{told}: the old password signs in (ECGridOS)");
    assert!(!omnitracs::proves(house, &name, old), "{told}: the old password signs in (Omnitracs)");
    assert!(rest::sign_in(house, &target.login, new).is_some(), "{told}: the new password fails (REST)");
    let session = ecgridos::sign_in(house, &target.login, new);
    ecgridos::sign_out(house, &session.unwrap_or_else(|| panic!("{told}: the new password fails (ECGridOS)")));
    assert!(omnitracs::proves(house, &name, new), "{told}: the new password fails (Omnitracs)");
}
