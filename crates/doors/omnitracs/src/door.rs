//! The way of a request: head, body, envelope, token, caller, operation, answer. What refuses on that way leaves exactly
//! one audit record: here for what the gate has not seen, in the gate for everything else (R108).

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::any;
use http::request::Parts;
use http::{Request, StatusCode};
use passgate_door_http::{Arrival, Client, answer_panics_with, read_body, silent, silent_until};
use passgate_gate::Gate;
use passgate_gate::audit;
use passgate_gate::caller::{Caller, Origin, Proof};
use passgate_gate::error::Error;
use passgate_gate::password::Password;
use passgate_gate::policy::Profile;
use passgate_soap::call::Call;
use passgate_soap::dialect::Version;
use passgate_soap::service::{BODY_LIMIT, Expected, HeaderBlocks, Service, Step};
use passgate_soap::value::Value;
use passgate_soap::wsse::{self, SecurityError, UsernameToken};

use crate::faults;
use crate::refusal::{Refusal, UNKNOWN};
use crate::service::{DESCRIPTION_PATH, PATH, SERVICE, served};

/// What an operator may decide about this door. What is strict follows the gate's policy.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Take passwords over plain http from anywhere. Contract: omnitracs-soap 3 #18.
    pub allow_plain_http: bool,
    /// Refuse tokens without Nonce and Created. Contract: omnitracs-soap 3 #4.
    pub require_nonce: bool,
    /// Scheme, host and port to write into the WSDL; else those by which it is fetched.
    pub public_url: Option<String>,
    /// What a new password must be: [`Profile::LetterAndDigit`], unless an operator frees this door from composition
    /// (R14).
    pub profile: Profile,
}

impl Default for Settings {
    fn default() -> Self {
        Self { allow_plain_http: false, require_nonce: false, public_url: None, profile: Profile::LetterAndDigit }
    }
}

/// The service over this gate, at [`PATH`].
pub fn router(gate: Arc<Gate>, settings: Settings) -> Router {
    let strict = gate.settings().policy.strict;
    let rules = wsse::Rules { require_nonce: settings.require_nonce || strict, ..wsse::Rules::default() };
    let door = Door { service: Service::new(&SERVICE).strict(strict), gate, settings, rules };
    let router = Router::new().route(PATH, any(handle)).route(DESCRIPTION_PATH, any(handle)).with_state(Arc::new(door));
    answer_panics_with(router, || Service::new(&SERVICE).fault_response(Version::V11, &faults::exception(UNKNOWN)))
}

/// What every call shares.
pub(crate) struct Door {
    pub(crate) gate: Arc<Gate>,
    service: Service,
    pub(crate) settings: Settings,
    rules: wsse::Rules,
}

async fn handle(State(door): State<Arc<Door>>, arrival: Arrival, request: Request<Body>) -> Response {
    let (head, body) = request.into_parts();
    match door.service.begin(&head, &arrival.client.origin(door.settings.public_url.as_deref())) {
        Step::Answer(answer) => door.answered_at_once(&arrival, answer).await,
        Step::Body(expected) => door.answer_call(&arrival, &head, expected, body).await,
    }
}

impl Door {
    /// A page needs no record; a request that is refused by its head does.
    async fn answered_at_once(&self, arrival: &Arrival, answer: Response) -> Response {
        if answer.status().is_success() { answer } else { self.refuse(arrival, word(answer.status()), answer).await }
    }

    async fn answer_call(&self, arrival: &Arrival, head: &Parts, expected: Expected, body: Body) -> Response {
        if !self.may_hear_passwords(&arrival.client) {
            let answer = self.service.fault_response(Version::V11, &faults::tls_required());
            return self.refuse(arrival, "tls-required", answer).await;
        }
        let body = match read_body(&head.headers, body, BODY_LIMIT).await {
            Ok(body) => body,
            Err(error) => return self.refuse(arrival, error.word(), silent(error.status())).await,
        };
        let read = self.service.read_with(expected, &body, |headers| Ok(self.token(&headers)));
        // The body holds two passwords; it is wiped before the long part begins.
        drop(body);
        match read {
            Ok((call, token)) => match self.perform(arrival, &call, token).await {
                Ok(value) => self.service.answer(&call, Ok(value)),
                Err(Refusal::Fault(fault)) => self.service.answer(&call, Err(fault)),
                Err(Refusal::Later(status, wait)) => silent_until(status, wait),
            },
            Err(answer) => self.refuse(arrival, word(answer.status()), *answer).await,
        }
    }

    fn token(&self, headers: &HeaderBlocks<'_, '_, '_>) -> Result<UsernameToken, SecurityError> {
        wsse::read(headers.blocks, headers.version.namespace(), self.gate.now(), &self.rules)
    }

    async fn perform(
        &self,
        arrival: &Arrival,
        call: &Call,
        token: Result<UsernameToken, SecurityError>,
    ) -> Result<Value, Refusal> {
        let served = served(call.operation());
        let origin = arrival.origin(audit::Door::Omnitracs, served.recorded_as);
        let caller = match token {
            Ok(token) => self.identify(origin, token).await?,
            Err(error) => {
                self.record(&origin, security_word(error)).await;
                return Err(Refusal::Fault(faults::security(error)));
            }
        };
        (served.perform)(self, &caller, call).await
    }

    async fn identify(&self, origin: Origin, token: UsernameToken) -> Result<Caller, Error> {
        let proof =
            Proof::UsernameToken { name: token.username, password: Password::new(token.password), nonce: token.nonce };
        self.gate.identify(origin, proof).await
    }

    /// Contract: omnitracs-soap 3 #18, R79.
    fn may_hear_passwords(&self, client: &Client) -> bool {
        client.secure || client.loopback || self.settings.allow_plain_http
    }

    /// Records a request of which nothing was understood, and answers it.
    async fn refuse(&self, arrival: &Arrival, word: &'static str, answer: Response) -> Response {
        self.record(&arrival.origin(audit::Door::Omnitracs, audit::Operation::Unknown), word).await;
        answer
    }

    /// Records what this door refused by itself. It stays refused if that fails: nothing was changed.
    async fn record(&self, origin: &Origin, word: &'static str) {
        if let Err(error) = self.gate.refused(origin, None, word).await {
            tracing::error!(error = &error as &dyn std::error::Error, "a refusal could not be recorded");
        }
    }
}

/// The word for the audit record of a header that gave no token.
fn security_word(error: SecurityError) -> &'static str {
    match error {
        SecurityError::TokenRequired => "no-credential",
        SecurityError::HeaderInvalid => "security-header-invalid",
        SecurityError::TokenInvalid => "token-invalid",
        SecurityError::PasswordTypeUnsupported => "password-type-unsupported",
        SecurityError::TokenUnsupported => "token-unsupported",
        SecurityError::Expired => "token-expired",
    }
}

/// The word for the audit record of a request that got no further than its envelope.
fn word(status: StatusCode) -> &'static str {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => "wrong-method",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "content-type",
        _ => "envelope-refused",
    }
}
