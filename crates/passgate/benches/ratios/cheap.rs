//! Authenticated cheap calls against a bare handler: the same client, the same accept loop, answers of the same size.

use crate::client::Client;
use crate::load::{Done, during};
use crate::measure::{Figure, Rounds};
use crate::server::{Bare, Server};

const CONNECTIONS: usize = 8;

pub(crate) fn run(server: &Server, rounds: &Rounds) {
    compare(server, rounds, "GET /v2/users/me by API key", &server.users_me());
    compare(server, rounds, "WhoAmI by SOAP session", &server.who_am_i());
}

fn compare(server: &Server, rounds: &Rounds, name: &str, request: &[u8]) {
    let size = Client::connect(server.address()).succeed(request).len();
    let bare = Bare::start(size);
    let (mut throughput, mut processor, mut cost) = (Figure::default(), Figure::default(), Figure::default());
    for _ in 0..rounds.count {
        let nothing = load(bare.address(), bare.process(), rounds, request);
        let call = load(server.address(), server.process(), rounds, request);
        throughput.note(call.per_second() / nothing.per_second());
        processor.note((nothing.processor.all() / nothing.count) / (call.processor.all() / call.count));
        cost.note(call.processor.all() / call.count * 1e6);
    }
    throughput.tell(&format!("{name}: per second / bare handler"), ">= 0.5", 3);
    processor.tell(&format!("{name}: the server's processor time, bare handler / call"), "", 3);
    cost.tell(&format!("{name}: the server's processor time, microseconds"), "", 1);
}

fn load(address: &str, process: u32, rounds: &Rounds, request: &[u8]) -> Done {
    let workers = (0..CONNECTIONS).map(|_| {
        let mut client = Client::connect(address);
        move || {
            let (status, _) = client.exchange(request);
            assert_eq!(status, 200);
        }
    });
    during(rounds.window, process, "caller", workers.collect())
}
