//! The way of a request: head, body, call, operation, answer. What refuses on that way leaves exactly one audit record:
//! here for what the gate has not seen, in the gate for everything else (R108).

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::any;
use http::request::Parts;
use http::{Request, StatusCode};
use passgate_door_http::{Arrival, answer_panics_with, read_body, silent, silent_until};
use passgate_gate::Gate;
use passgate_gate::audit;
use passgate_gate::policy::Profile;
use passgate_soap::{BODY_LIMIT, Call, Expected, Service, Step, Version};

use crate::asked::Asked;
use crate::fault::fault;
use crate::refusal::{Refusal, Told};
use crate::service::{NEWER, PATHS_IN_ANY_CASE, SERVICE, served};

/// What an operator may decide about this door. What is strict follows the gate's policy.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Scheme, host and port to write into WSDL and pages; else those by which they are fetched.
    pub public_url: Option<String>,
    /// What a new password must be: [`Profile::Pattern`], unless an operator frees this door from composition (R14).
    pub profile: Profile,
}

impl Default for Settings {
    fn default() -> Self {
        Self { public_url: None, profile: Profile::Pattern }
    }
}

/// The service over this gate, at its paths in any letter case. Contract: ecgridos-soap 2.1, soap-clients 12.
pub fn router(gate: Arc<Gate>, settings: Settings) -> Router {
    let service = Service::new(&SERVICE).strict(gate.settings().policy.strict);
    let mut router = Router::new();
    for path in PATHS_IN_ANY_CASE {
        router = router.route(path, any(handle)).route(&format!("{path}/{{operation}}"), any(handle));
    }
    let router = router.with_state(Arc::new(Door { gate, service, settings }));
    answer_panics_with(router, || {
        Service::new(&SERVICE).fault_response(Version::V11, &fault(&Told::unforeseen(), &NEWER))
    })
}

/// What every call shares.
pub(crate) struct Door {
    pub(crate) gate: Arc<Gate>,
    service: Service,
    pub(crate) settings: Settings,
}

async fn handle(State(door): State<Arc<Door>>, arrival: Arrival, request: Request<Body>) -> Response {
    let (head, body) = request.into_parts();
    match door.service.begin(&head, &arrival.client.origin(door.settings.public_url.as_deref())) {
        // Pages and paths that lead nowhere need no record; a call that is refused by its head does.
        Step::Answer(answer) if answer.status().is_success() || answer.status() == StatusCode::NOT_FOUND => answer,
        Step::Answer(answer) => door.refuse(&arrival, word(answer.status()), answer).await,
        Step::Body(expected) => door.answer_call(&arrival, &head, expected, body).await,
    }
}

impl Door {
    async fn answer_call(&self, arrival: &Arrival, head: &Parts, expected: Expected, body: Body) -> Response {
        let body = match read_body(&head.headers, body, BODY_LIMIT).await {
            Ok(body) => body,
            Err(error) => return self.refuse(arrival, error.word(), silent(error.status())).await,
        };
        let read = self.service.read(expected, &body);
        // The body holds a password; it is wiped before the long part begins.
        drop(body);
        match read {
            Ok(call) => self.perform(arrival, &call).await,
            Err(answer) => self.refuse(arrival, word(answer.status()), *answer).await,
        }
    }

    async fn perform(&self, arrival: &Arrival, call: &Call) -> Response {
        let asked = Asked { door: self, arrival, call };
        match (served(call.operation()).perform)(&asked).await {
            Ok(value) => self.service.answer(call, Ok(value)),
            Err(Refusal::Told(told)) => self.service.answer(call, Err(fault(&told, call.namespace()))),
            Err(Refusal::Later(status, wait)) => silent_until(status, wait),
        }
    }

    /// Records what this door refused by itself. It stays refused if that fails: nothing was changed.
    async fn refuse(&self, arrival: &Arrival, word: &'static str, answer: Response) -> Response {
        let origin = arrival.origin(audit::Door::Ecgridos, audit::Operation::Unknown);
        if let Err(error) = self.gate.refused(&origin, None, word).await {
            tracing::error!(error = &error as &dyn std::error::Error, "a refusal could not be recorded");
        }
        answer
    }
}

/// The word for the audit record of a request that got no further than its envelope or form.
fn word(status: StatusCode) -> &'static str {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => "wrong-method",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "content-type",
        _ => "envelope-refused",
    }
}
