//! Sets through REST against the bare Argon2id loop, and what a set costs besides its hash.

use argon2::{Algorithm, Argon2, Block, Params, Version};

use crate::client::Client;
use crate::load::{Done, during};
use crate::measure::{Figure, Rounds, cores};
use crate::server::Server;

/// Calls in flight: more than the slots, so that no slot waits, and fewer than the places of the queue.
pub(crate) fn in_flight() -> usize {
    cores() * 6
}

pub(crate) fn run(server: &Server, rounds: &Rounds) {
    let mut throughput = Figure::default();
    let mut efficiency = Figure::default();
    let mut hash = Figure::default();
    let mut beside = Figure::default();
    let mut writing = Figure::default();
    let mut reset = Figure::default();
    for _ in 0..rounds.count {
        let bare = bare_loop(rounds);
        let sets = through_rest(server, rounds);
        let bare_hash = bare.processor.hashing / bare.count;
        throughput.note(sets.per_second() / bare.per_second());
        efficiency.note(bare_hash / (sets.processor.all() / sets.count));
        hash.note(sets.processor.hashing / sets.count / bare_hash);
        beside.note(sets.processor.besides_hashing() / sets.count * 1e6);
        writing.note(sets.processor.writing / sets.count * 1e6);
        let resets = one_after_the_other(server, rounds);
        reset.note(resets.processor.all() / resets.count * 1e6);
    }
    throughput.tell("sets through REST per second / bare Argon2id loop, all cores", ">= 0.95", 3);
    efficiency.tell("processor time of a bare hash / of the server per set", ">= 0.95", 3);
    hash.tell("processor time of a hash in the lane / in the bare loop", "about 1", 3);
    beside.tell("processor time of a set besides its hash, microseconds", "< 300", 0);
    writing.tell("of it the store's writer with its commits, microseconds", "", 0);
    reset.tell("processor time of users/reset, a set without a hash, microseconds", "", 0);
}

/// Sets, one caller per connection.
pub(crate) fn through_rest(server: &Server, rounds: &Rounds) -> Done {
    let workers = server.sets(in_flight()).into_iter().map(|set| {
        let mut client = Client::connect(server.address());
        move || {
            client.succeed(&set);
        }
    });
    during(rounds.window, server.process(), "caller", workers.collect())
}

/// Resets by one caller, so that each has a commit of its own, as sets have.
fn one_after_the_other(server: &Server, rounds: &Rounds) -> Done {
    let (mut client, reset) = (Client::connect(server.address()), server.reset());
    let worker = move || {
        client.succeed(&reset);
    };
    during(rounds.window, server.process(), "caller", vec![worker])
}

/// Argon2id with the server's parameters, on all cores, each thread with blocks of its own that it keeps.
fn bare_loop(rounds: &Rounds) -> Done {
    let workers = (0..cores()).map(|_| {
        let params = Params::new(19_456, 2, 1, Some(32)).expect("parameters");
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut blocks = vec![Block::new(); 19_456];
        let mut stepped_back = false;
        move || {
            if !stepped_back {
                // As the lane's threads do: whatever else this machine is doing then delays both sides alike.
                rustix::process::nice(10).expect("a thread may step back");
                stepped_back = true;
            }
            let mut tag = [0; 32];
            argon2
                .hash_password_into_with_memory(b"Larch-tree-4711", b"sixteen bytes of", &mut tag, &mut blocks)
                .expect("the parameters are valid");
            std::hint::black_box(tag);
        }
    });
    // By this name their processor time counts as hashing.
    during(rounds.window, std::process::id(), "hashing", workers.collect())
}
