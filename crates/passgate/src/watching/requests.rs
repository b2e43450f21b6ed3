//! Counting answers, around all doors.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::Metrics;

/// Counts one answer. By the pattern of the route: a path is the client's text (R112).
pub async fn count_requests(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let door = request.extensions().get::<MatchedPath>().map_or("none", |path| door_of(path.as_str()));
    let began = Instant::now();
    let answer = next.run(request).await;
    metrics.answered(door, answer.status().as_u16(), began.elapsed());
    answer
}

fn door_of(route: &str) -> &'static str {
    match route.split('/').nth(1) {
        Some("v2") => "ecgrid-rest",
        Some("v4.1") => "ecgridos",
        Some("omasWebWS") => "omnitracs",
        _ => "pages",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_belongs_to_one_of_five_words() {
        // R112: labels are bounded.
        for (route, door) in [
            ("/v2/users/password", "ecgrid-rest"),
            ("/v4.1/prod/ECGridOS.asmx", "ecgridos"),
            ("/omasWebWS/services/OMASWebSvcs", "omnitracs"),
            ("/", "pages"),
            ("/readyz", "pages"),
        ] {
            assert_eq!(door_of(route), door, "{route}");
        }
    }
}
