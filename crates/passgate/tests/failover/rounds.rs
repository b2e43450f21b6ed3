//! One round: something happens to the leader under load, service returns, and the old leader comes back.

use std::hash::{BuildHasher as _, Hasher as _};
use std::time::Duration;

use passgate_testing::patroni::{Side, Trio};

use crate::house::House;
use crate::wait_until;
use crate::writers::Writers;

/// What happens to the leader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Patroni and every process of PostgreSQL get SIGKILL.
    Killed,
    /// The host, its etcd with it, loses its network.
    CutOff,
    /// It loses its peers, and both nodes of Passgate still reach it.
    CutFromPeers,
    /// Every process stops where it is and goes on once another leads, as when a virtual machine is paused.
    Frozen,
    /// Patroni alone gets SIGKILL, and nothing stops its PostgreSQL, which still says that it leads when another does.
    Orphaned,
}

impl Fault {
    pub(crate) const ALL: [Self; 5] = [Self::Killed, Self::CutOff, Self::CutFromPeers, Self::Frozen, Self::Orphaned];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::CutOff => "cut off",
            Self::CutFromPeers => "cut off from its peers alone",
            Self::Frozen => "frozen",
            Self::Orphaned => "left without its Patroni",
        }
    }

    fn begin(self, trio: &mut Trio, leader: usize) {
        match self {
            Self::Killed => trio.kill(leader),
            Self::CutOff => [Side::Peers, Side::Clients].into_iter().for_each(|side| trio.link(leader, side, false)),
            Self::CutFromPeers => trio.link(leader, Side::Peers, false),
            Self::Frozen => trio.freeze(leader, true),
            Self::Orphaned => trio.orphan(leader),
        }
    }

    fn end(self, trio: &mut Trio, leader: usize) {
        match self {
            Self::Killed | Self::Orphaned => trio.start_again(leader),
            Self::CutOff => [Side::Peers, Side::Clients].into_iter().for_each(|side| trio.link(leader, side, true)),
            Self::CutFromPeers => trio.link(leader, Side::Peers, true),
            Self::Frozen => trio.freeze(leader, false),
        }
    }
}

/// What a round showed.
pub(crate) struct Seen {
    pub(crate) return_time: Duration,
    pub(crate) acknowledged: usize,
}

pub(crate) fn round(house: &mut House, writers: &mut Writers, fault: Fault) -> Seen {
    wait_until("a leader with two standbys", || house.trio.is_whole());
    let before = writers.acknowledged();
    wait_until("a few sets", || writers.acknowledged() >= before + 5);
    std::thread::sleep(moment_of_no_meaning());

    let leader = house.trio.leader().unwrap();
    writers.watch();
    fault.begin(&mut house.trio, leader);
    if fault == Fault::Orphaned {
        // Until then the old leader serves as before.
        wait_until("another leads", || house.trio.another_leads(leader));
        writers.watch();
    }
    wait_until("both nodes acknowledge sets again", || writers.returned().is_some());
    let return_time = writers.returned().unwrap();
    fault.end(&mut house.trio, leader);
    wait_until("the old leader follows the new one", || house.trio.is_whole());
    writers.settle();
    Seen { return_time, acknowledged: writers.acknowledged() - before }
}

fn moment_of_no_meaning() -> Duration {
    Duration::from_millis(std::collections::hash_map::RandomState::new().build_hasher().finish() % 2000)
}
