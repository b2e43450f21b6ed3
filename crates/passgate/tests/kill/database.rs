//! PostgreSQL is killed under a running server, which is never restarted.

use std::time::Instant;

use passgate_testing::postgres::Cluster;

use crate::load::house::{Engine, House};
use crate::load::writers::Writers;
use crate::load::{random_moment, wait_until};
use crate::rounds;

#[test]
fn when_the_whole_database_is_killed_no_acknowledged_set_is_lost_and_the_server_goes_on_by_itself() {
    // R117, R118
    again_and_again("the database killed", rounds(3), |cluster| {
        cluster.kill();
        cluster.restart();
    });
}

#[test]
fn when_one_process_of_the_database_is_killed_the_same_holds() {
    // R117, R118: the others cannot trust the memory they share, so that the database starts again by itself
    again_and_again("one process of the database killed", rounds(3), |cluster| {
        wait_until("a process of the database is there", || cluster.kill_a_backend());
    });
}

fn again_and_again(what: &str, rounds: u64, kill: impl Fn(&Cluster)) {
    let house = House::open(Engine::Postgres(Cluster::start()));
    let mut writers = Writers::of(&house);
    let server = house.serve();
    let (mut returned, mut failed) = (Vec::new(), 0);
    for _ in 0..rounds {
        writers.write(&server.address, &house.administrator, |progress| {
            wait_until("sets are acknowledged", || progress.acknowledged() >= 3);
            std::thread::sleep(random_moment());
            let begun = Instant::now();
            kill(house.cluster());
            wait_until("the database returns", || house.cluster().answers());
            // What was answered before the kill may be counted after it, once for each writer.
            let before = progress.acknowledged();
            wait_until("sets are acknowledged again", || progress.acknowledged() >= before + 12);
            returned.push(begun.elapsed());
            failed += progress.failed();
        });
        writers.settle(&server.address, &house);
    }
    returned.sort_unstable();
    let (median, most) = (returned[returned.len() / 2], returned[returned.len() - 1]);
    let sets = writers.total();
    println!(
        "{what}: {rounds} rounds, {sets} acknowledged sets, none lost, none half there; {failed} refused meanwhile"
    );
    println!("{what}: twelve sets more were acknowledged {median:?} after the kill in the median, {most:?} at most");
}
