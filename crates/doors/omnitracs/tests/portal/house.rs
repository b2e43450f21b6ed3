//! A house to knock at: two companies and the operator's own tenant, people of every level, and a clock to move.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use ::http::{HeaderMap, Request, StatusCode};
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use passgate_door_http::{Connection, TrustedProxies, dress};
use passgate_door_omnitracs as portal;
use passgate_gate::Gate;
use passgate_gate::audit::{AuditEvent, Door, Operation, StoredEvent};
use passgate_gate::caller::Origin;
use passgate_gate::clock::Clock;
use passgate_gate::hasher::{Hasher, Share, Verification};
use passgate_gate::ids::{CompanyId, RequestId, TenantId};
use passgate_gate::operations::SignIn;
use passgate_gate::password::{Password, PasswordHash};
use passgate_gate::policy::{Names, Policy, Profile};
use passgate_gate::rng::OsRng;
use passgate_gate::session::SessionKind;
use passgate_gate::store::{CallerStamp, Outcome, Store, TenantChange, UserChange};
use passgate_gate::user::Account;
use passgate_hashing::HashingLane;
use passgate_store::{SqliteOptions, SqliteStore};
use tower::ServiceExt;

use crate::furniture::Furniture;

/// The password that everybody in the house starts with.
pub(crate) const PASSWORD: &str = "barrel77ride";
/// When every test begins.
pub(crate) const START: &str = "2026-03-01T12:00:00Z";

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const WSSE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const WSU: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/// A clock that stands until it is moved.
#[derive(Clone)]
pub(crate) struct StandingClock(Arc<Mutex<Timestamp>>);

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// The house with its door open.
pub(crate) struct House {
    pub(crate) gate: Arc<Gate>,
    pub(crate) store: Arc<dyn Store>,
    lane: Arc<HashingLane>,
    clock: StandingClock,
    router: Router,
    // Outlives the store that lives in it.
    _folder: tempfile::TempDir,
}

/// What an operator decided before the house was built.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) gate: passgate_gate::Settings,
    pub(crate) door: portal::Settings,
    pub(crate) proxies: TrustedProxies,
    /// The disk is full as soon as the house is furnished.
    pub(crate) full_disk: bool,
    /// How many hashes may wait; else the lane's own default.
    pub(crate) queue: Option<usize>,
}

impl Plan {
    /// The strict profile.
    pub(crate) fn strict() -> Self {
        let mut plan = Self::default();
        plan.gate.policy.strict = true;
        plan
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::built(Plan::default()).await
    }

