//! `POST /v2/auth/login`: a name and a password for a token. Contract: ecgrid-rest 2.3, 3 #2 and #20, 4.2.

use axum::extract::{Request, State};
use axum::response::Response;
use passgate_door_http::Arrival;
use passgate_gate::Origin;
use passgate_gate::audit::{Door, Operation};
use passgate_gate::operations::SignIn;
use passgate_gate::password::Password;
use passgate_gate::session::SessionKind;

use super::Issued;
use crate::body::JsonBody;
use crate::call::{Answer, answer_refusal};
use crate::json::Fields;
use crate::problem::Problem;
use crate::{App, EcgridRest, envelope};

pub(super) async fn login(State(app): State<App>, arrival: Arrival, request: Request) -> Response {
    let origin = arrival.origin(Door::EcgridRest, Operation::SignIn);
    match sign_in(&app, &origin, request).await {
        Ok(answer) => answer,
        Err(refusal) => answer_refusal(&app.gate, &origin, None, refusal).await,
    }
}

async fn sign_in(app: &EcgridRest, origin: &Origin, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    let body = JsonBody::read(&parts.headers, body, app.unknown_properties).await?;
    let fields = body.fields(&["login", "loginName", "email", "password"])?;
    let sign_in = SignIn {
        kind: SessionKind::Token,
        name: name(&fields)?,
        password: Password::new(fields.required_secret("password")?),
    };
    let signed_in = app.gate.sign_in(origin, &sign_in).await?;
    Ok(envelope::auth_data(Issued::new(&app.tokens, &signed_in), ""))
}

/// All three names are taken, in this order. Contract: ecgrid-rest 3 #2.
fn name(fields: &Fields<'_>) -> Result<String, Problem> {
    for field in ["login", "loginName", "email"] {
        if let Some(name) = fields.text(field)?.filter(|name| !name.is_empty()) {
            return Ok(name);
        }
    }
    Err(Problem::required("login"))
}
