//! Whether judging a password takes time in proportion to its length (R18).

use std::time::Instant;

use passgate_gate::password::Password;
use passgate_gate::policy::{Names, Policy, Profile};

use crate::measure::{Figure, Rounds};

/// Judgements that are timed together, and how often: the shortest time counts, in which nobody else took the core.
const JUDGEMENTS: u32 = 100;
const TIMES: usize = 20;

pub(crate) fn run(rounds: &Rounds) {
    let policy = Policy::default();
    let mut figure = Figure::default();
    for _ in 0..rounds.count {
        let [short, long] =
            [512, 1024].map(|bytes| shapes(bytes).iter().map(|text| time(&policy, text)).fold(0.0, f64::max));
        figure.note(long / short);
    }
    figure.tell("the policy's worst 1,024 bytes / worst 512 bytes", "about 2", 2);
}

/// Texts of this many bytes that cost normalisation, folding or the classes the most.
fn shapes(bytes: usize) -> Vec<String> {
    ["e", "\u{df}", "e\u{301}", "\u{1e9e}", "\u{fb03}", "a\u{323}\u{307}", "\u{1f82}", "\u{ac01}", "\u{1d160}"]
        .into_iter()
        .map(|unit| {
            let mut text = format!("Ab1-{}", unit.repeat((bytes - 4) / unit.len()));
            text.extend(std::iter::repeat_n('x', bytes - text.len()));
            text
        })
        .collect()
}

fn time(policy: &Policy, text: &str) -> f64 {
    let names =
        Names { login: "jsmith", portal_user_id: "JSMITH", company_id: "MYCOMPANY", company_name: "My Company" };
    let once = || {
        let begun = Instant::now();
        for _ in 0..JUDGEMENTS {
            let password = Password::from(std::hint::black_box(text));
            let _ = std::hint::black_box(policy.accept(Profile::SignIn, password, &names));
        }
        begun.elapsed().as_secs_f64()
    };
    std::iter::repeat_with(once).take(TIMES).fold(f64::INFINITY, f64::min)
}