    pub(crate) async fn built(plan: Plan) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data").join("passgate.db");
        let lane = Arc::new(lane(plan.queue));
        let hash = hash_of(&lane, PASSWORD).await;
        let clock = StandingClock(Arc::new(Mutex::new(START.parse().unwrap())));
        let mut store = SqliteStore::create(&path, &SqliteOptions::default()).unwrap();
        Furniture { store: &store, now: clock.now() }.stand(&hash).await;
        if plan.full_disk {
            drop(store);
            // One page: the file keeps the size that it has.
            store =
                SqliteStore::open(&path, &SqliteOptions { max_pages: Some(1), ..SqliteOptions::default() }).unwrap();
        }
        let store: Arc<dyn Store> = Arc::new(store);
        let gate = Gate::new(store.clone(), lane.clone(), Arc::new(clock.clone()), Arc::new(OsRng), plan.gate).unwrap();
        let gate = Arc::new(gate);
        let router = dress(portal::router(gate.clone(), plan.door), plan.proxies);
        Self { gate, store, lane, clock, router, _folder: folder }
    }

    fn event(&self, operation: Operation, tenant: TenantId) -> AuditEvent {
        crate::furniture::event(self.gate.now(), operation, Some(tenant))
    }

    /// Moves the clock.
    pub(crate) fn later(&self, by: SignedDuration) {
        let mut now = self.clock.0.lock().unwrap();
        *now += by;
    }

    /// From now on nobody can tell the time: whatever asks for it panics.
    pub(crate) fn break_the_clock(&self) {
        let clock = self.clock.0.clone();
        let _ = std::thread::spawn(move || {
            let _held = clock.lock().unwrap();
            panic!("the clock breaks");
        })
        .join();
    }

    /// A call from this machine.
    pub(crate) async fn call(&self, envelope: &str) -> Answer {
        self.send(post(envelope)).await
    }

    /// Any request, from this machine.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        self.send_from("127.0.0.1:40000", false, request).await
    }

    /// Any request, through a connection of that kind.
    pub(crate) async fn send_from(&self, peer: &str, secure: bool, mut request: Request<Body>) -> Answer {
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(Connection { peer, secure });
        let response = self.router.clone().oneshot(request).await.unwrap();
        Answer::of(response).await
    }

    /// A set by somebody of this name, with the standard password.
    pub(crate) async fn set(&self, caller: &str, body: &str) -> Answer {
        self.call(&envelope(&token(caller, PASSWORD), body)).await
    }

    pub(crate) async fn account(&self, login: &str, company: &str) -> Account {
        let tenant = self.company(company).await;
        self.store.account_by_portal_id(tenant, &login.parse().unwrap()).await.unwrap().unwrap()
    }

    pub(crate) async fn company(&self, company: &str) -> TenantId {
        let company: CompanyId = company.parse().unwrap();
        self.store.tenant_by_company(&company).await.unwrap().unwrap().id
    }

    pub(crate) async fn change_user(&self, login: &str, company: &str, change: UserChange) {
        let account = self.account(login, company).await;
        let event = self.event(Operation::UpdateUser, account.tenant.id);
        let outcome = self.store.update_user(account.stamp(), CallerStamp::default(), change, event).await.unwrap();
        assert!(matches!(outcome, Outcome::Done(_)), "{login} was not changed");
    }

    pub(crate) async fn change_tenant(&self, company: &str, change: TenantChange) {
        let tenant = self.company(company).await;
        let event = self.event(Operation::UpdateTenant, tenant);
        let outcome = self.store.update_tenant(tenant, change, event).await.unwrap();
        assert!(matches!(outcome, Outcome::Done(_)), "{company} was not changed");
    }

    /// Whether a sign-in by another door succeeds, and whether it has to change the password first.
    pub(crate) async fn signs_in(&self, name: &str, password: &str, door: Door, kind: SessionKind) -> Option<bool> {
        let origin = Origin { door, operation: Operation::SignIn, source: None, request: RequestId::random(&OsRng) };
        let sign_in = SignIn { kind, name: name.to_owned(), password: Password::from(password) };
        match self.gate.sign_in(&origin, &sign_in).await {
            Ok(signed_in) => Some(signed_in.must_change),
            Err(passgate_gate::Error::SignInFailed) => None,
            Err(error) => panic!("{error:?}"),
        }
    }

    pub(crate) async fn accepts(&self, name: &str, password: &str) -> bool {
        self.signs_in(name, password, Door::EcgridRest, SessionKind::Token).await.is_some()
    }

    /// Whether a stored hash is that of a password.
    pub(crate) async fn matches(&self, password: &str, hash: &PasswordHash) -> bool {
        let verified = self.lane.verify(Share::Keyed, &Password::from(password), Some(hash)).await.unwrap();
        matches!(verified, Verification::Match { .. })
    }

    /// Every record of every chain.
    pub(crate) async fn records(&self) -> Vec<StoredEvent> {
        let mut records = Vec::new();
        for chain in self.store.chains().await.unwrap() {
            records.extend(self.store.events(chain, 0, 10_000).await.unwrap());
        }
        records
    }

    /// The records that something left.
    pub(crate) async fn records_of<T>(&self, what: impl Future<Output = T>) -> (T, Vec<StoredEvent>) {
        let before = self.records().await;
        let came = what.await;
        let after = self.records().await;
        (came, after.into_iter().filter(|record| !before.contains(record)).collect())
    }
}

