//! Six writers, each of which sets the password of its user without pause through both nodes in turn, and what they
//! know of it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::house::House;
use crate::load::sets::{Person, sign_in};
use crate::support::try_send;
use crate::wait_until;

const WRITERS: usize = 6;

/// What one writer knows of its user's password.
pub(crate) struct Known {
    pub(crate) person: Person,
    /// The last one that a node said is set.
    pub(crate) acknowledged: String,
    /// The one whose set was not acknowledged.
    under_way: Option<String>,
    /// The requests that were acknowledged.
    pub(crate) requests: Vec<String>,
    /// Sets whose end is not known: each may hold.
    pub(crate) unknown: u64,
    /// The version with which the user came.
    pub(crate) first: u64,
}

/// The writers at work.
pub(crate) struct Writers {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    users: Vec<Mutex<Known>>,
    nodes: Vec<String>,
    key: String,
    acknowledged: AtomicUsize,
    // Held by whoever sets; taken whole by whoever looks.
    quiet: RwLock<()>,
    over: AtomicBool,
    returned: Mutex<Returned>,
}

/// Which nodes have acknowledged a set that began after this.
struct Returned {
    since: Instant,
    after: Vec<Option<Duration>>,
}

impl Writers {
    pub(crate) fn of(house: &House) -> Self {
        let known = house.people.iter().take(WRITERS).map(|(person, password)| Known {
            person: person.clone(),
            acknowledged: password.clone(),
            under_way: None,
            requests: Vec::new(),
            unknown: 0,
            first: house.counted(person).0,
        });
        let nodes: Vec<_> = house.nodes.iter().map(|node| node.address.clone()).collect();
        let shared = Arc::new(Shared {
            users: known.map(Mutex::new).collect(),
            returned: Mutex::new(Returned { since: Instant::now(), after: vec![None; nodes.len()] }),
            nodes,
            key: house.administrator.key.clone(),
            acknowledged: AtomicUsize::new(0),
            quiet: RwLock::new(()),
            over: AtomicBool::new(false),
        });
        let threads = (0..shared.users.len())
            .map(|at| {
                let shared = shared.clone();
                std::thread::spawn(move || write(&shared, at))
            })
            .collect();
        Self { shared, threads }
    }

    pub(crate) fn acknowledged(&self) -> usize {
        self.shared.acknowledged.load(Ordering::Relaxed)
    }

    /// From now on it is watched when service returns.
    pub(crate) fn watch(&self) {
        let mut returned = self.shared.returned.lock().unwrap();
        *returned = Returned { since: Instant::now(), after: vec![None; self.shared.nodes.len()] };
    }

    /// How long it took until each node had acknowledged a set again.
    pub(crate) fn returned(&self) -> Option<Duration> {
        let returned = self.shared.returned.lock().unwrap();
        let all: Option<Vec<_>> = returned.after.iter().copied().collect();
        all?.into_iter().max()
    }

    /// Waits until nothing is under way, and holds the writers for a look.
    pub(crate) fn pause<T>(&self, look: impl FnOnce(&[Mutex<Known>]) -> T) -> T {
        let _quiet = self.shared.quiet.write().unwrap();
        look(&self.shared.users)
    }

    /// Every user signs in, at either node, with exactly one of two passwords: the last one that was acknowledged, or
    /// the one that was under way.
    pub(crate) fn settle(&self) {
        self.pause(|users| {
            for (user, node) in users.iter().zip(self.shared.nodes.iter().cycle()) {
                user.lock().unwrap().settle(node);
            }
        });
    }

    pub(crate) fn end(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().unwrap();
        }
    }
}

impl Drop for Writers {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
    }
}

fn write(shared: &Shared, at: usize) {
    for step in at.. {
        if shared.over.load(Ordering::Relaxed) {
            return;
        }
        let node = step % shared.nodes.len();
        let began = Instant::now();
        let held = shared.quiet.read().unwrap();
        let done = shared.users[at].lock().unwrap().set(&shared.nodes[node], &shared.key);
        drop(held);
        if done {
            shared.acknowledged.fetch_add(1, Ordering::Relaxed);
            let mut returned = shared.returned.lock().unwrap();
            if began > returned.since && returned.after[node].is_none() {
                returned.after[node] = Some(returned.since.elapsed());
            }
        }
        // Steady, and not more than the machine can do beside three databases.
        std::thread::sleep(Duration::from_millis(if done { 20 } else { 200 }));
    }
}

impl Known {
    /// Whether a set was acknowledged. As a client would, it asks again for what was not.
    fn set(&mut self, address: &str, key: &str) -> bool {
        let fresh = || format!("Larch-tree-{}-{}", self.person.id, self.requests.len());
        let password = self.under_way.take().unwrap_or_else(fresh);
        let body = json!({ "userId": self.person.id, "newPassword": password }).to_string();
        let head =
            format!("POST /v2/users/password HTTP/1.1\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\n");
        match try_send(address, &head, &body) {
            Ok(answer) if answer.starts_with("HTTP/1.1 200 ") => {
                assert!(answer.ends_with("{\"success\":true,\"data\":true}"), "{answer}");
                self.requests.push(request_of(&answer));
                self.acknowledged = password;
                true
            }
            Ok(answer) if !answer.starts_with("HTTP/1.1 5") => panic!("{answer}"),
            // Whatever the server says of its own failure, and what a cut connection says: nobody knows.
            Ok(_) | Err(_) => {
                self.under_way = Some(password);
                self.unknown += 1;
                false
            }
        }
    }

    fn settle(&mut self, address: &str) {
        let login = &self.person.login;
        let after = self.under_way.take_if(|password| certainly(address, login, password));
        let before = certainly(address, login, &self.acknowledged);
        assert!(before != after.is_some(), "{login}: before {before}, after {}", after.is_some());
        if let Some(after) = after {
            self.acknowledged = after;
        }
    }
}

fn request_of(answer: &str) -> String {
    let line = answer.lines().find_map(|line| line.strip_prefix("passgate-request-id: "));
    line.unwrap_or_else(|| panic!("no request id: {answer}")).trim().to_owned()
}

/// Whether it signs in, by a node that has just returned.
fn certainly(address: &str, login: &str, password: &str) -> bool {
    let mut answer = None;
    wait_until("a sign-in is judged", || {
        answer = sign_in(address, login, password).ok();
        answer.is_some()
    });
    answer.unwrap_or_default()
}
