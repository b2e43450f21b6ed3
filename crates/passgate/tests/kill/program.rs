//! The server is killed, and started again on what it left.

use passgate_testing::postgres::Cluster;

use crate::load::house::{Engine, House};
use crate::load::writers::Writers;
use crate::load::{random_moment, wait_until};
use crate::rounds;

#[test]
fn a_killed_server_has_every_acknowledged_set_and_no_half_one() {
    // R117
    again_and_again("SQLite", &House::open(Engine::Sqlite), rounds(4));
}

#[test]
fn a_server_killed_over_postgresql_has_every_acknowledged_set_and_no_half_one() {
    // R117
    again_and_again("PostgreSQL", &House::open(Engine::Postgres(Cluster::start())), rounds(3));
}

fn again_and_again(over: &str, house: &House, rounds: u64) {
    let mut writers = Writers::of(house);
    for _ in 0..rounds {
        let server = house.serve();
        writers.write(&server.address, &house.administrator, |progress| {
            // A few at least, however busy the machine is; then at a moment of no meaning.
            wait_until("sets are acknowledged", || progress.acknowledged() >= 3);
            std::thread::sleep(random_moment());
            server.signal("KILL");
        });
        drop(server);
        let server = house.serve();
        writers.settle(&server.address, house);
    }
    let sets = writers.total();
    println!("the server killed over {over}: {rounds} rounds, {sets} acknowledged sets, none lost, none half there");
}
