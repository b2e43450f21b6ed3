//! The auth group. Contract: ecgrid-rest 2.3. One endpoint, one file.

mod change_password;
mod login;
mod logout;
mod refresh;
mod session;
mod version;

use axum::Router;
use axum::routing::{MethodFilter, get, post};
use passgate_gate::audit::Operation;
use passgate_gate::operations::SignedIn;
use serde::Serialize;

use crate::App;
use crate::call::{only, protected};
use crate::token::TokenKeys;
use crate::user_info::utc;

/// The paths of 2.3. Login and version need no credential and look at none.
pub(crate) fn routes() -> Router<App> {
    let change = protected(MethodFilter::PUT, Operation::ChangePassword, change_password::change_password);
    let logout = protected(MethodFilter::POST, Operation::SignOut, logout::logout);
    let session = protected(MethodFilter::POST, Operation::ReadSession, session::session);
    Router::new()
        .route("/auth/login", only("POST", post(login::login)))
        .route("/auth/refresh", only("POST", post(refresh::refresh)))
        .route("/auth/logout", only("POST", logout))
        .route("/auth/session", only("POST", session))
        .route("/auth/password", only("PUT", change))
        .route("/auth/version", only("GET, HEAD", get(version::version)))
}

/// What a login and a refresh give. Contract: ecgrid-rest 2.3, 3 #3.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Issued {
    token: String,
    expires_at: String,
    user_id: i32,
}

impl Issued {
    fn new(keys: &TokenKeys, signed_in: &SignedIn) -> Self {
        let session = &signed_in.session;
        Self {
            token: keys.issue(&signed_in.token, session.user, session.created, session.expires).as_str().to_owned(),
            expires_at: utc(session.expires),
            user_id: session.user.get(),
        }
    }
}
