//! Each act on the gate and on the model, and the comparison of the two.

use std::sync::Arc;

use jiff::SignedDuration;
use passgate_gate::audit::{Chain, Door, Operation};
use passgate_gate::ids::UserId;
use passgate_gate::operations::{ChangePassword, Demand, SetPassword, SignIn, SignedIn, Target, UpdateUser};
use passgate_gate::password::Password;
use passgate_gate::policy::Profile;
use passgate_gate::secret::Token;
use passgate_gate::session::SessionKind;
use passgate_gate::settings::LimitSettings;
use passgate_gate::user::{Account, MustChange as Stored, Status};
use passgate_gate::{Caller, Error, Proof, Settings};
use passgate_store::{PostgresOptions, PostgresStore, verify_chain};
use passgate_testing::postgres::Cluster;
use passgate_testing::{Person, TestGate};
use zeroize::Zeroizing;

use crate::act::{Act, PASSWORDS, REFUSED, USERS};
use crate::model::{Counter, Model, MustChange, Word};

const PEOPLE: [Person; USERS] = [Person::Driver, Person::Clerk];
const NOBODY: &str = "nobody1";
/// The chains that anything here can be recorded in: the system's and the tenants'.
const CHAINS: [i32; 4] = [0, 1, 2, 3];

/// Runs the acts; the first difference ends it and is told.
pub(crate) async fn live_through(acts: &[Act]) -> Result<(), String> {
    let mut world = World::new().await;
    for (number, act) in acts.iter().enumerate() {
        world.step(act).await.map_err(|difference| format!("act {number}, {act:?}: {difference}"))?;
    }
    world.at_the_end().await
}

struct World {
    app: TestGate,
    model: Model,
    /// Token by token what the model's sessions are.
    sessions: Vec<Token>,
    keys: Vec<Token>,
    admin: Token,
    seen: [i64; CHAINS.len()],
}

#[expect(clippy::needless_pass_by_value, reason = "answers are compared where they come")]
fn same<T: PartialEq + std::fmt::Debug>(what: &str, gate: T, model: T) -> Result<(), String> {
    if gate == model { Ok(()) } else { Err(format!("{what}: the gate says {gate:?}, the model {model:?}")) }
}

fn copy(token: &Token) -> Token {
    Token::sent(Zeroizing::new(token.expose().to_owned()))
}

fn word<T>(result: &Result<T, Error>) -> Word {
    result.as_ref().err().map(Error::word)
}

fn target(user: usize) -> Target {
    Target::Number(PEOPLE[user].number())
}

impl World {
    async fn new() -> Self {
        let settings = Settings { limits: LimitSettings::off(), ..Settings::default() };
        let app = match std::env::var("PASSGATE_MODEL_ENGINE").as_deref() {
            Ok("postgres") => {
                let url = Cluster::shared().database();
                let store = PostgresStore::create(&url, &PostgresOptions::default()).await.unwrap();
                TestGate::open_over(Arc::new(store), settings).await
            }
            _ => TestGate::open_with(settings).await,
        };
        let operator = app.gate.operator(app.origin(Door::Cli, Operation::GenerateApiKey), "model".to_owned());
        let admin = app.gate.generate_api_key(&operator, &Target::Number(Person::Admin.number())).await.unwrap();
        let model = Model::new(USERS);
        let mut world = Self { app, model, sessions: vec![], keys: vec![], admin, seen: [0; CHAINS.len()] };
        world.words().await;
        world
    }

    async fn step(&mut self, act: &Act) -> Result<(), String> {
        let words = self.run(act).await?;
        same("records", self.words().await, words)?;
        self.compare().await
    }

