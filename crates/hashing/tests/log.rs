//! What the lane logs. A program of its own, since another test that logs nothing may switch a place in the
//! code off for all threads at the moment when this one switches it on.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test by panicking")]

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use passgate_gate::hasher::{Hasher, Share, Verification};
use passgate_gate::password::{Password, PasswordHash};
use passgate_gate::rng::OsRng;
use passgate_hashing::{HashingLane, Settings};

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_corrupt_row_is_logged_without_the_row_and_without_the_password() {
    // R6, R115.
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone());
    let _guard = tracing::subscriber::set_default(subscriber.finish());
    let lane = HashingLane::start(Settings::with_slots(NonZeroUsize::MIN), Arc::new(OsRng)).unwrap();
    let row = PasswordHash::from_phc("$argon2id$v=19$canary".to_owned());
    let answer = lane.verify(Share::SignIn, &Password::from("Larch-tree-42"), Some(&row)).await.unwrap();
    assert_eq!(answer, Verification::Mismatch);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("ERROR") && text.contains("reason=damaged"), "{text}");
    assert!(!text.contains("canary") && !text.contains("Larch"), "{text}");
}
