//! What every protected endpoint shares: the order of checks, and the record of a refusal.
//! Contract: ecgrid-rest 3 (order of checks).
//!
//! One credential, credentials, route and method are judged here; level, body and target by the endpoint, in this
//! order; target, authority and policy by the gate.

use std::sync::Arc;

use axum::extract::{RawPathParams, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, any, on};
use http::request::Parts;
use passgate_door_http::Arrival;
use passgate_gate::audit::{Door, Operation};
use passgate_gate::authority::Act;
use passgate_gate::secret::Token;
use passgate_gate::session::SessionKind;
use passgate_gate::{Caller, Error, Gate, Origin, Proof};
use zeroize::Zeroizing;

use crate::body::JsonBody;
use crate::credential::Credential;
use crate::json::parse_integer;
use crate::problem::Problem;
use crate::refusal::Refusal;
use crate::{App, EcgridRest};

/// What an endpoint answers.
pub(crate) type Answer = Result<Response, Refusal>;

/// One call of one caller whose credential was proved.
pub(crate) struct Call {
    pub(crate) app: App,
    pub(crate) caller: Arc<Caller>,
    parts: Parts,
    body: axum::body::Body,
}

impl Call {
    pub(crate) fn gate(&self) -> &Gate {
        &self.app.gate
    }

    /// Judges what does not need the request's fields. It comes before the body is read, so that nobody learns
    /// what is wrong with a call that is not theirs to make.
    pub(crate) async fn permit(&mut self, act: Act) -> Result<(), Refusal> {
        Ok(self.gate().permit(&self.caller, act).await?)
    }

    /// The `{id}` of the path. Contract: ecgrid-rest 4.2.
    pub(crate) async fn path_id(&mut self) -> Result<i32, Problem> {
        self.optional_path_id().await?.ok_or_else(|| Problem::not_an_integer("id"))
    }

    /// The same where only an alias has one.
    pub(crate) async fn optional_path_id(&mut self) -> Result<Option<i32>, Problem> {
        use axum::extract::FromRequestParts as _;
        let params = RawPathParams::from_request_parts(&mut self.parts, &()).await;
        let params = params.map_err(|_| Problem::not_an_integer("id"))?;
        let written = params.iter().find(|(name, _)| *name == "id").map(|(_, value)| value);
        written.map(|text| parse_integer(text).ok_or_else(|| Problem::not_an_integer("id"))).transpose()
    }

    /// The body, read whole.
    pub(crate) async fn body(&mut self) -> Result<JsonBody, Problem> {
        let body = std::mem::take(&mut self.body);
        JsonBody::read(&self.parts.headers, body, self.app.unknown_properties).await
    }

    /// For endpoints without fields: whatever is sent must still be acceptable. R91.
    pub(crate) async fn no_fields(&mut self) -> Result<(), Problem> {
        self.body().await?.optional_fields(&[]).map(drop)
    }
}

/// An endpoint that needs a caller.
pub(crate) fn protected<F, Fut>(filter: MethodFilter, operation: Operation, handler: F) -> MethodRouter<App>
where
    F: Fn(Call) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send + 'static,
{
    on(filter, move |State(app): State<App>, arrival: Arrival, request: Request| async move {
        attempt(app, &arrival, request, operation, handler).await
    })
}

/// Strangers learn nothing of which endpoints there are.
pub(crate) async fn unknown_endpoint(State(app): State<App>, arrival: Arrival, request: Request) -> Response {
    let handler = |_| std::future::ready(Err(Problem::no_such_endpoint().into()));
    attempt(app, &arrival, request, Operation::Unknown, handler).await
}

/// A path that takes these methods and no others. `Allow` is written here and not by the router, which would add it
/// to a stranger's 401 too.
pub(crate) fn only(allow: &'static str, methods: MethodRouter<App>) -> MethodRouter<App> {
    let refuse = move |State(app): State<App>, arrival: Arrival, request: Request| async move {
        let handler = |_| std::future::ready(Err(Problem::wrong_method(allow).into()));
        attempt(app, &arrival, request, Operation::Unknown, handler).await
    };
    any(refuse).merge(methods)
}

async fn attempt<F, Fut>(app: App, arrival: &Arrival, request: Request, operation: Operation, handler: F) -> Response
where
    F: FnOnce(Call) -> Fut,
    Fut: Future<Output = Answer>,
{
    let origin = arrival.origin(Door::EcgridRest, operation);
    let (parts, body) = request.into_parts();
    let caller = match identify(&app, &origin, &parts.headers).await {
        Ok(caller) => Arc::new(caller),
        Err(refusal) => return answer_refusal(&app.gate, &origin, None, refusal).await,
    };
    let call = Call { app: Arc::clone(&app), caller: Arc::clone(&caller), parts, body };
    match handler(call).await {
        Ok(answer) => answer,
        Err(refusal) => answer_refusal(&app.gate, &origin, Some(&caller), refusal).await,
    }
}

/// Records what the door itself refused, once, and words every refusal.
pub(crate) async fn answer_refusal(
    gate: &Gate,
    origin: &Origin,
    caller: Option<&Caller>,
    refusal: Refusal,
) -> Response {
    match refusal {
        Refusal::Door(problem) => {
            if let Err(error) = gate.refused(origin, caller, problem.word()).await {
                tracing::error!(error = &error as &dyn std::error::Error, "a refusal could not be recorded");
            }
            problem.into_response()
        }
        Refusal::Gate(error) => {
            let by_session = caller.is_some_and(|caller| caller.session().is_some());
            Problem::of(&error, origin.operation, by_session).into_response()
        }
        Refusal::Told(problem) => problem.into_response(),
    }
}

/// From the headers to a caller. Contract: ecgrid-rest 4.1 (first four rows).
pub(crate) async fn identify(app: &EcgridRest, origin: &Origin, headers: &http::HeaderMap) -> Result<Caller, Refusal> {
    let credential = Credential::of(headers, &app.tokens, app.gate.now())?;
    prove(&app.gate, origin, credential).await
}

/// From a credential to a caller.
pub(crate) async fn prove(gate: &Gate, origin: &Origin, credential: Credential) -> Result<Caller, Refusal> {
    let (proof, subject, invalid) = match credential {
        Credential::Key(key) => (Proof::ApiKey(key), None, Problem::bad_key()),
        Credential::Bearer(signed) => {
            (Proof::Session(SessionKind::Token, signed.session), Some(signed.user), Problem::bad_session())
        }
        // The gate refuses an empty id as it does any unknown one: counted, recorded, and at the same cost.
        Credential::NoToken => (Proof::Session(SessionKind::Token, no_session()), None, Problem::bad_session()),
    };
    match gate.identify(origin.clone(), proof).await {
        Ok(caller) if subject.is_none() || caller.user_id() == subject => Ok(caller),
        Ok(_) => Err(Refusal::Door(invalid)),
        Err(Error::Unidentified) => Err(Refusal::Told(invalid)),
        Err(error) => Err(error.into()),
    }
}

/// An id that no session has.
pub(crate) fn no_session() -> Token {
    Token::sent(Zeroizing::new(String::new()))
}
