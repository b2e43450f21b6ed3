//! The threads and the queue together, with slots that stop where a test wants them to.

use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};

use futures_util::FutureExt;

use super::*;
use crate::observer::Unobserved;

type Call<'a> = Pin<Box<dyn Future<Output = Result<u32, HashingError>> + Send + 'a>>;

enum Job {
    /// Say that it began, wait to be let go, answer the number.
    Number(u32),
    Panic,
}

struct Stopping {
    began: Sender<u32>,
    go: Receiver<()>,
    rests: Arc<AtomicUsize>,
}

impl Slot for Stopping {
    type Task = Job;
    type Answer = u32;

    fn run(&mut self, job: Job) -> u32 {
        match job {
            Job::Number(number) => {
                self.began.send(number).unwrap();
                self.go.recv().unwrap();
                number
            }
            Job::Panic => panic!("a bug in an implementation"),
        }
    }

    fn rest(&mut self) {
        self.rests.fetch_add(1, Ordering::SeqCst);
    }
}

/// A lane of one slot that does one task per `go`.
struct Fixture {
    lane: Lane<Stopping>,
    began: Receiver<u32>,
    go: Sender<()>,
    rests: Arc<AtomicUsize>,
}

impl Fixture {
    fn start(places: usize) -> Self {
        let (began_sender, began) = channel();
        let (go, go_receiver) = channel();
        let rests = Arc::new(AtomicUsize::new(0));
        let slot = Stopping { began: began_sender, go: go_receiver, rests: Arc::clone(&rests) };
        Self { lane: Lane::start(vec![slot], places, Arc::new(Unobserved)).unwrap(), began, go, rests }
    }

    /// Asks and leaves the call waiting; refused calls give their error.
    fn ask(&self, share: Share, number: u32) -> Result<Call<'_>, HashingError> {
        let mut call: Call<'_> = Box::pin(self.lane.run(share, Job::Number(number)));
        match call.as_mut().now_or_never() {
            None => Ok(call),
            Some(answer) => Err(answer.expect_err("nothing is let go yet")),
        }
    }

    /// A call that occupies the slot until it is let go.
    fn occupy(&self) -> Call<'_> {
        let call = self.ask(Share::SignIn, 0).unwrap();
        assert_eq!(self.began.recv().unwrap(), 0);
        call
    }

    /// Lets go what runs and says what begins next.
    fn next(&self) -> u32 {
        self.go.send(()).unwrap();
        self.began.recv().unwrap()
    }
}

#[tokio::test]
async fn a_flood_of_sign_ins_does_not_keep_a_keyed_caller_from_the_next_slot() {
    // R130.
    let fixture = Fixture::start(16);
    let mut calls = vec![fixture.occupy()];
    for number in 1..=8 {
        calls.push(fixture.ask(Share::SignIn, number).unwrap());
    }
    assert!(matches!(fixture.ask(Share::SignIn, 9), Err(HashingError::Busy { .. })));
    calls.push(fixture.ask(Share::Keyed, 100).unwrap());
    calls.push(fixture.ask(Share::Keyed, 101).unwrap());
    let order: Vec<u32> = (0..10).map(|_| fixture.next()).collect();
    assert_eq!(order, [100, 1, 101, 2, 3, 4, 5, 6, 7, 8]);
    fixture.go.send(()).unwrap();
}

