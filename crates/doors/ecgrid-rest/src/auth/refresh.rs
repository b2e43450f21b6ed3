//! `POST /v2/auth/refresh`: a token for a fresh one. Contract: ecgrid-rest 2.3, 3 #3, 4.2; R39.

use axum::extract::{Request, State};
use axum::response::Response;
use passgate_door_http::Arrival;
use passgate_gate::Origin;
use passgate_gate::audit::{Door, Operation};
use passgate_gate::secret::Token;
use zeroize::Zeroizing;

use super::Issued;
use crate::body::JsonBody;
use crate::call::{Answer, answer_refusal, no_session, prove};
use crate::credential::Credential;
use crate::problem::Problem;
use crate::{App, EcgridRest, envelope};

pub(super) async fn refresh(State(app): State<App>, arrival: Arrival, request: Request) -> Response {
    let origin = arrival.origin(Door::EcgridRest, Operation::RefreshSession);
    match exchange(&app, &origin, request).await {
        Ok(answer) => answer,
        Err(refusal) => answer_refusal(&app.gate, &origin, None, refusal).await,
    }
}

async fn exchange(app: &EcgridRest, origin: &Origin, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    let credential = Credential::of(&parts.headers, &app.tokens, app.gate.now())?;
    let named = match JsonBody::read(&parts.headers, body, app.unknown_properties).await {
        Ok(body) => token_in(&body),
        Err(problem) => Err(problem),
    };
    let token = match (credential, named) {
        // The bearer offers itself. It is proved by the exchange, which ends the chain if it was exchanged before.
        (Credential::Bearer(bearer), Ok(None)) => bearer.session,
        (Credential::Bearer(bearer), Ok(Some(named)))
            if session_of(app, &named).expose() == bearer.session.expose() =>
        {
            bearer.session
        }
        (credential, named) => {
            prove(&app.gate, origin, credential).await?;
            session_of(app, &named?.ok_or_else(|| Problem::required("token"))?)
        }
    };
    let signed_in = app.gate.refresh(origin, &token).await?;
    Ok(envelope::auth_data(Issued::new(&app.tokens, &signed_in), ""))
}

/// Either name is taken. Contract: ecgrid-rest 3 #3.
fn token_in(body: &JsonBody) -> Result<Option<Zeroizing<String>>, Problem> {
    let fields = body.optional_fields(&["token", "refreshToken"])?;
    match fields.secret("token")?.filter(|token| !token.is_empty()) {
        Some(token) => Ok(Some(token)),
        None => Ok(fields.secret("refreshToken")?.filter(|token| !token.is_empty())),
    }
}

/// What is no token of ours names no session, which the gate refuses, counts and records.
fn session_of(app: &EcgridRest, token: &str) -> Token {
    app.tokens.read(token, app.gate.now()).map_or_else(no_session, |signed| signed.session)
}
