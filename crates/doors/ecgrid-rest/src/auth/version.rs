//! `GET /v2/auth/version`: which version of the documented API this is. Contract: ecgrid-rest 2.3.

use axum::response::Response;
use serde::Serialize;

use crate::envelope;

#[derive(Serialize)]
struct Version {
    version: &'static str,
}

pub(super) async fn version() -> Response {
    envelope::auth_data(Version { version: "2.6" }, "")
}