#[tokio::test]
async fn a_flood_of_keyed_callers_does_not_keep_a_sign_in_from_its_turn() {
    // R130, the other way round.
    let fixture = Fixture::start(16);
    let mut calls = vec![fixture.occupy()];
    for number in 1..=12 {
        calls.push(fixture.ask(Share::Keyed, number).unwrap());
    }
    assert!(matches!(fixture.ask(Share::Keyed, 13), Err(HashingError::Busy { .. })));
    calls.push(fixture.ask(Share::SignIn, 100).unwrap());
    assert_eq!([fixture.next(), fixture.next()], [1, 100]);
    (0..12).for_each(|_| fixture.go.send(()).unwrap());
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_names_a_time_and_serves_again_afterwards() {
    // R7, R131.
    let fixture = Fixture::start(16);
    let mut calls = vec![fixture.occupy()];
    while let Ok(call) = fixture.ask(Share::Keyed, 1) {
        calls.push(call);
    }
    while let Ok(call) = fixture.ask(Share::SignIn, 1) {
        calls.push(call);
    }
    let figures = fixture.lane.figures();
    assert_eq!((figures.waiting_keyed + figures.waiting_sign_in, figures.running), (16, 1));
    assert_eq!((figures.refused_keyed, figures.refused_sign_in), (1, 1));
    let Err(HashingError::Busy { retry_after }) = fixture.ask(Share::Keyed, 2) else { panic!("it was admitted") };
    assert!(retry_after >= Duration::from_secs(1) && retry_after.subsec_nanos() == 0);

    (0..17).for_each(|_| fixture.go.send(()).unwrap());
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(fixture.lane.figures().waiting_keyed, 0);
    fixture.go.send(()).unwrap();
    assert_eq!(fixture.lane.run(Share::SignIn, Job::Number(7)).await.unwrap(), 7);
}

#[tokio::test]
async fn a_caller_that_goes_away_in_the_queue_is_not_served() {
    // R131.
    let fixture = Fixture::start(16);
    let _first = fixture.occupy();
    let gone = fixture.ask(Share::Keyed, 1).unwrap();
    let _stays = fixture.ask(Share::Keyed, 2).unwrap();
    drop(gone);
    assert_eq!(fixture.next(), 2);
    assert_eq!(fixture.lane.figures().abandoned, 1);
    fixture.go.send(()).unwrap();
}

#[tokio::test]
async fn callers_that_went_away_make_room_for_those_who_stay() {
    // R131: connections opened and dropped do not hold the queue.
    let fixture = Fixture::start(16);
    let _first = fixture.occupy();
    let gone: Vec<_> = (1..=8).map(|number| fixture.ask(Share::SignIn, number).unwrap()).collect();
    drop(gone);
    let _stays = fixture.ask(Share::SignIn, 9).unwrap();
    assert_eq!(fixture.lane.figures().waiting_sign_in, 1);
    assert_eq!(fixture.next(), 9);
    fixture.go.send(()).unwrap();
}

#[tokio::test]
async fn a_panic_costs_its_own_task_and_no_other() {
    // R7.
    let fixture = Fixture::start(16);
    for _ in 0..3 {
        assert!(matches!(fixture.lane.run(Share::Keyed, Job::Panic).await, Err(HashingError::Failed)));
    }
    fixture.go.send(()).unwrap();
    assert_eq!(fixture.lane.run(Share::Keyed, Job::Number(5)).await.unwrap(), 5);
    let figures = fixture.lane.figures();
    assert_eq!((figures.panics, figures.running), (3, 0));
}

#[tokio::test]
async fn a_closed_lane_takes_nothing_in_and_finishes_what_waits() {
    let fixture = Fixture::start(16);
    let (first, second) = (fixture.occupy(), fixture.ask(Share::Keyed, 1).unwrap());
    fixture.lane.close();
    assert!(matches!(fixture.ask(Share::Keyed, 2), Err(HashingError::Failed)));
    fixture.go.send(()).unwrap();
    fixture.go.send(()).unwrap();
    assert_eq!((first.await.unwrap(), second.await.unwrap()), (0, 1));
}

#[tokio::test]
async fn a_slot_rests_when_nobody_waits_and_threads_end_with_the_lane() {
    // R115: memory is wiped once no hash follows that would overwrite it.
    let fixture = Fixture::start(16);
    let (first, second) = (fixture.occupy(), fixture.ask(Share::Keyed, 1).unwrap());
    let rests = fixture.rests.load(Ordering::SeqCst);
    assert_eq!(fixture.next(), 1);
    assert_eq!(fixture.rests.load(Ordering::SeqCst), rests, "the next one was waiting");
    fixture.go.send(()).unwrap();
    first.await.unwrap();
    second.await.unwrap();
    let Fixture { lane, rests: after, .. } = fixture;
    drop(lane);
    assert!(after.load(Ordering::SeqCst) > rests);
    assert_eq!(Arc::strong_count(&after), 1, "the thread has dropped its slot");
}