    /// Does it in both, compares the answers, and gives the words of the records that must be there.
    async fn run(&mut self, act: &Act) -> Result<Vec<Word>, String> {
        match *act {
            Act::SignIn { user, password, soap } => {
                let expected = self.model.sign_in(user, password, soap);
                let signed_in = self.sign_in(user, password, soap).await;
                same("answer", word(&signed_in), expected)?;
                self.sessions.extend(signed_in.map(|signed_in| signed_in.token));
                Ok(vec![expected])
            }
            Act::Guess { user, times, seconds } => {
                let never = PASSWORDS.len() - 1;
                let mut words = Vec::new();
                for _ in 0..times {
                    let expected = self.model.sign_in(user, never, false);
                    same("answer", word(&self.sign_in(user, never, false).await), expected)?;
                    words.push(expected);
                    self.later(seconds);
                }
                Ok(words)
            }
            Act::Set { user, password, demand, by_key } => {
                let must_change = match demand {
                    Demand::ByRule => MustChange::Portal,
                    Demand::Change => MustChange::Required,
                    Demand::NoChange => MustChange::No,
                };
                let ended = self.model.set(user, password, must_change);
                let receipt = self.set(user, PASSWORDS[password], demand, by_key).await;
                same("answer", receipt.ok().map(|receipt| receipt.sessions_ended), Some(ended))?;
                Ok(vec![None])
            }
            Act::SetRefused { user } => {
                let result = self.set(user, REFUSED, Demand::ByRule, true).await;
                same("answer", word(&result), Some("password-too-short"))?;
                Ok(vec![Some("password-too-short")])
            }
            Act::Lock { user, locked } => {
                self.model.lock(user, locked);
                let result = self.app.gate.lock_user(&self.operator(Operation::LockUser), &target(user), locked).await;
                same("answer", word(&result), None)?;
                Ok(vec![None])
            }
            Act::Suspend { user, suspended } => {
                self.model.suspend(user, suspended);
                let status = Some(if suspended { Status::Suspended } else { Status::Active });
                let wanted =
                    UpdateUser { target: target(user), email: None, first_name: None, last_name: None, status };
                let result = self.app.gate.update_user(&self.operator(Operation::UpdateUser), wanted).await;
                same("answer", word(&result), None)?;
                Ok(vec![None])
            }
            Act::Reset { user } => {
                let ended = self.model.reset(user);
                let receipt = self.app.gate.reset_user(&self.operator(Operation::ResetUser), &target(user)).await;
                same("answer", receipt.ok().map(|receipt| receipt.sessions_ended), Some(ended))?;
                Ok(vec![None])
            }
            Act::GenerateKey { user } => {
                self.model.generate_key(user);
                let operator = self.operator(Operation::GenerateApiKey);
                let key = self.app.gate.generate_api_key(&operator, &target(user)).await;
                same("answer", word(&key), None)?;
                self.keys.extend(key);
                Ok(vec![None])
            }
            Act::Later { seconds } => {
                self.later(seconds);
                Ok(vec![])
            }
            Act::Change { .. }
            | Act::Use { .. }
            | Act::Refresh { .. }
            | Act::SignOut { .. }
            | Act::RevokeKey { .. }
            | Act::UseKey { .. } => self.show(act).await,
        }
    }

    /// What begins with a session or a key; nothing where there is none yet.
    async fn show(&mut self, act: &Act) -> Result<Vec<Word>, String> {
        let (sessions, keys) = (self.sessions.len(), self.keys.len());
        match *act {
            Act::Change { session, current, new } if sessions > 0 => {
                let expected = self.model.change(session % sessions, current, new);
                let result = self.change(session % sessions, PASSWORDS[current], PASSWORDS[new]).await;
                same("answer", word(&result), expected)?;
                Ok(vec![expected])
            }
            Act::Use { session } if sessions > 0 => {
                let works = self.model.use_session(session % sessions);
                let caller = self.by_session(session % sessions, Operation::ReadSession).await;
                same("answer", caller.is_ok(), works)?;
                Ok(if works { vec![] } else { vec![Some("unidentified")] })
            }
            Act::Refresh { session } if sessions > 0 => {
                let expected = self.model.refresh(session % sessions);
                let origin = self.app.origin(Door::EcgridRest, Operation::RefreshSession);
                let result = self.app.gate.refresh(&origin, &self.sessions[session % sessions]).await;
                same("answer", Some(word(&result)), expected.last().copied())?;
                self.sessions.extend(result.map(|fresh| fresh.token));
                Ok(expected)
            }
            Act::SignOut { session } if sessions > 0 => {
                let expected = self.model.sign_out(session % sessions);
                let result = match self.by_session(session % sessions, Operation::SignOut).await {
                    Ok(caller) => self.app.gate.sign_out(&caller).await,
                    Err(error) => Err(error),
                };
                same("answer", word(&result), expected)?;
                Ok(vec![expected])
            }
            Act::RevokeKey { key } if keys > 0 => {
                let key = key % keys;
                let expected = self.model.keys[key].revoked.then_some("key-not-found");
                self.model.keys[key].revoked = true;
                let (kept, _) = self.app.store.api_key(&self.keys[key].digest()).await.unwrap().unwrap();
                let operator = self.operator(Operation::RevokeApiKey);
                let owner = target(self.model.keys[key].user);
                let result = self.app.gate.revoke_api_key(&operator, &owner, kept.id).await;
                same("answer", word(&result), expected)?;
                Ok(vec![expected])
            }
            Act::UseKey { key } if keys > 0 => {
                let works = self.model.key_works(&self.model.keys[key % keys]);
                let origin = self.app.origin(Door::Ecgridos, Operation::ReadUser);
                let caller = self.app.gate.identify(origin, Proof::ApiKey(copy(&self.keys[key % keys]))).await;
                same("answer", caller.is_ok(), works)?;
                Ok(if works { vec![] } else { vec![Some("unidentified")] })
            }
            _ => Ok(vec![]),
        }
    }

    fn later(&mut self, seconds: i64) {
        self.model.now += seconds;
        self.app.later(SignedDuration::from_secs(seconds));
    }

    async fn sign_in(&self, user: usize, password: usize, soap: bool) -> Result<SignedIn, Error> {
        let (kind, door) =
            if soap { (SessionKind::Soap, Door::Ecgridos) } else { (SessionKind::Token, Door::EcgridRest) };
        let name = PEOPLE.get(user).map_or(NOBODY, |person| person.name()).to_owned();
        let sign_in = SignIn { kind, name, password: Password::from(PASSWORDS[password]) };
        self.app.gate.sign_in(&self.app.origin(door, Operation::SignIn), &sign_in).await
    }

