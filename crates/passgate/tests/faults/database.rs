//! PostgreSQL with a full disk, read-only, and cut off in mid-commit, under sets through all three doors.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Instant;

use passgate_testing::cuttable::{Cuttable, Way};
use passgate_testing::postgres::Cluster;

use crate::load::house::{Engine, House};
use crate::load::sets::{Door, Said, set, signs_in};
use crate::load::wait_until;
use crate::load::writers::{Progress, Writers};
use crate::support::{Server, try_send};
use crate::volume::Volume;

/// Under load until each door has refused, and again until each writer had two more acknowledged.
fn refused_and_returned(
    house: &House,
    fault: impl FnOnce(),
    refused: impl FnOnce(&Server, &Progress),
    mend: impl FnOnce(),
) {
    let mut writers = Writers::of(house);
    let server = house.serve();
    writers.write(&server.address, &house.administrator, |progress| {
        wait_until("sets are acknowledged", || progress.acknowledged() >= 12);
        fault();
        wait_until("each door refuses", || progress.failed_at_least() >= 5);
        refused(&server, progress);
        let begun = Instant::now();
        mend();
        let before = progress.acknowledged();
        wait_until("sets are acknowledged again", || progress.acknowledged() >= before + 12);
        println!(
            "{} refused; twelve sets were acknowledged {:?} after the end of the fault",
            progress.failed(),
            begun.elapsed()
        );
    });
    writers.settle(&server.address, house);
}

#[test]
fn while_the_database_has_no_room_nothing_is_lost_and_the_service_returns_once_there_is_some() {
    // R118. What still finds room in pages that are there may be acknowledged: it holds then.
    let folder = tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o755)).tempdir().unwrap();
    let Some(volume) = Volume::in_memory(&folder.path().join("volume"), "160m") else { return };
    std::fs::set_permissions(volume.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let cluster = Cluster::start_in(volume.path(), "-c max_wal_size=32MB -c min_wal_size=32MB");
    let house = House::open(Engine::Postgres(cluster));
    let mend = || {
        volume.free();
        // One that found no room for its log has ended, and its operator starts it.
        house.cluster().restart();
    };
    refused_and_returned(&house, || volume.fill(), |_, _| (), mend);
}

#[test]
fn while_the_database_is_read_only_nothing_is_acknowledged_and_the_service_returns_by_itself() {
    // R118: as hosts of databases do it when the disk is nearly full
    let house = House::open(Engine::Postgres(Cluster::start()));
    let read_only = |value: &str| {
        let statement = format!("ALTER SYSTEM SET default_transaction_read_only = {value}");
        house.cluster().sql("postgres", &statement);
        house.cluster().sql("postgres", "SELECT pg_reload_conf()");
    };
    let refused = |server: &Server, progress: &Progress| {
        let (acknowledged, failed) = (progress.acknowledged(), progress.failed_at_least());
        wait_until("each door refuses again", || progress.failed_at_least() >= failed + 5);
        assert_eq!(progress.acknowledged(), acknowledged);
        let ready = try_send(&server.address, "GET /readyz HTTP/1.1\r\n", "").unwrap();
        assert!(ready.starts_with("HTTP/1.1 503 "), "{ready}");
    };
    refused_and_returned(&house, || read_only("on"), refused, || read_only("off"));
}

#[test]
fn a_commit_that_is_cut_is_never_told_as_done_at_any_door_and_leaves_one_of_two_states() {
    // R20, R118: each commit of a call in its turn, before it arrives and before its answer does
    let house = House::open(Engine::Postgres(Cluster::start()));
    let way = Cuttable::to(house.cluster());
    let server = house.serve_over(&way.url(house.database_name()));
    for (door, (person, password)) in Door::ALL.into_iter().zip(&house.people) {
        let (mut holds, first) = (password.clone(), house.counted(person).0);
        let (mut undone, mut unknown) = (0, 0);
        for cut in [Way::CutBeforeCommit, Way::CutAfterCommit] {
            for spared in 0..6 {
                let next = format!("Larch-tree-{cut:?}-{spared}");
                way.set_sparing(cut, spared);
                let said = set(&server.address, door, &house.administrator, person, &next).unwrap();
                way.set(Way::Open);
                let (before, after) =
                    [&holds, &next].map(|password| signs_in(&server.address, &person.login, password)).into();
                assert!(before != after, "{door:?}, {cut:?} after {spared}: before {before}, after {after}");
                match said {
                    Said::True => assert!(after, "{door:?}, {cut:?} after {spared}: told as done"),
                    Said::Failed(_) if after => unknown += 1,
                    Said::Failed(_) => undone += 1,
                }
                if after {
                    holds = next;
                }
            }
        }
        println!("{door:?}: {undone} refused that were not done, {unknown} refused that were");
        assert!(undone > 0 && unknown > 0, "{door:?}: {undone} undone, {unknown} unknown: the set was not cut");
        let (version, records, told) = house.counted(person);
        assert_eq!((records, told), (version - first, version - first), "one record for each version");
    }
    house.verify();
}
