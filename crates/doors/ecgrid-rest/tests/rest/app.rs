//! A whole door to try things on, and the people who try them.
//!
//! Two tenants: network 1 (ACME) with mailboxes 1 and 2, network 2 (OTHER) with mailbox 1.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request};
use jiff::{SignedDuration, Timestamp};
use passgate_door_ecgrid_rest::{EcgridRest, SigningKey, TokenKeys, UnknownProperties, router};
use passgate_door_http::{Connection, TrustedProxies, dress};
use passgate_gate::audit::{Chain, Door, Operation, StoredEvent};
use passgate_gate::clock::Clock;
use passgate_gate::ids::{MailboxId, RequestId, TenantId};
use passgate_gate::level::Level;
use passgate_gate::operations::{CreateUser, Demand, Target};
use passgate_gate::password::Password;
use passgate_gate::policy::Profile;
use passgate_gate::rng::OsRng;
use passgate_gate::store::{NewTenant, Store};
use passgate_gate::user::Mailbox;
use passgate_gate::{Caller, Gate, Origin, Settings};
use passgate_hashing::HashingLane;
use passgate_store::{SqliteOptions, SqliteStore};
use tempfile::TempDir;
use tower::ServiceExt;

/// The first password of everybody.
pub(crate) const PASSWORD: &str = "Larch-tree-42";
/// One that everybody may change to.
pub(crate) const NEW: &str = "Cedar-wood-77";

/// A clock that goes only when told.
pub(crate) struct TestClock(Mutex<Timestamp>);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// The door, and what stands behind it.
pub(crate) struct TestApp {
    pub(crate) gate: Arc<Gate>,
    pub(crate) lane: Arc<HashingLane>,
    pub(crate) store: Arc<SqliteStore>,
    clock: Arc<TestClock>,
    door: Router,
    _folder: TempDir,
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::start_with(Settings::default(), UnknownProperties::Ignored).await
    }

    pub(crate) async fn start_with(settings: Settings, unknown_properties: UnknownProperties) -> Self {
        Self::start_over(&SqliteOptions::default(), settings, unknown_properties).await
    }

    /// With a store that is opened like this.
    pub(crate) async fn start_over(
        options: &SqliteOptions,
        settings: Settings,
        unknown_properties: UnknownProperties,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store").join("passgate.db");
        let store = Arc::new(SqliteStore::create(&path, options).unwrap());
        let slots = NonZeroUsize::new(2).unwrap();
        let lane = passgate_hashing::Settings::with_slots(slots);
        let lane = Arc::new(HashingLane::start(lane, Arc::new(OsRng)).unwrap());
        let clock = Arc::new(TestClock(Mutex::new("2027-01-15T08:00:00Z".parse().unwrap())));
        let gate = Gate::new(store.clone(), lane.clone(), clock.clone(), Arc::new(OsRng), settings).unwrap();
        let gate = Arc::new(gate);
        let door = router(EcgridRest {
            gate: Arc::clone(&gate),
            tokens: TokenKeys::new("test", SigningKey::new("k1", &[7; 32]).unwrap(), vec![]),
            profile: Profile::Pattern,
            unknown_properties,
        });
        let door = dress(door, TrustedProxies::default());
        let app = Self { gate, lane, store, clock, door, _folder: folder };
        app.lay_out().await;
        app
    }

    async fn lay_out(&self) {
        let operator = self.operator(Operation::CreateTenant);
        for (number, company, mailboxes) in [(1, "ACME", 2), (2, "OTHER", 1)] {
            let id = TenantId::new(number);
            let tenant =
                NewTenant { id, company: company.parse().ok(), name: format!("{company} Logistics"), licensed: true };
            let tenant = self.gate.create_tenant(&operator, tenant).await.unwrap();
            for number in 1..=mailboxes {
                let id = MailboxId::new(number).unwrap();
                let mailbox = Mailbox { tenant: tenant.id, id, name: format!("box {number}"), suspended: false };
                self.gate.create_mailbox(&operator, mailbox).await.unwrap();
            }
        }
    }

    pub(crate) fn operator(&self, operation: Operation) -> Caller {
        let origin = Origin { door: Door::Cli, operation, source: None, request: RequestId::random(&OsRng) };
        self.gate.operator(origin, "tester".into())
    }

    /// Makes a user with [`PASSWORD`], by the operator.
    pub(crate) async fn user(&self, login: &str, level: Level, place: (i32, i32)) -> User<'_> {
        let wanted = Self::wanted(login, level, place, PASSWORD);
        let account = self.gate.create_user(&self.operator(Operation::CreateUser), wanted).await.unwrap();
        User { app: self, id: account.user.id.get(), login: login.into() }
    }

    fn wanted(login: &str, level: Level, (network, mailbox): (i32, i32), password: &str) -> CreateUser {
        CreateUser {
            id: None,
            tenant: Some(network),
            mailbox: Some(mailbox),
            login: login.into(),
            portal_id: None,
            email: format!("{login}@mail.example"),
            first_name: "Ann".into(),
            last_name: "Example".into(),
            level,
            password: Password::from(password),
            profile: Profile::Pattern,
            demand: Demand::NoChange,
        }
    }

    /// The usual administrator of network 1, by API key.
    pub(crate) async fn admin(&self) -> Actor<'_> {
        self.user("admin", Level::NetworkAdmin, (1, 0)).await.key().await
    }

    /// Somebody with a key, made in spite of whatever policy the test has set.
    pub(crate) async fn gate_user(&self) -> Actor<'_> {
        let wanted = Self::wanted("anybody", Level::General, (1, 1), "Larch-tree-42-and-more-of-it");
        let account = self.gate.create_user(&self.operator(Operation::CreateUser), wanted).await.unwrap();
        User { app: self, id: account.user.id.get(), login: account.user.login }.key().await
    }

    /// Somebody without any credential.
    pub(crate) fn anybody(&self) -> Actor<'_> {
        Actor { app: self, credentials: vec![] }
    }

    pub(crate) fn with(&self, headers: &[(&'static str, &str)]) -> Actor<'_> {
        Actor { app: self, credentials: headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect() }
    }

    pub(crate) async fn login(&self, login: &str, password: &str) -> Answer {
        let body = serde_json::json!({ "login": login, "password": password }).to_string();
        self.anybody().post("/v2/auth/login", &body).await
    }

    /// Whether a name and a password sign in.
    pub(crate) async fn accepts(&self, login: &str, password: &str) -> bool {
        self.login(login, password).await.status == 200
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, time: SignedDuration) {
        *self.clock.0.lock().unwrap() += time;
    }

    /// From now on whoever asks for the time panics.
    pub(crate) fn break_clock(&self) {
        let clock = Arc::clone(&self.clock);
        let broken = std::thread::spawn(move || {
            let _held = clock.0.lock().unwrap();
            panic!("the clock is broken on purpose");
        });
        assert!(broken.join().is_err());
    }

    /// All records, of every chain, oldest first.
    pub(crate) async fn records(&self) -> Vec<StoredEvent> {
        let mut all = Vec::new();
        for chain in [Chain(None), Chain(TenantId::new(1)), Chain(TenantId::new(2))] {
            all.extend(self.store.events(chain, 0, 10_000).await.unwrap());
        }
        all.sort_by_key(|event| event.time);
        all
    }

    pub(crate) async fn answer(&self, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(Connection { peer: "192.0.2.7:40000".parse().unwrap(), secure: true });
        let (parts, body) = self.door.clone().oneshot(request).await.unwrap().into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }
}

/// A user that exists.
pub(crate) struct User<'a> {
    app: &'a TestApp,
    pub(crate) id: i32,
    pub(crate) login: String,
}

impl<'a> User<'a> {
    /// Calls with a fresh primary API key.
    pub(crate) async fn key(&self) -> Actor<'a> {
        let operator = self.app.operator(Operation::GenerateApiKey);
        let key = self.app.gate.generate_api_key(&operator, &Target::Number(self.id)).await.unwrap();
        self.app.with(&[("x-api-key", key.expose())])
    }

    /// Calls with a fresh token.
    pub(crate) async fn token(&self) -> Actor<'a> {
        let answer = self.app.login(&self.login, PASSWORD).await;
        self.app.with(&[("authorization", &format!("Bearer {}", answer.member("token")))])
    }
}

