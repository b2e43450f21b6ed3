//! A house to knock at: two networks and the operator's own, people of every level, and a clock to move.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use passgate_door_ecgridos as ecgridos;
use passgate_door_http::{Connection, TrustedProxies, dress};
use passgate_gate::Gate;
use passgate_gate::audit::{Actor, AuditEvent, Door, Operation, StoredEvent};
use passgate_gate::caller::Origin;
use passgate_gate::clock::Clock;
use passgate_gate::hasher::{Hasher, Share};
use passgate_gate::ids::{MailboxId, RequestId, TenantId, UserId};
use passgate_gate::level::Level;
use passgate_gate::operations::SignIn;
use passgate_gate::password::{Password, PasswordHash};
use passgate_gate::policy::{Names, Policy, Profile};
use passgate_gate::rng::OsRng;
use passgate_gate::session::SessionKind;
use passgate_gate::store::{CallerStamp, Created, NewTenant, NewUser, Outcome, Store, UserChange};
use passgate_gate::user::{Account, Mailbox, MustChange, Status};
use passgate_hashing::HashingLane;
use passgate_store::{SqliteOptions, SqliteStore};
use roxmltree::Document;
use tower::ServiceExt;

/// The password that everybody in the house starts with.
pub(crate) const PASSWORD: &str = "Barrel-77-ride";
/// A good new one.
pub(crate) const NEW: &str = "Larch-tree-42";
/// When every test begins.
pub(crate) const START: &str = "2026-03-01T12:00:00Z";

/// The namespaces.
pub(crate) const NEWER: &str = "http://www.ecgridos.net/";
pub(crate) const V41: &str = "https://os.ecgrid.io/";
pub(crate) const V32: &str = "http://ecgridos.net/";

pub(crate) const PATH: &str = "/v4.1/prod/ECGridOS.asmx";

// Who lives here.
pub(crate) const ROOT: i32 = 11;
pub(crate) const NETOPS: i32 = 13;
pub(crate) const ADMIN: i32 = 21;
pub(crate) const ADMIN2: i32 = 22;
pub(crate) const NETUSER: i32 = 23;
pub(crate) const MBADMIN: i32 = 24;
pub(crate) const MBUSER: i32 = 25;
pub(crate) const TPUSER: i32 = 26;
pub(crate) const GENERAL: i32 = 27;
/// A `NetworkUser` in mailbox 1: above its administrator.
pub(crate) const SENIOR: i32 = 28;
/// A `MailboxUser` in mailbox 2.
pub(crate) const ELSEWHERE: i32 = 29;
/// A `NetOps` in the north: above its administrators.
pub(crate) const STAFF: i32 = 30;
/// An administrator whose password has to be changed.
pub(crate) const TEMP: i32 = 31;
pub(crate) const TARGET: i32 = 1042;
pub(crate) const SOUTH_ADMIN: i32 = 5000;
pub(crate) const SOUTH_USER: i32 = 5001;
pub(crate) const SOUTH_STAFF: i32 = 5002;
pub(crate) const NOBODY: i32 = 999_999;

const OPERATOR_TENANT: i32 = 1;
const NORTH: i32 = 2;
const SOUTH: i32 = 3;