    async fn set(
        &self,
        user: usize,
        password: &str,
        demand: Demand,
        by_key: bool,
    ) -> Result<passgate_gate::store::Receipt, Error> {
        let caller = if by_key {
            let origin = self.app.origin(Door::EcgridRest, Operation::SetPassword);
            match self.app.gate.identify(origin, Proof::ApiKey(copy(&self.admin))).await {
                Ok(caller) => caller,
                // Its year is over: the operator goes on.
                Err(error) if self.model.now < 360 * 86_400 => return Err(error),
                Err(_) => self.operator(Operation::SetPassword),
            }
        } else {
            self.operator(Operation::SetPassword)
        };
        let password = Password::from(password);
        let profile = Profile::Pattern;
        let set = SetPassword { target: target(user), password, profile, demand, recovery_question: None };
        self.app.gate.set_password(&caller, set).await
    }

    async fn change(&self, session: usize, current: &str, new: &str) -> Result<(), Error> {
        let caller = self.by_session(session, Operation::ChangePassword).await?;
        let (current, new) = (Password::from(current), Password::from(new));
        let change = ChangePassword { current, new, profile: Profile::Pattern };
        self.app.gate.change_password(&caller, change).await.map(drop)
    }

    async fn by_session(&self, session: usize, operation: Operation) -> Result<Caller, Error> {
        let kind = if self.model.sessions[session].soap { SessionKind::Soap } else { SessionKind::Token };
        let origin = self.app.origin(Door::EcgridRest, operation);
        self.app.gate.identify(origin, Proof::Session(kind, copy(&self.sessions[session]))).await
    }

    fn operator(&self, operation: Operation) -> Caller {
        self.app.gate.operator(self.app.origin(Door::Cli, operation), "model".to_owned())
    }

    /// The words of the records since the last look, in the order of their chains.
    async fn words(&mut self) -> Vec<Word> {
        const KNOWN: [&str; 8] = [
            "sign-in-failed",
            "too-many-sessions",
            "unidentified",
            "current-password-wrong",
            "password-unchanged",
            "password-too-short",
            "password-change-required",
            "key-not-found",
        ];
        let mut words = Vec::new();
        for (chain, seen) in CHAINS.into_iter().zip(&mut self.seen) {
            for record in self.app.store.events(Chain::from_number(chain), *seen, 1_000).await.unwrap() {
                *seen = record.id.sequence;
                let known = |refused: String| KNOWN.into_iter().find(|word| *word == refused).unwrap_or("another word");
                words.push(record.refused.map(known));
            }
        }
        words
    }

    /// What can be seen without a hash: after each act.
    async fn compare(&self) -> Result<(), String> {
        let (store, now) = (&self.app.store, self.app.gate.now());
        for (number, (person, model)) in PEOPLE.iter().zip(&self.model.users).enumerate() {
            let id = UserId::new(person.number()).unwrap();
            let Account { user, failures, .. } = store.account(id).await.unwrap().unwrap();
            let counted = self.model.failures.get(&Counter::Account(number)).map_or(0, |(count, _)| *count);
            same("failures", failures.count, counted)?;
            same("credential version", user.credential_version, model.version)?;
            same("lock", user.locked.is_some(), model.locked)?;
            same("suspension", user.status == Status::Suspended, model.suspended)?;
            let asked = match model.must_change {
                MustChange::No => Stored::No,
                MustChange::Portal => Stored::Portal,
                MustChange::Required => Stored::Required,
            };
            same("must-change", user.must_change, asked)?;
            for (kind, soap) in [(SessionKind::Soap, true), (SessionKind::Token, false)] {
                let open = store.open_sessions(id, kind, now).await.unwrap();
                same("open sessions", open, u32::try_from(self.model.open_sessions(number, soap)).unwrap())?;
            }
        }
        for (number, token) in self.sessions.iter().enumerate() {
            let works = store.session(&token.digest()).await.unwrap().is_some_and(|(session, account)| {
                session.is_open(account.user.credential_version, now)
                    && account.in_use()
                    && account.user.locked.is_none()
            });
            same(&format!("session {number}"), works, self.model.works(number))?;
        }
        for (token, model) in self.keys.iter().zip(&self.model.keys) {
            let (key, account) = store.api_key(&token.digest()).await.unwrap().unwrap();
            same("key", key.is_valid(now) && account.in_use(), self.model.key_works(model))?;
        }
        Ok(())
    }

    /// The one password of each user signs in and no other, and the trail is as it was written.
    async fn at_the_end(&mut self) -> Result<(), String> {
        for user in 0..USERS {
            self.step(&Act::Suspend { user, suspended: false }).await?;
            for password in 0..PASSWORDS.len() {
                self.step(&Act::Reset { user }).await?;
                self.step(&Act::SignIn { user, password, soap: false }).await?;
            }
        }
        for chain in CHAINS {
            if let Err(broken) = verify_chain(self.app.store.as_ref(), Chain::from_number(chain)).await {
                return Err(format!("chain {chain}: {broken}"));
            }
        }
        Ok(())
    }
}