/// Somebody who calls.
#[derive(Clone)]
pub(crate) struct Actor<'a> {
    app: &'a TestApp,
    credentials: Vec<(&'static str, String)>,
}

impl Actor<'_> {
    /// The only credential's text.
    pub(crate) fn secret(&self) -> &str {
        self.credentials[0].1.trim_start_matches("Bearer ")
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Answer {
        self.send(Method::POST, path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: &str) -> Answer {
        self.send(Method::PUT, path, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "").await
    }

    /// A body is JSON; none has no media type.
    pub(crate) async fn send(&self, method: Method, path: &str, body: &str) -> Answer {
        let json: &[_] = if body.is_empty() { &[] } else { &[("content-type", "application/json")] };
        self.send_with(method, path, json, body.as_bytes().to_vec()).await
    }

    pub(crate) async fn send_with(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.credentials {
            request = request.header(*name, value);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.app.answer(request.body(Body::from(body)).unwrap()).await
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// A text member of `data`.
    pub(crate) fn member(&self, name: &str) -> String {
        let found = self.json()["data"][name].as_str().map(str::to_owned);
        found.unwrap_or_else(|| panic!("{name} in {self:?}"))
    }

    /// It is exactly this success.
    #[track_caller]
    pub(crate) fn is(&self, body: &str) {
        assert_eq!((self.status, self.body.as_str()), (200, body));
    }

    /// It is this refusal, in exactly the documented envelope.
    #[track_caller]
    pub(crate) fn refuses(&self, status: u16, code: &str, message: &str) {
        let body = format!(r#"{{"success":false,"errorCode":"{code}","message":"{message}","data":null}}"#);
        assert_eq!((self.status, self.body.as_str()), (status, body.as_str()));
        assert_eq!(self.header("content-type"), Some("application/json; charset=utf-8"));
    }
}
