//! The certificate that clients are shown, if TLS ends here. R87.

use jiff::{SignedDuration, Timestamp};
use passgate_gate::clock::{Clock as _, SystemClock};

use super::Finding;
use crate::cli::chain;
use crate::config::Config;
use crate::serve::{Standing, Tls};

const CHECK: &str = "certificate";

/// `None` where no TLS is asked for.
pub(super) fn examine(config: &Config) -> Option<Finding> {
    match Tls::start(&config.server.tls) {
        Ok(None) => None,
        Ok(Some(tls)) => Some(judge(tls.standing(SystemClock.now()), SystemClock.now())),
        Err(error) => Some(Finding::fail(CHECK, chain(&error), "see [server.tls] in the configuration")),
    }
}

fn judge(standing: Standing, now: Timestamp) -> Finding {
    const TODO: &str =
        "put a new certificate and its key in the place of the old: a running server takes them by itself";
    match standing {
        Standing::Good(None) => Finding::ok(CHECK, "good; it does not say until when"),
        Standing::Good(Some(end)) => Finding::ok(CHECK, format!("good until {end}, {} days", days(end, now))),
        Standing::EndsSoon(end) => Finding::warn(
            CHECK,
            format!("ends in {} days, on {end}", days(end, now)),
            format!("see why it was not renewed; {TODO}"),
        ),
        Standing::Over(end) => Finding::fail(CHECK, format!("over since {end}: clients refuse it"), TODO),
        Standing::NotYet(begin) => Finding::fail(
            CHECK,
            format!("not valid before {begin}: clients refuse it"),
            format!("set the clock if it is wrong; else {TODO}"),
        ),
    }
}

fn days(end: Timestamp, now: Timestamp) -> i64 {
    const DAY: SignedDuration = SignedDuration::from_hours(24);
    end.duration_since(now).as_secs() / DAY.as_secs()
}
