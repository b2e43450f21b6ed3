//! What a cheap call waits for while every hashing thread is busy and more sets wait in the queue.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::measure::{Figure, Rounds, median, quantile};
use crate::server::Server;
use crate::sets::in_flight;

/// Between two calls: an occasional caller, not one more load.
const PAUSE: Duration = Duration::from_millis(1);

pub(crate) fn run(server: &Server, rounds: &Rounds) {
    let request = server.users_me();
    let (mut typical, mut tail, mut idle_tail, mut busy_tail) =
        (Figure::default(), Figure::default(), Figure::default(), Figure::default());
    for _ in 0..rounds.count {
        let mut idle = latencies(server, rounds, &request);
        let mut busy = while_saturated(server, || latencies(server, rounds, &request));
        let (idle_p99, busy_p99) = (quantile(&mut idle, 0.99), quantile(&mut busy, 0.99));
        tail.note(busy_p99 / idle_p99);
        typical.note(median(&mut busy) / median(&mut idle));
        idle_tail.note(idle_p99 * 1e6);
        busy_tail.note(busy_p99 * 1e6);
    }
    tail.tell("GET /v2/users/me: p99 while sets saturate the lane / p99 when idle", "<= 3", 2);
    typical.tell("the same for the median", "", 2);
    idle_tail.tell("p99 when idle, microseconds", "", 0);
    busy_tail.tell("p99 while saturated, microseconds", "", 0);
}

fn latencies(server: &Server, rounds: &Rounds, request: &[u8]) -> Vec<f64> {
    let mut client = Client::connect(server.address());
    for _ in 0..50 {
        client.exchange(request);
    }
    let mut took = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < rounds.window {
        std::thread::sleep(PAUSE);
        let sent = Instant::now();
        let (status, _) = client.exchange(request);
        took.push(sent.elapsed().as_secs_f64());
        assert_eq!(status, 200);
    }
    took
}

fn while_saturated<T>(server: &Server, what: impl FnOnce() -> T) -> T {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for set in server.sets(in_flight()) {
            let over = &over;
            scope.spawn(move || {
                let mut client = Client::connect(server.address());
                while !over.load(Ordering::Relaxed) {
                    client.succeed(&set);
                }
            });
        }
        std::thread::sleep(Duration::from_millis(300));
        let came = what();
        over.store(true, Ordering::Relaxed);
        came
    })
}
