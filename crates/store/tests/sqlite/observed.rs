//! What an observer of the store is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use passgate_gate::audit::Operation;
use passgate_gate::store::Store;
use passgate_store::{Access, Observer, SqliteOptions, SqliteStore};

use super::Place;
use crate::contract::world::*;

#[derive(Debug, Default)]
struct Notes {
    acts: Mutex<Vec<(&'static str, Access, bool)>>,
    commits: Mutex<Vec<usize>>,
}

impl Observer for Notes {
    fn acted(&self, act: &'static str, access: Access, _took: Duration, succeeded: bool) {
        self.acts.lock().unwrap().push((act, access, succeeded));
    }

    fn committed(&self, acts: usize, _took: Duration) {
        self.commits.lock().unwrap().push(acts);
    }
}

#[tokio::test]
async fn acts_are_told_by_name_and_commits_by_size() {
    let place = Place::new();
    let notes = Arc::new(Notes::default());
    let options = SqliteOptions { observer: notes.clone(), ..SqliteOptions::default() };
    let store = SqliteStore::create(&place.path(), &options).unwrap();
    populate(&store).await;
    notes.acts.lock().unwrap().clear();
    notes.commits.lock().unwrap().clear();

    let bob = account(&store, BOB).await;
    replace(&store, set(&bob, "$argon2id$new", at(1))).await;
    store.sign_in_match(&passgate_gate::store::NameQuery::Login("bob".to_owned())).await.unwrap();
    store.close();
    store.record(event(Operation::SignIn, at(2))).await.unwrap_err();

    let acts = notes.acts.lock().unwrap().clone();
    assert_eq!(
        acts,
        [
            ("account_by_id", Access::Read, true),
            ("replace_password", Access::Write, true),
            ("sign_in_match", Access::Read, true),
            ("record", Access::Write, false),
        ]
    );
    assert_eq!(*notes.commits.lock().unwrap(), [1]);
}
