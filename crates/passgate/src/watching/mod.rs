//! How an operator sees what the server does: metrics, and whether it is alive and ready.
//!
//! [`Metrics`] is told by the gate, the lane and the store what happens; each has its own small trait for it,
//! and none knows Prometheus (docs/decisions/0005). [`Health`] answers `/livez` and `/readyz`. [`listener`]
//! serves both to whoever watches, on an address of its own. No label and no answer here holds a name, a
//! number of a user, an address or anything else that was sent (R112): labels are words of ours, and few.

mod gauges;
mod health;
mod lag;
pub mod listener;
mod metrics;
mod requests;

pub use gauges::Gauges;
pub use health::{Health, Lifetime, Unready};
pub use lag::Lag;
pub use metrics::Metrics;
pub use requests::count_requests;
