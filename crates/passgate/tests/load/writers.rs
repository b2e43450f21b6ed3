//! Six writers, each of which sets the password of its user without pause, and what they know of it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::load::house::House;
use crate::load::sets::{Administrator, Door, Person, Said, set, sign_in};
use crate::load::wait_until;

const WRITERS: usize = 6;

/// What one writer knows of its user's password.
#[derive(Clone, Debug)]
struct Known {
    person: Person,
    door: Door,
    /// The last one that the server said is set.
    acknowledged: String,
    /// The one whose set was not acknowledged, and how often it was tried since the last one that was.
    under_way: Option<(String, u64)>,
    /// Acknowledged sets since the last look.
    sets: u64,
    /// Tries before one of these whose end is not known: each may have been one set more.
    unknown: u64,
    /// At the last look.
    version: u64,
    total: u64,
}

pub(crate) struct Writers {
    known: Vec<Known>,
    /// The versions with which the users came.
    first: Vec<u64>,
}

/// What a test sees of the writers while they write.
pub(crate) struct Progress {
    acknowledged: AtomicU64,
    failed: [AtomicU64; Door::ALL.len()],
    over: AtomicBool,
}

impl Progress {
    pub(crate) fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Sets that the server failed to do, by the door that does so the least.
    pub(crate) fn failed_at_least(&self) -> u64 {
        self.failed.iter().map(|door| door.load(Ordering::Relaxed)).min().unwrap_or(0)
    }

    pub(crate) fn failed(&self) -> u64 {
        self.failed.iter().map(|door| door.load(Ordering::Relaxed)).sum()
    }
}

impl Writers {
    pub(crate) fn of(house: &House) -> Self {
        let doors = Door::ALL.into_iter().cycle();
        let known: Vec<_> = house.people[..WRITERS]
            .iter()
            .zip(doors)
            .map(|((person, password), door)| Known {
                person: person.clone(),
                door,
                acknowledged: password.clone(),
                under_way: None,
                sets: 0,
                unknown: 0,
                version: house.counted(person).0,
                total: 0,
            })
            .collect();
        let first = known.iter().map(|user| user.version).collect();
        Self { known, first }
    }

    /// Sets passwords until `during` is over; it also ends when the server takes no connection any more.
    pub(crate) fn write(&mut self, address: &str, shown: &Administrator, during: impl FnOnce(&Progress)) {
        let progress = Arc::new(Progress {
            acknowledged: AtomicU64::new(0),
            failed: [const { AtomicU64::new(0) }; Door::ALL.len()],
            over: AtomicBool::new(false),
        });
        let known: Vec<_> = self.known.drain(..).map(|user| Arc::new(Mutex::new(user))).collect();
        let threads: Vec<_> = known
            .iter()
            .map(|user| {
                let (user, progress) = (user.clone(), progress.clone());
                let (shown, address) = (shown.clone(), address.to_owned());
                std::thread::spawn(move || {
                    let mut user = user.lock().unwrap();
                    loop {
                        if progress.over.load(Ordering::Relaxed) || !set_once(&address, &shown, &mut user, &progress) {
                            break;
                        }
                    }
                })
            })
            .collect();
        // Panics must not leave the writers behind.
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| during(&progress)));
        progress.over.store(true, Ordering::Relaxed);
        let wrote: Vec<_> = threads.into_iter().map(std::thread::JoinHandle::join).collect();
        if let Err(panic) = ended {
            std::panic::resume_unwind(panic);
        }
        for writer in wrote {
            writer.unwrap();
        }
        self.known = known.into_iter().map(|user| user.lock().unwrap().clone()).collect();
    }

    /// Exactly one of two passwords signs in, and versions and records are as many as the sets. Then the chains.
    pub(crate) fn settle(&mut self, address: &str, house: &House) {
        for (user, first) in self.known.iter_mut().zip(&self.first) {
            settle(address, house, user, *first);
        }
        house.verify();
    }

    pub(crate) fn total(&self) -> u64 {
        self.known.iter().map(|user| user.total).sum()
    }
}

/// Whether there still is a server.
fn set_once(address: &str, shown: &Administrator, user: &mut Known, progress: &Progress) -> bool {
    // As a client would: what was not acknowledged is asked for again.
    let (password, tried) = user
        .under_way
        .take()
        .unwrap_or_else(|| (format!("Larch-tree-{}-{}", user.person.id, user.version + user.sets + user.total), 0));
    user.under_way = Some((password.clone(), tried + 1));
    match set(address, user.door, shown, &user.person, &password) {
        Ok(Said::True) => {
            user.acknowledged = password;
            user.under_way = None;
            user.unknown += tried;
            user.sets += 1;
            progress.acknowledged.fetch_add(1, Ordering::Relaxed);
            true
        }
        Ok(Said::Failed(_)) => {
            progress.failed[user.door as usize].fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(Duration::from_millis(10));
            true
        }
        // The server is gone.
        Err(_) => false,
    }
}

fn settle(address: &str, house: &House, user: &mut Known, first: u64) {
    let login = &user.person.login;
    let (under_way, tries) = user.under_way.take().unzip();
    let after = under_way.filter(|password| certainly(address, login, password));
    let before = certainly(address, login, &user.acknowledged);
    assert!(before != after.is_some(), "{login}: before {before}, after {}", after.is_some());

    let (version, records, told) = house.counted(&user.person);
    let least = user.version + user.sets + u64::from(after.is_some());
    let most = user.version + user.sets + user.unknown + after.as_ref().and(tries).unwrap_or(0);
    assert!((least..=most).contains(&version), "{login}: version {version}, not {least} to {most}");
    assert_eq!((records, told), (version - first, version - first), "{login}: one record for each version");

    user.total += user.sets;
    (user.sets, user.unknown, user.version) = (0, 0, version);
    user.acknowledged = after.unwrap_or_else(|| user.acknowledged.clone());
}

/// Whether it signs in, by a server that has just returned.
fn certainly(address: &str, login: &str, password: &str) -> bool {
    let mut answer = None;
    wait_until("a sign-in is judged", || {
        answer = sign_in(address, login, password).ok();
        answer.is_some()
    });
    answer.unwrap_or_default()
}