impl Answer {
    async fn of(response: Response) -> Self {
        let (head, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Self { status: head.status, headers: head.headers, body: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    #[track_caller]
    pub(crate) fn is_done(&self) {
        assert_eq!((self.status.as_u16(), self.body.as_str()), (200, DONE));
    }

    /// It is the declared exception with this message.
    #[track_caller]
    pub(crate) fn is_exception(&self, message: &str) {
        assert_eq!((self.status.as_u16(), self.body.clone()), (500, exception(message)));
    }

    /// It is a fault of the engine.
    #[track_caller]
    pub(crate) fn is_fault(&self, fault: &str) {
        assert_eq!(
            (self.status.as_u16(), self.body.clone()),
            (500, in_envelope(&format!("<soapenv:Fault>{fault}</soapenv:Fault>")))
        );
    }

    #[track_caller]
    pub(crate) fn is_security_fault(&self, code: &str, text: &str) {
        self.is_fault(&format!(
            "<faultcode xmlns:p55=\"{WSSE}\">p55:{code}</faultcode><faultstring>{text}</faultstring><detail encodingStyle=\"\"/>"
        ));
    }

    #[track_caller]
    pub(crate) fn is_failed_authentication(&self) {
        self.is_security_fault(
            "FailedAuthentication",
            "com.ibm.wsspi.wssecurity.SoapSecurityException: WSEC6521E: Login failed. WSEC6690E: Failed to check username [USER@COMPANY] and password in the UserRegistry.",
        );
    }

    #[track_caller]
    pub(crate) fn is_unreadable(&self) {
        self.is_fault("<faultcode>soapenv:Client</faultcode><faultstring>The request could not be read.</faultstring><detail encodingStyle=\"\"/>");
    }

    /// It says nothing but its status.
    #[track_caller]
    pub(crate) fn is_empty(&self, status: u16) {
        assert_eq!((self.status.as_u16(), self.body.as_str()), (status, ""));
    }
}

const DONE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body><p431:setUserPasswordResponse xmlns:p431=\"http://websvcs.omaswebws\"/></soapenv:Body></soapenv:Envelope>";

fn in_envelope(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soapenv:Envelope xmlns:soapenv=\"{SOAP}\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    )
}

fn exception(message: &str) -> String {
    in_envelope(&format!(
        "<soapenv:Fault><faultcode xmlns:p437=\"http://exception.sharedws\">p437:WSException</faultcode><faultstring>{message}</faultstring><detail encodingStyle=\"\"><p437:WSException xmlns:p437=\"http://exception.sharedws\"><message>{message}</message></p437:WSException></detail></soapenv:Fault>"
    ))
}

/// A call as a client of the original service sends it.
pub(crate) fn post(envelope: &str) -> Request<Body> {
    Request::post(portal::PATH)
        .header("content-type", "text/xml; charset=utf-8")
        .header("soapaction", "\"\"")
        .header("host", "passgate.example")
        .body(Body::from(envelope.to_owned()))
        .unwrap()
}

pub(crate) fn get(target: &str) -> Request<Body> {
    Request::get(target).header("host", "passgate.example:8700").body(Body::empty()).unwrap()
}

pub(crate) fn envelope(header: &str, body: &str) -> String {
    format!(
        "<soap:Envelope xmlns:soap=\"{SOAP}\" xmlns:wsse=\"{WSSE}\" xmlns:wsu=\"{WSU}\"><soap:Header>{header}</soap:Header><soap:Body>{body}</soap:Body></soap:Envelope>"
    )
}

/// A header with a token of a name and a password.
pub(crate) fn token(name: &str, password: &str) -> String {
    token_with(name, password, "")
}

/// A header with a token that holds something more.
pub(crate) fn token_with(name: &str, password: &str, more: &str) -> String {
    format!(
        "<wsse:Security soap:mustUnderstand=\"1\"><wsse:UsernameToken><wsse:Username>{name}</wsse:Username><wsse:Password>{password}</wsse:Password>{more}</wsse:UsernameToken></wsse:Security>"
    )
}

/// A call of `setUserPassword` in the service's namespace.
pub(crate) fn set_user_password(company: &str, user: &str, password: &str, force: &str) -> String {
    operation(&format!(
        "<companyId>{company}</companyId><userId>{user}</userId><password>{password}</password><forcePwdReset>{force}</forcePwdReset>"
    ))
}

/// A call of `setUserPassword` with these children.
pub(crate) fn operation(children: &str) -> String {
    format!("<w:setUserPassword xmlns:w=\"http://websvcs.omaswebws\">{children}</w:setUserPassword>")
}

fn lane(queue: Option<usize>) -> HashingLane {
    let mut settings = passgate_hashing::Settings::with_slots(NonZeroUsize::MIN);
    settings.queue = queue.unwrap_or(settings.queue);
    HashingLane::start(settings, Arc::new(OsRng)).unwrap()
}

async fn hash_of(lane: &HashingLane, password: &str) -> PasswordHash {
    let accepted = Policy::default().accept(Profile::LetterAndDigit, Password::from(password), &Names::NONE).unwrap();
    lane.hash(Share::Keyed, &accepted).await.unwrap()
}
