//! The users group. Contract: ecgrid-rest 2.4. One endpoint, one file.

mod create;
mod generate_key;
mod generate_password;
mod get;
mod me;
mod reset;
mod set_password;
mod update;

use axum::Router;
use axum::routing::MethodFilter;
use passgate_gate::audit::Operation;

use crate::App;
use crate::call::{only, protected};

/// The paths of 2.4 and the older ones of 3 #4.
pub(crate) fn routes() -> Router<App> {
    let (get, post, put) = (MethodFilter::GET, MethodFilter::POST, MethodFilter::PUT);
    let update = || protected(put, Operation::UpdateUser, update::update);
    let generate_key = || protected(post, Operation::GenerateApiKey, generate_key::generate_key);
    Router::new()
        .route("/users/password", only("POST", protected(post, Operation::SetPassword, set_password::set_password)))
        .route(
            "/users/generate-password",
            only("POST", protected(post, Operation::GeneratePassword, generate_password::generate_password)),
        )
        .route("/users/reset/{id}", only("POST", protected(post, Operation::ResetUser, reset::reset)))
        .route("/users", only("POST, PUT", update().merge(protected(post, Operation::CreateUser, create::create))))
        .route("/users/me", only("GET, HEAD", protected(get, Operation::ReadUser, me::me)))
        .route("/users/{id}", only("GET, HEAD, PUT", update().merge(protected(get, Operation::ReadUser, get::get))))
        .route("/users/key-generate/{id}", only("POST", generate_key()))
        .route("/users/{id}/generate-api-key", only("POST", generate_key()))
}
