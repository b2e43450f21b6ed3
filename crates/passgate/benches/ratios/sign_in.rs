//! Whether the time of a failed sign-in tells if there is such an account (R55).

use std::time::Instant;

use serde_json::json;

use crate::client::{Client, request};
use crate::measure::{Rounds, median};
use crate::server::Server;

/// From this many failures in a row on, an account is throttled: it is signed in to before.
const FREE: usize = 4;

pub(crate) fn run(server: &Server, _rounds: &Rounds) {
    let samples = std::env::var("SAMPLES").ok().and_then(|text| text.parse().ok()).unwrap_or(300);
    let (login, password) = (server.member("admin_login"), server.member("admin_password"));
    let mut client = Client::connect(server.address());
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for sample in 0..samples {
        // As long as the known name, and never the same, since unknown names are throttled too.
        let nobody = format!("{:0>width$}", format!("n{sample}"), width = login.len());
        let pair = [(login, &mut known), (nobody.as_str(), &mut unknown)];
        let in_turn = if sample % 2 == 0 { [0, 1] } else { [1, 0] };
        let mut pair = pair.map(Some);
        for at in in_turn {
            if let Some((name, took)) = pair[at].take() {
                took.push(fail(&mut client, name));
            }
        }
        if sample % FREE == FREE - 1 {
            client.succeed(&sign_in(login, password));
        }
    }
    let ratio = median(&mut unknown) / median(&mut known);
    let spread = |took: &[f64]| took[took.len() * 9 / 10] / took[took.len() / 10];
    println!(
        "| sign-in of an unknown / a known account, medians of {samples} | 0.9 to 1.1 | {ratio:.3} | p90/p10: {:.2} and {:.2} |",
        spread(&unknown),
        spread(&known)
    );
}

fn fail(client: &mut Client, login: &str) -> f64 {
    let request = sign_in(login, "Larch-tree-4711");
    let begun = Instant::now();
    let (status, _) = client.exchange(&request);
    let took = begun.elapsed().as_secs_f64();
    assert_eq!(status, 401);
    took
}

fn sign_in(login: &str, password: &str) -> Vec<u8> {
    let body = json!({ "login": login, "password": password }).to_string();
    request("POST /v2/auth/login HTTP/1.1\r\nContent-Type: application/json\r\n", &body)
}