/// A clock that stands until it is moved.
#[derive(Clone)]
struct StandingClock(Arc<Mutex<Timestamp>>);

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// The house with its door open.
pub(crate) struct House {
    pub(crate) gate: Arc<Gate>,
    pub(crate) store: Arc<dyn Store>,
    clock: StandingClock,
    router: Router,
    // Outlives the store that lives in it.
    _folder: tempfile::TempDir,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with(passgate_gate::Settings::default()).await
    }

    pub(crate) async fn with(settings: passgate_gate::Settings) -> Self {
        Self::built(settings, passgate_hashing::Settings::with_slots(NonZeroUsize::MIN)).await
    }

    /// A house whose hashing lane has one slot and one place to wait.
    pub(crate) async fn crowded() -> Self {
        let lane = passgate_hashing::Settings { queue: 1, ..passgate_hashing::Settings::with_slots(NonZeroUsize::MIN) };
        Self::built(passgate_gate::Settings::default(), lane).await
    }

    async fn built(settings: passgate_gate::Settings, lane: passgate_hashing::Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data").join("passgate.db");
        let store: Arc<dyn Store> = Arc::new(SqliteStore::create(&path, &SqliteOptions::default()).unwrap());
        let lane = HashingLane::start(lane, Arc::new(OsRng)).unwrap();
        let accepted = Policy::default().accept(Profile::Pattern, Password::from(PASSWORD), &Names::NONE).unwrap();
        let hash = lane.hash(Share::Keyed, &accepted).await.unwrap();
        let clock = StandingClock(Arc::new(Mutex::new(START.parse().unwrap())));
        let gate =
            Gate::new(store.clone(), Arc::new(lane), Arc::new(clock.clone()), Arc::new(OsRng), settings).unwrap();
        let gate = Arc::new(gate);
        let router = ecgridos::router(gate.clone(), ecgridos::Settings::default());
        let router = dress(router, TrustedProxies::default());
        let house = Self { gate, store, clock, router, _folder: folder };
        house.furnish(&hash).await;
        house
    }

    async fn furnish(&self, hash: &PasswordHash) {
        for (id, company, name) in [
            (OPERATOR_TENANT, "OPERATOR", "The operator"),
            (NORTH, "NORTHCO", "North & Co"),
            (SOUTH, "SOUTHCO", "South"),
        ] {
            let new = NewTenant {
                id: TenantId::new(id),
                company: Some(company.parse().unwrap()),
                name: name.to_owned(),
                licensed: true,
            };
            self.store.create_tenant(new, self.event(Operation::CreateTenant, None)).await.unwrap().unwrap();
        }
        let north = TenantId::new(NORTH).unwrap();
        for number in [1, 2] {
            let id = MailboxId::new(number).unwrap();
            let mailbox = Mailbox { tenant: north, id, name: format!("Box {number}"), suspended: false };
            self.store
                .create_mailbox(mailbox, self.event(Operation::CreateMailbox, Some(north)))
                .await
                .unwrap()
                .unwrap();
        }
        let people = [
            (ROOT, OPERATOR_TENANT, 0, "root", Level::Root),
            (12, OPERATOR_TENANT, 0, "techops", Level::TechOps),
            (NETOPS, OPERATOR_TENANT, 0, "netops", Level::NetOps),
            (ADMIN, NORTH, 0, "admin", Level::NetworkAdmin),
            (ADMIN2, NORTH, 0, "admin2", Level::NetworkAdmin),
            (NETUSER, NORTH, 0, "netuser", Level::NetworkUser),
            (MBADMIN, NORTH, 1, "mbadmin", Level::MailboxAdmin),
            (MBUSER, NORTH, 1, "mbuser", Level::MailboxUser),
            (TPUSER, NORTH, 1, "tpuser", Level::TPUser),
            (GENERAL, NORTH, 1, "general", Level::General),
            (SENIOR, NORTH, 1, "senior", Level::NetworkUser),
            (ELSEWHERE, NORTH, 2, "elsewhere", Level::MailboxUser),
            (STAFF, NORTH, 0, "staff", Level::NetOps),
            (TEMP, NORTH, 0, "temp", Level::NetworkAdmin),
            (TARGET, NORTH, 0, "target", Level::NetworkUser),
            (SOUTH_ADMIN, SOUTH, 0, "south.admin", Level::NetworkAdmin),
            (SOUTH_USER, SOUTH, 0, "south.user", Level::NetworkUser),
            (SOUTH_STAFF, SOUTH, 0, "south.staff", Level::TechOps),
        ];
        for (id, tenant, mailbox, login, level) in people {
            self.user(id, tenant, mailbox, login, level, hash).await;
        }
    }

    async fn user(&self, id: i32, tenant: i32, mailbox: i32, login: &str, level: Level, hash: &PasswordHash) {
        let new = NewUser {
            id: UserId::new(id),
            tenant: TenantId::new(tenant).unwrap(),
            mailbox: MailboxId::new(mailbox).unwrap(),
            login: login.to_owned(),
            portal_id: None,
            email: format!("{login}@example.com"),
            first_name: "Ada".to_owned(),
            last_name: "<Byron>".to_owned(),
            level,
            status: Status::Active,
            hash: hash.clone(),
            must_change: if id == TEMP { MustChange::Required } else { MustChange::No },
        };
        let event = self.event(Operation::CreateUser, TenantId::new(tenant));
        match self.store.create_user(new, CallerStamp::default(), event).await.unwrap() {
            Outcome::Done(Created::User(_)) => {}
            other => panic!("{login} was not made: {other:?}"),
        }
    }

    fn event(&self, operation: Operation, tenant: Option<TenantId>) -> AuditEvent {
        AuditEvent {
            time: self.gate.now(),
            tenant,
            door: Door::Cli,
            operation,
            actor: Actor::Operator("builder".to_owned()),
            source: None,
            request: "building".to_owned(),
            target: None,
            refused: None,
            credential_version: None,
            sessions_ended: None,
            note: String::new(),
        }
    }

    /// Moves the clock.
    pub(crate) fn later(&self, by: SignedDuration) {
        let mut now = self.clock.0.lock().unwrap();
        *now += by;
    }

    /// Any request, from this machine.
    pub(crate) async fn send(&self, mut request: Request<Body>) -> Answer {
        let peer: SocketAddr = "127.0.0.1:40000".parse().unwrap();
        request.extensions_mut().insert(Connection { peer, secure: false });
        let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: head.status, headers: head.headers, body: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    /// A call in SOAP 1.1 with these parameters.
    pub(crate) async fn call(&self, namespace: &str, operation: &str, parameters: &[(&str, &str)]) -> Answer {
        self.send(soap(&envelope(&element(namespace, operation, parameters)))).await
    }

    /// A form with these parameters.
    pub(crate) async fn form(&self, operation: &str, body: &str) -> Answer {
        let request = Request::post(format!("{PATH}/{operation}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()))
            .unwrap();
        self.send(request).await
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.send(Request::get(target).header("host", "passgate.example:8700").body(Body::empty()).unwrap()).await
    }

    /// A session of somebody with the standard password.
    pub(crate) async fn session(&self, login: &str) -> String {
        self.login(login, PASSWORD).await.result("Login")
    }

    pub(crate) async fn login(&self, login: &str, password: &str) -> Answer {
        self.call(NEWER, "Login", &[("UserName", login), ("Password", password)]).await
    }

    /// `UserPassword` in the seed's form.
    pub(crate) async fn set(&self, session: &str, user: i32, password: &str) -> Answer {
        let user = user.to_string();
        self.call(V41, "UserPassword", &[("SessionID", session), ("UserID", &user), ("NewPassword", password)]).await
    }

    /// Whether a session or key still speaks for somebody.
    pub(crate) async fn is_open(&self, session: &str) -> bool {
        self.call(NEWER, "WhoAmI", &[("SessionID", session)]).await.status == StatusCode::OK
    }

    /// Whether a sign-in by another door succeeds.
    pub(crate) async fn accepts(&self, name: &str, password: &str) -> bool {
        let origin = Origin {
            door: Door::EcgridRest,
            operation: Operation::SignIn,
            source: None,
            request: RequestId::random(&OsRng),
        };
        let sign_in = SignIn { kind: SessionKind::Token, name: name.to_owned(), password: Password::from(password) };
        match self.gate.sign_in(&origin, &sign_in).await {
            Ok(_) => true,
            Err(passgate_gate::Error::SignInFailed) => false,
            Err(error) => panic!("{error:?}"),
        }
    }

    pub(crate) async fn account(&self, user: i32) -> Account {
        self.store.account(UserId::new(user).unwrap()).await.unwrap().unwrap()
    }

    pub(crate) async fn change_user(&self, user: i32, change: UserChange) {
        let account = self.account(user).await;
        let event = self.event(Operation::UpdateUser, Some(account.tenant.id));
        let outcome = self.store.update_user(account.stamp(), CallerStamp::default(), change, event).await.unwrap();
        assert!(matches!(outcome, Outcome::Done(_)), "{user} was not changed");
    }

    /// Every record of every chain.
    async fn records(&self) -> Vec<StoredEvent> {
        let mut records = Vec::new();
        for chain in self.store.chains().await.unwrap() {
            records.extend(self.store.events(chain, 0, 10_000).await.unwrap());
        }
        records
    }

    /// What came of something, and the records that it left.
    pub(crate) async fn records_of<T>(&self, what: impl Future<Output = T>) -> (T, Vec<StoredEvent>) {
        let before = self.records().await;
        let came = what.await;
        let after = self.records().await;
        (came, after.into_iter().filter(|record| !before.contains(record)).collect())
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn content_type(&self) -> &str {
        self.headers.get("content-type").map_or("", |value| value.to_str().unwrap())
    }

    /// The text of the first element of a name; empty if there is none.
    #[track_caller]
    pub(crate) fn text(&self, name: &str) -> String {
        let document = Document::parse(&self.body).unwrap_or_else(|_| panic!("no XML: {self:?}"));
        document
            .descendants()
            .find(|node| node.tag_name().name() == name)
            .and_then(|node| node.text())
            .unwrap_or_default()
            .to_owned()
    }

    /// The result of a call that succeeded.
    #[track_caller]
    pub(crate) fn result(&self, operation: &str) -> String {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.text(&format!("{operation}Result"))
    }

    /// It is a fault with these members, in SOAP 1.1.
    #[track_caller]
    pub(crate) fn is_fault(&self, code: i32, item: &str, message: &str) {
        assert_eq!(self.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", self.body);
        let seen = (self.text("ErrorCode"), self.text("ErrorItem"), self.text("ErrorMessage"));
        assert_eq!(seen, (code.to_string(), item.to_owned(), message.to_owned()));
        let string = self.text("faultstring");
        assert!(string.ends_with(&format!(": {message}")), "{string}");
        assert_eq!(self.text("faultcode"), if code >= 10 { "soap:Server" } else { "soap:Client" });
    }

    /// It is the whole envelope around this fault.
    #[track_caller]
    pub(crate) fn is_plain_fault(&self, status: u16, code: &str, text: &str, detail: &str) {
        let body = in_envelope(&format!(
            "<soap:Fault><faultcode>soap:{code}</faultcode><faultstring>{text}</faultstring>{detail}</soap:Fault>"
        ));
        assert_eq!((self.status.as_u16(), self.body.clone()), (status, body));
        assert_eq!(self.content_type(), "text/xml; charset=utf-8");
    }

    #[track_caller]
    pub(crate) fn is_unreadable(&self, status: u16) {
        self.is_plain_fault(status, "Client", "Unable to read the request.", "<detail />");
    }

    /// It is a form's error.
    #[track_caller]
    pub(crate) fn is_text(&self, text: &str) {
        let seen = (self.status.as_u16(), self.content_type(), self.body.as_str());
        assert_eq!(seen, (500, "text/plain; charset=utf-8", text));
    }

    /// It says nothing but its status.
    #[track_caller]
    pub(crate) fn is_empty(&self, status: u16) {
        assert_eq!((self.status.as_u16(), self.body.as_str()), (status, ""));
    }
}

/// The envelope that every answer in SOAP 1.1 comes in. Contract: ecgridos-soap 1.
pub(crate) fn in_envelope(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><soap:Body>{body}</soap:Body></soap:Envelope>"
    )
}

pub(crate) fn envelope(body: &str) -> String {
    format!(
        "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>{body}</soap:Body></soap:Envelope>"
    )
}

pub(crate) fn envelope12(body: &str) -> String {
    format!(
        "<soap:Envelope xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\"><soap:Body>{body}</soap:Body></soap:Envelope>"
    )
}

/// The element of an operation; values are text, not XML.
pub(crate) fn element(namespace: &str, operation: &str, parameters: &[(&str, &str)]) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let children: Vec<_> =
        parameters.iter().map(|(name, value)| format!("<{name}>{}</{name}>", escape(value))).collect();
    let xmlns = if namespace.is_empty() { String::new() } else { format!(" xmlns=\"{namespace}\"") };
    format!("<{operation}{xmlns}>{}</{operation}>", children.concat())
}

/// A request in SOAP 1.1.
pub(crate) fn soap(envelope: &str) -> Request<Body> {
    Request::post(PATH)
        .header("content-type", "text/xml; charset=utf-8")
        .header("host", "passgate.example")
        .body(Body::from(envelope.to_owned()))
        .unwrap()
}

/// A request in SOAP 1.2.
pub(crate) fn soap12(envelope: &str) -> Request<Body> {
    Request::post(PATH)
        .header("content-type", "application/soap+xml; charset=utf-8")
        .body(Body::from(envelope.to_owned()))
        .unwrap()
}
