//! What an observer is told: each attempt once, in words of ours alone (R112).

use std::sync::{Arc, Mutex};

use passgate_gate::audit::{Door, Operation};
use passgate_gate::authority::Act;
use passgate_gate::observer::Observer;
use passgate_gate::operations::Demand;
use passgate_gate::rng::OsRng;
use passgate_gate::{Gate, Settings};
use passgate_testing::{PASSWORD, Person, TestGate};

use crate::sets::{NEW, number, to};

type Told = (&'static str, &'static str, Option<&'static str>);

#[derive(Default)]
struct Notes(Mutex<Vec<Told>>);

impl Observer for Notes {
    fn outcome(&self, door: Door, operation: Operation, refused: Option<&'static str>) {
        self.0.lock().unwrap().push((door.name(), operation.name(), refused));
    }
}

async fn watched() -> (TestGate, Arc<Notes>) {
    let mut app = TestGate::open().await;
    let notes = Arc::new(Notes::default());
    let clock = Arc::new(app.clock.clone());
    let gate = Gate::new(app.store.clone(), app.lane.clone(), clock, Arc::new(OsRng), Settings::default()).unwrap();
    app.gate = Arc::new(gate.observed_by(notes.clone()));
    (app, notes)
}

impl Notes {
    fn take(&self) -> Vec<Told> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[tokio::test]
async fn each_attempt_is_told_once_with_the_word_of_its_record() {
    // Outcomes by door.
    let (app, notes) = watched().await;
    let door = Door::EcgridRest;

    assert!(!app.accepts("driver1", "wrong").await);
    assert_eq!(notes.take(), [("ecgrid-rest", "sign-in", Some("sign-in-failed"))]);

    let caller = app.caller(Person::Admin, door, Operation::SetPassword).await;
    assert_eq!(notes.take(), [("ecgrid-rest", "sign-in", None)], "a proof alone is no attempt yet");

    app.gate.permit(&caller, Act::SetPassword).await.unwrap();
    app.gate.set_password(&caller, to(number(Person::Driver), "short", Demand::ByRule)).await.unwrap_err();
    app.gate.set_password(&caller, to(number(Person::Driver), NEW, Demand::ByRule)).await.unwrap();
    assert_eq!(
        notes.take(),
        [("ecgrid-rest", "set-password", Some("password-too-short")), ("ecgrid-rest", "set-password", None)]
    );

    let driver = app.sign_in("driver1", NEW).await.unwrap();
    let leaving = app.by_session(driver, door, Operation::SignOut).await.unwrap();
    app.gate.permit(&leaving, Act::SetPassword).await.unwrap_err();
    app.gate.sign_out(&leaving).await.unwrap();
    let told = notes.take();
    assert_eq!(told[0], ("ecgrid-rest", "sign-in", None));
    assert_eq!(told[1], ("ecgrid-rest", "sign-out", Some("level-too-low")));
    assert_eq!(told[2..], [("ecgrid-rest", "sign-out", None)]);
}

#[tokio::test]
async fn a_fresh_token_and_a_used_one_are_told_once_each() {
    // R39
    let (app, notes) = watched().await;
    let signed_in = app.sign_in("driver1", PASSWORD).await.unwrap();
    notes.take();
    let origin = app.origin(Door::EcgridRest, Operation::RefreshSession);
    app.gate.refresh(&origin, &signed_in.token).await.unwrap();
    app.gate.refresh(&origin, &signed_in.token).await.unwrap_err();
    app.gate.refused(&origin, None, "no-credential").await.unwrap();
    let refresh = |refused| ("ecgrid-rest", "refresh-session", refused);
    assert_eq!(notes.take(), [refresh(None), refresh(Some("unidentified")), refresh(Some("no-credential"))]);
}
