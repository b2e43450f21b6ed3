//! A real gate for tests: a store in a file of its own, the hashing lane with its real parameters, a cast of
//! people in two tenants, and a clock that stands until it is moved. No mocks: what a test sees is what runs.

mod cast;
pub mod certificates;
mod clock;
pub mod cuttable;
pub mod patroni;
pub mod postgres;
mod programs;
pub mod quoted;

use std::num::NonZeroUsize;
use std::sync::Arc;

use jiff::SignedDuration;
use passgate_gate::audit::{Door, Operation, StoredEvent};
use passgate_gate::ids::RequestId;
use passgate_gate::operations::{SignIn, SignedIn};
use passgate_gate::password::Password;
use passgate_gate::rng::OsRng;
use passgate_gate::session::SessionKind;
use passgate_gate::store::Store;
use passgate_gate::{Caller, Error, Gate, Origin, Proof, Settings};
use passgate_hashing::HashingLane;
use passgate_store::{SqliteOptions, SqliteStore};

pub use cast::{MAILBOX, PASSWORD, Person};
pub use clock::StandingClock;

/// A gate with a cast of people.
pub struct TestGate {
    /// The gate.
    pub gate: Arc<Gate>,
    /// Its store, to look behind it.
    pub store: Arc<dyn Store>,
    /// Its lane, to count hashes.
    pub lane: Arc<HashingLane>,
    /// Its clock, to move.
    pub clock: StandingClock,
    // Outlives the store that lives in it.
    #[expect(dead_code, reason = "kept for what its end does")]
    folder: Option<tempfile::TempDir>,
}

impl TestGate {
    /// With the default settings and the whole cast.
    ///
    /// # Panics
    /// When the test cannot be set up, as everything in this crate.
    pub async fn open() -> Self {
        Self::open_with(Settings::default()).await
    }

    /// With these settings.
    ///
    /// # Panics
    /// When the test cannot be set up.
    pub async fn open_with(settings: Settings) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("data").join("passgate.db");
        let store = SqliteStore::create(&file, &SqliteOptions::default()).expect("a new store");
        Self { folder: Some(folder), ..Self::open_over(Arc::new(store), settings).await }
    }

    /// Over a new store of any engine.
    ///
    /// # Panics
    /// When the test cannot be set up.
    pub async fn open_over(store: Arc<dyn Store>, settings: Settings) -> Self {
        let slots = passgate_hashing::Settings::with_slots(NonZeroUsize::MIN);
        let lane = Arc::new(HashingLane::start(slots, Arc::new(OsRng)).expect("a hashing lane"));
        let clock = StandingClock::at("2026-03-01T12:00:00Z");
        let gate = Gate::new(store.clone(), lane.clone(), Arc::new(clock.clone()), Arc::new(OsRng), settings)
            .expect("usable settings");
        let gate = Arc::new(gate);
        cast::assemble(store.as_ref(), lane.as_ref(), gate.now()).await;
        Self { gate, store, lane, clock, folder: None }
    }

    /// Moves the clock on.
    pub fn later(&self, by: SignedDuration) {
        self.clock.move_on(by);
    }

    /// Where an attempt through a door comes from.
    pub fn origin(&self, door: Door, operation: Operation) -> Origin {
        let source = Some(std::net::Ipv4Addr::LOCALHOST.into());
        Origin { door, operation, source, request: RequestId::random(&OsRng) }
    }

    /// A session's caller, signed in by the standard password.
    ///
    /// # Panics
    /// When the person cannot sign in.
    pub async fn caller(&self, person: Person, door: Door, operation: Operation) -> Caller {
        let signed_in = self.sign_in(person.name(), PASSWORD).await.expect("the cast can sign in");
        self.by_session(signed_in, door, operation).await.expect("the session was just opened")
    }

    /// The caller that a session proves.
    ///
    /// # Errors
    /// As [`Gate::identify`].
    pub async fn by_session(&self, signed_in: SignedIn, door: Door, operation: Operation) -> Result<Caller, Error> {
        let proof = Proof::Session(SessionKind::Token, signed_in.token);
        self.gate.identify(self.origin(door, operation), proof).await
    }

    /// A sign-in for a token.
    ///
    /// # Errors
    /// As [`Gate::sign_in`].
    pub async fn sign_in(&self, name: &str, password: &str) -> Result<SignedIn, Error> {
        let origin = self.origin(Door::EcgridRest, Operation::SignIn);
        let sign_in = SignIn { kind: SessionKind::Token, name: name.to_owned(), password: Password::from(password) };
        self.gate.sign_in(&origin, &sign_in).await
    }

    /// Whether a sign-in with this password succeeds.
    ///
    /// # Panics
    /// When it fails for another reason than bad credentials.
    pub async fn accepts(&self, name: &str, password: &str) -> bool {
        match self.sign_in(name, password).await {
            Ok(_) => true,
            Err(Error::SignInFailed) => false,
            Err(other) => panic!("{other:?}"),
        }
    }

    /// Every audit record of every chain.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn records(&self) -> Vec<StoredEvent> {
        let mut records = Vec::new();
        for chain in self.store.chains().await.expect("the chains") {
            records.extend(self.store.events(chain, 0, 100_000).await.expect("the records"));
        }
        records
    }

    /// What something gave, and the records that it left.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn recorded<T>(&self, what: impl Future<Output = T>) -> (T, Vec<StoredEvent>) {
        let before = self.records().await;
        let came = what.await;
        let after = self.records().await;
        (came, after.into_iter().filter(|record| !before.contains(record)).collect())
    }
}
