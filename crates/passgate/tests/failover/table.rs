//! The figures of docs/reliability.md, and the proof at the end: every acknowledged set is on record exactly once, and
//! versions and records are as many as the sets.

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use crate::house::House;
use crate::rounds::{Fault, Seen};
use crate::writers::Known;

#[derive(Default)]
pub(crate) struct Table {
    times: Vec<(Fault, Duration)>,
    acknowledged: HashMap<&'static str, usize>,
    unacknowledged: u64,
    held_unacknowledged: u64,
    lost: usize,
    half: usize,
}

impl Table {
    /// Adds a round; what is told of it.
    pub(crate) fn add(&mut self, fault: Fault, seen: &Seen) -> String {
        self.times.push((fault, seen.return_time));
        *self.acknowledged.entry(fault.name()).or_default() += seen.acknowledged;
        format!(
            "round {}: leader {}, back after {:.1} s, {} sets acknowledged",
            self.times.len(),
            fault.name(),
            seen.return_time.as_secs_f64(),
            seen.acknowledged
        )
    }

    /// Holds what the writers know against what the leader has.
    pub(crate) fn close(&mut self, house: &House, users: &[Mutex<Known>]) {
        let mut recorded: HashMap<String, usize> = HashMap::new();
        for request in house.recorded() {
            *recorded.entry(request).or_default() += 1;
        }
        for user in users {
            let user = user.lock().unwrap();
            let acknowledged = user.requests.len() as u64;
            let (version, records, told) = house.counted(&user.person);
            let sets = version - user.first;
            self.lost += user.requests.iter().filter(|request| recorded.get(*request) != Some(&1)).count();
            self.half += usize::from((records, told) != (sets, sets));
            self.unacknowledged += user.unknown;
            self.held_unacknowledged += sets.saturating_sub(acknowledged);
            let most = acknowledged + user.unknown;
            assert!((acknowledged..=most).contains(&sets), "{}: {sets} sets", user.person.login);
        }
        assert_eq!((self.lost, self.half), (0, 0), "lost, half there");
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| The leader is | Rounds | Acknowledged sets | Back after, median s | at most s |")?;
        writeln!(f, "|---|---|---|---|---|")?;
        for fault in Fault::ALL {
            let mut times: Vec<_> = self.times.iter().filter(|round| round.0 == fault).map(|round| round.1).collect();
            times.sort_unstable();
            let Some(most) = times.last() else { continue };
            writeln!(
                f,
                "| {} | {} | {} | {:.1} | {:.1} |",
                fault.name(),
                times.len(),
                self.acknowledged[fault.name()],
                times[times.len() / 2].as_secs_f64(),
                most.as_secs_f64()
            )?;
        }
        writeln!(
            f,
            "lost: {}, half there: {}; of {} sets that were not acknowledged {} hold",
            self.lost, self.half, self.unacknowledged, self.held_unacknowledged
        )
    }
}
