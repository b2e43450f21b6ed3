//! The doors side by side, and the pages that belong to none of them.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use passgate_door_ecgrid_rest::{SigningKey, TokenKeys, UnknownProperties};
use passgate_door_http::{TrustedProxies, dress};
use passgate_gate::policy::Profile;

use super::{Installation, profile};
use crate::cli::{Failure, exit};
use crate::config::Config;
use crate::keys::{Key, Ring};
use crate::watching::{Health, count_requests};

/// Who signed a token. The key says which installation.
const ISSUER: &str = "passgate";

const FRONT_PAGE: &str = "\
Passgate

POST /v2/users/password                     ECGrid REST v2, with its neighbours under /v2
POST /v4.1/prod/ECGridOS.asmx               ECGridOS SOAP 4.1; ?WSDL describes it
POST /omasWebWS/services/OMASWebSvcs        Omnitracs Services Portal SOAP; ?wsdl describes it
GET  /livez                                 200 while the process runs
GET  /readyz                                200 while requests would be answered, else 503 and a reason
";

/// Everything that is served.
pub fn app(config: &Config, installation: &Installation, health: Arc<Health>) -> Result<Router, Failure> {
    let proxies = TrustedProxies::parse(&config.server.trusted_proxies)
        .map_err(|text| Failure::new(exit::CONFIG, format!("server.trusted_proxies: {text:?}")))?;
    let gate = &installation.gate;
    let rest = passgate_door_ecgrid_rest::EcgridRest {
        gate: Arc::clone(gate),
        tokens: token_keys(&installation.keys.tokens)?,
        profile: profile(config.policy.ecgrid_rest, Profile::Pattern),
        unknown_properties: if config.policy.strict { UnknownProperties::Refused } else { UnknownProperties::Ignored },
    };
    let ecgridos = passgate_door_ecgridos::Settings {
        public_url: config.server.public_url.clone(),
        profile: profile(config.policy.ecgridos, Profile::Pattern),
    };
    let omnitracs = passgate_door_omnitracs::Settings {
        allow_plain_http: config.server.allow_plain_http,
        require_nonce: config.passwords.require_nonce,
        public_url: config.server.public_url.clone(),
        profile: profile(config.policy.omnitracs, Profile::LetterAndDigit),
    };
    let pages = Router::new()
        .route("/", get(|| async { text(StatusCode::OK, FRONT_PAGE) }))
        .route("/livez", get(|| async { Health::alive() }))
        .route("/readyz", get(|State(health): State<Arc<Health>>| async move { health.ready().await }))
        .with_state(health);
    let doors = pages
        .merge(passgate_door_ecgrid_rest::router(rest))
        .merge(passgate_door_ecgridos::router(Arc::clone(gate), ecgridos))
        .merge(passgate_door_omnitracs::router(Arc::clone(gate), omnitracs))
        .fallback(|| async {
            text(StatusCode::NOT_FOUND, "There is nothing here; GET / says what is served where.\n")
        });
    Ok(dress(doors, proxies).layer(from_fn_with_state(Arc::clone(&installation.metrics), count_requests)))
}

/// The newest key signs, older ones still verify (R40).
fn token_keys(ring: &Ring) -> Result<TokenKeys, Failure> {
    let signing = |key: &Key| {
        SigningKey::new(&key.id.to_string(), &key.secret)
            .ok_or_else(|| Failure::new(exit::CONFIG, format!("tokens-{}.key has no usable number", key.id)))
    };
    let older = ring.older.iter().map(signing).collect::<Result<Vec<_>, _>>()?;
    Ok(TokenKeys::new(ISSUER, signing(&ring.current)?, older))
}

fn text(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}
