//! A way to PostgreSQL that a test can cut: at once, or in the middle of a commit.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::postgres::Cluster;

/// What the way does to those who take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It lets everything through.
    Open,
    /// It lets nobody through; who was on it is cut.
    Cut,
    /// It is cut by the next commit, which does not arrive.
    CutBeforeCommit,
    /// It is cut by the next answer to a commit: the commit arrives, its answer does not.
    CutAfterCommit,
}

/// A socket beside the cluster's own.
pub struct Cuttable {
    folder: tempfile::TempDir,
    state: Arc<Mutex<State>>,
}

struct State {
    way: Way,
    /// Commits that pass before the one that is cut.
    spared: u32,
    streams: Vec<UnixStream>,
}

impl Cuttable {
    /// An open way to a cluster.
    ///
    /// # Panics
    /// When there can be no socket, as everything here.
    pub fn to(cluster: &Cluster) -> Self {
        let folder = tempfile::Builder::new().prefix("passgate-way-").tempdir().expect("a folder");
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).expect("a socket");
        let state = Arc::new(Mutex::new(State { way: Way::Open, spared: 0, streams: Vec::new() }));
        let (server, shared) = (cluster.socket(), state.clone());
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                accept(&client, &server, &shared);
            }
        });
        Self { folder, state }
    }

    /// The address of a database over this way.
    pub fn url(&self, database: &str) -> String {
        format!("host={} user=passgate dbname={database}", self.folder.path().display())
    }

    /// Opens or cuts it.
    pub fn set(&self, way: Way) {
        self.set_sparing(way, 0);
    }

    /// The same, where the way is cut by a commit after so many others.
    pub fn set_sparing(&self, way: Way, commits: u32) {
        let mut state = lock(&self.state);
        (state.way, state.spared) = (way, commits);
        if way == Way::Cut {
            cut(&mut state);
        }
    }

    /// What it does now; one that was to be cut by a commit tells that it was.
    pub fn way(&self) -> Way {
        lock(&self.state).way
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn cut(state: &mut State) {
    for stream in state.streams.drain(..) {
        let _ = stream.shutdown(Shutdown::Both);
    }
}

fn accept(client: &UnixStream, server: &Path, shared: &Arc<Mutex<State>>) {
    let mut state = lock(shared);
    let Ok(server) = UnixStream::connect(server) else { return };
    if state.way == Way::Cut {
        return;
    }
    let copies = || Some((client.try_clone().ok()?, server.try_clone().ok()?));
    let (Some(kept), Some(there), Some(back)) = (copies(), copies(), copies()) else { return };
    state.streams.extend([kept.0, kept.1]);
    let waits = Arc::new(Mutex::new(false));
    let (to_server, to_client) = ((shared.clone(), waits.clone()), (shared.clone(), waits));
    thread::spawn(move || carry(there.0, there.1, |chunk| passes_to_server(chunk, &to_server.0, &to_server.1)));
    thread::spawn(move || carry(back.1, back.0, |_| passes_to_client(&to_client.0, &to_client.1)));
}

fn carry(mut from: UnixStream, mut to: UnixStream, passes: impl Fn(&[u8]) -> bool) {
    let mut chunk = [0; 8192];
    while let Ok(read @ 1..) = from.read(&mut chunk) {
        if !passes(&chunk[..read]) || to.write_all(&chunk[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

fn passes_to_server(chunk: &[u8], shared: &Mutex<State>, waits: &Mutex<bool>) -> bool {
    if !chunk.windows(7).any(|window| window == b"COMMIT\0") {
        return true;
    }
    let mut state = lock(shared);
    if state.spared > 0 {
        state.spared -= 1;
        return true;
    }
    match state.way {
        Way::CutBeforeCommit => {
            state.way = Way::Open;
            cut(&mut state);
            false
        }
        Way::CutAfterCommit => {
            *waits.lock().unwrap_or_else(PoisonError::into_inner) = true;
            true
        }
        Way::Open | Way::Cut => true,
    }
}

fn passes_to_client(shared: &Mutex<State>, waits: &Mutex<bool>) -> bool {
    if !*waits.lock().unwrap_or_else(PoisonError::into_inner) {
        return true;
    }
    let mut state = lock(shared);
    state.way = Way::Open;
    cut(&mut state);
    false
}
