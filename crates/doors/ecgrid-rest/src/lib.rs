//! The ECGrid REST v2 door: `/v2/...` as the vendor documents it. Contract: ecgrid-rest.
//!
//! Each endpoint is one file that reads its request, calls one operation of the gate and renders the answer.
//! Deliberately not here: any rule about who may do what, or what a password must look like. Those are the gate's.
//!
//! Start with [`router`], then `call.rs`, which every protected endpoint goes through.

mod auth;
mod body;
mod call;
mod credential;
mod envelope;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod json;
mod problem;
mod refusal;
mod token;
mod user_info;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::any;
use passgate_door_http::answer_panics_with;
use passgate_gate::Gate;
use passgate_gate::policy::Profile;

pub use json::UnknownProperties;
pub use token::{SigningKey, TokenKeys};

/// What this door works with.
pub struct EcgridRest {
    /// The gate behind it.
    pub gate: Arc<Gate>,
    /// What it signs its tokens with.
    pub tokens: TokenKeys,
    /// What a new password must be: [`Profile::Pattern`], unless an operator frees this door from composition (R14).
    pub profile: Profile,
    /// What becomes of JSON properties that an endpoint does not know.
    pub unknown_properties: UnknownProperties,
}

pub(crate) type App = Arc<EcgridRest>;

/// Everything below `/v2`, answered in this API's words whatever happens.
///
/// The program wraps it in [`passgate_door_http::dress`], together with the other doors.
pub fn router(door: EcgridRest) -> Router {
    let door = Arc::new(door);
    let endpoints = Router::new()
        .merge(users::routes())
        .merge(auth::routes())
        .fallback(call::unknown_endpoint)
        .with_state(Arc::clone(&door));
    // Nesting covers `/v2` and `/v2/x`, but not the slash alone.
    let slash = Router::new().route("/v2/", any(call::unknown_endpoint)).with_state(door);
    answer_panics_with(slash.nest("/v2", endpoints), || problem::Problem::internal().into_response())
}
