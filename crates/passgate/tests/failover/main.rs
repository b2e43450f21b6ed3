//! Failover on real servers (R117, R118): three PostgreSQL under Patroni and etcd, two nodes of Passgate in front, sets
//! through both of them without pause. The leader is killed, cut off, cut off from its peers alone, frozen, and left
//! without its Patroni. No acknowledged set is lost, none is half there, every chain verifies, and service returns by
//! itself.
//!
//! The short form here takes one round of three of these; `cargo xtask failover --rounds N` takes N of each, and
//! `PASSGATE_FAILOVER_ONLY=frozen` one of the one that it names. Where hosts cannot be made, standard error says why the
//! test is left out.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

#[path = "../load/mod.rs"]
mod load;
#[path = "../support/mod.rs"]
mod support;

mod house;
mod rounds;
mod table;
mod writers;

use std::time::{Duration, Instant};

use house::House;
use rounds::{Fault, round};
use table::Table;
use writers::Writers;

/// Far beyond what anything here takes.
const FOREVER: Duration = Duration::from_mins(4);

#[test]
fn no_acknowledged_set_is_lost_when_the_leader_of_the_database_is() {
    // R117, R118
    let plan = plan();
    assert!(!plan.is_empty(), "no round was asked for, or of a fault that is not known");
    let Some(place) =
        passgate_testing::patroni::enter("no_acknowledged_set_is_lost_when_the_leader_of_the_database_is")
    else {
        return;
    };
    let mut house = House::open(&place);
    let mut writers = Writers::of(&house);
    let mut table = Table::default();
    for fault in plan {
        let seen = round(&mut house, &mut writers, fault);
        println!("{}", table.add(fault, &seen));
    }
    writers.pause(|users| table.close(&house, users));
    writers.end();
    house.examine();
    println!("{table}");
}

/// What happens, one after the other.
fn plan() -> Vec<Fault> {
    if let Ok(name) = std::env::var("PASSGATE_FAILOVER_ONLY") {
        return Fault::ALL.into_iter().filter(|fault| fault.name() == name).collect();
    }
    match std::env::var("PASSGATE_FAILOVER_ROUNDS") {
        Ok(rounds) => (0..rounds.parse().unwrap()).flat_map(|_: u32| Fault::ALL).collect(),
        Err(_) => vec![Fault::Killed, Fault::CutOff, Fault::CutFromPeers],
    }
}

#[track_caller]
fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < FOREVER, "{what}: not in {FOREVER:?}");
        std::thread::sleep(Duration::from_millis(250));
    }
}
