//! The lane through its public door, with real hashes.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test by panicking")]

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use passgate_gate::hasher::{Hasher, HashingError, Share, Verification};
use passgate_gate::password::{Password, PasswordHash};
use passgate_gate::policy::{Names, Policy, Profile};
use passgate_gate::rng::OsRng;
use passgate_hashing::{
    Cost, HashingLane, Implementation, Observer, Pepper, PepperError, PepperId, PepperKey, Settings,
};
use zeroize::Zeroizing;

const MATCH: Verification = Verification::Match { outdated: false };
const OUTDATED: Verification = Verification::Match { outdated: true };

fn settings() -> Settings {
    Settings::with_slots(NonZeroUsize::new(2).unwrap())
}

fn lane(settings: Settings) -> HashingLane {
    HashingLane::start(settings, Arc::new(OsRng)).unwrap()
}

fn id(name: &str) -> PepperId {
    PepperId::new(name).unwrap()
}

fn key(byte: u8) -> PepperKey {
    PepperKey::new(Zeroizing::new(vec![byte; 32])).unwrap()
}

async fn made(lane: &HashingLane, password: &str) -> PasswordHash {
    lane.rehash(Share::Keyed, &Password::from(password)).await.unwrap()
}

async fn verified(lane: &HashingLane, password: &str, stored: &PasswordHash) -> Verification {
    lane.verify(Share::SignIn, &Password::from(password), Some(stored)).await.unwrap()
}

#[tokio::test]
async fn a_hash_is_argon2id_with_sixteen_bytes_of_salt_and_a_tag_of_thirty_two() {
    // R1.
    let hash = made(&lane(settings()), "Larch-tree-42").await;
    let fields: Vec<&str> = hash.as_phc().split('$').collect();
    assert_eq!(fields[..4], ["", "argon2id", "v=19", "m=19456,t=2,p=1"]);
    // 16 and 32 bytes in base64 without padding.
    assert_eq!((fields[4].len(), fields[5].len(), fields.len()), (22, 43, 6));
}

#[tokio::test]
async fn equal_passwords_give_different_rows() {
    // R1.
    let lane = lane(settings());
    let (one, other) = (made(&lane, "Larch-tree-42").await, made(&lane, "Larch-tree-42").await);
    assert!(one != other);
    assert_eq!(verified(&lane, "Larch-tree-42", &one).await, MATCH);
    assert_eq!(verified(&lane, "Larch-tree-42", &other).await, MATCH);
}

#[tokio::test]
async fn an_accepted_password_is_hashed_and_verifies_in_either_share() {
    // R1, R130.
    let lane = lane(settings());
    let accepted =
        Policy::default().accept(Profile::Pattern, Password::from("Larch-tree-42"), &Names::NONE).expect("it is good");
    let hash = lane.hash(Share::Keyed, &accepted).await.unwrap();
    for share in [Share::Keyed, Share::SignIn] {
        let answer = lane.verify(share, &Password::from("Larch-tree-42"), Some(&hash)).await.unwrap();
        assert_eq!(answer, MATCH);
    }
    assert_eq!(lane.figures().hashes, 3);
}

#[tokio::test]
async fn composed_and_decomposed_forms_are_one_password() {
    // R4.
    let lane = lane(settings());
    let hash = made(&lane, "Gr\u{fc}n-Wald-42").await;
    assert_eq!(verified(&lane, "Gru\u{308}n-Wald-42", &hash).await, MATCH);
    assert_eq!(verified(&lane, "Grun-Wald-42", &hash).await, Verification::Mismatch);
}

#[tokio::test]
async fn the_whole_password_counts() {
    // R4.
    let lane = lane(settings());
    for length in [64, 1_024] {
        let password = "a1".repeat(length / 2);
        let hash = made(&lane, &password).await;
        assert_eq!(verified(&lane, &password, &hash).await, MATCH);
        assert_eq!(verified(&lane, &password[..length - 1], &hash).await, Verification::Mismatch);
        assert_eq!(verified(&lane, &format!("{password} "), &hash).await, Verification::Mismatch);
        assert_eq!(verified(&lane, &password.to_uppercase(), &hash).await, Verification::Mismatch);
    }
}

#[tokio::test]
async fn nothing_to_compare_with_costs_one_hash_and_never_matches() {
    // R55.
    let lane = lane(settings());
    let before = lane.figures().hashes;
    let answer = lane.verify(Share::SignIn, &Password::from("Larch-tree-42"), None).await.unwrap();
    assert_eq!(answer, Verification::Mismatch);
    assert_eq!(lane.figures().hashes, before + 1);
}

#[tokio::test]
async fn a_missing_foreign_or_corrupt_row_costs_one_hash_and_never_matches() {
    // R6; R128 for those that would cost more than the ceiling.
    let lane = lane(settings());
    let good = made(&lane, "Larch-tree-42").await;
    let text = good.as_phc();
    for row in [
        String::new(),
        "Larch-tree-42".to_owned(),
        "$2b$12$abcdefghijklmnopqrstuvabcdefghijklmnopqrstuvwxyz01234".to_owned(),
        text.replace("argon2id", "argon2i"),
        text.replace("v=19", "v=16"),
        text.replace("m=19456", "m=4294967295"),
        text.replace("t=2", "t=4000000000"),
        text.replace("p=1", "p=16777215"),
        text.replace("m=19456", "m=0"),
        text[..text.len() - 1].to_owned(),
        format!("{text}A"),
        format!("{text}\0"),
        text.replace("p=1", "p=1,keyid=bm9uZQ"),
    ] {
        let before = lane.figures().hashes;
        let answer = verified(&lane, "Larch-tree-42", &PasswordHash::from_phc(row.clone())).await;
        assert_eq!((answer, lane.figures().hashes), (Verification::Mismatch, before + 1), "{row}");
    }
    assert_eq!(verified(&lane, "Larch-tree-42", &good).await, MATCH);
    assert_eq!(lane.figures().panics, 0);
}

#[tokio::test]
async fn rows_of_other_settings_verify_and_are_outdated() {
    // R2.
    let weak = lane(settings());
    let strong = lane(Settings { cost: Cost::HIGH, ..settings() });
    let (from_weak, from_strong) = (made(&weak, "Larch-tree-42").await, made(&strong, "Larch-tree-42").await);
    assert!(from_strong.as_phc().starts_with("$argon2id$v=19$m=65536,t=3,p=4$"));
    assert_eq!(verified(&strong, "Larch-tree-42", &from_weak).await, OUTDATED);
    assert_eq!(verified(&weak, "Larch-tree-42", &from_strong).await, OUTDATED);
    assert_eq!(verified(&strong, "Larch-tree-42", &from_strong).await, MATCH);
    assert_eq!(verified(&strong, "larch-tree-42", &from_weak).await, Verification::Mismatch);
}

#[tokio::test]
async fn without_the_pepper_key_no_password_verifies() {
    // R3.
    let peppered = lane(Settings { pepper: Pepper::current(id("k1"), key(1)), ..settings() });
    let hash = made(&peppered, "Larch-tree-42").await;
    assert_eq!(verified(&peppered, "Larch-tree-42", &hash).await, MATCH);
    let unnamed = PasswordHash::from_phc(hash.as_phc().replace(",keyid=azE", ""));
    assert!(unnamed != hash, "the row names its key");
    for other in [
        lane(settings()),
        lane(Settings { pepper: Pepper::current(id("k2"), key(1)), ..settings() }),
        lane(Settings { pepper: Pepper::current(id("k1"), key(2)), ..settings() }),
    ] {
        assert_eq!(verified(&other, "Larch-tree-42", &hash).await, Verification::Mismatch);
        assert_eq!(verified(&other, "Larch-tree-42", &unnamed).await, Verification::Mismatch);
    }
}

#[tokio::test]
async fn a_pepper_is_rotated_while_older_rows_still_verify() {
    // R2, R3.
    let plain = made(&lane(settings()), "Larch-tree-42").await;
    let first = lane(Settings { pepper: Pepper::current(id("k1"), key(1)), ..settings() });
    let with_first = made(&first, "Larch-tree-42").await;
    assert_eq!(verified(&first, "Larch-tree-42", &plain).await, OUTDATED);

    let both = Pepper::current(id("k2"), key(2)).and_older(id("k1"), key(1)).unwrap();
    let second = lane(Settings { pepper: both, ..settings() });
    assert_eq!(verified(&second, "Larch-tree-42", &with_first).await, OUTDATED);
    let renewed = made(&second, "Larch-tree-42").await;
    assert!(renewed.as_phc().contains(",keyid=azI$"));
    assert_eq!(verified(&second, "Larch-tree-42", &renewed).await, MATCH);
}

#[test]
fn a_pepper_that_cannot_work_is_refused() {
    // R3.
    assert_eq!(PepperKey::new(Zeroizing::new(vec![1; 15])).unwrap_err(), PepperError::Length);
    assert_eq!(PepperKey::new(Zeroizing::new(vec![1; 65])).unwrap_err(), PepperError::Length);
    for name in ["", "ninebytes", "a,b", "a$b", "ä"] {
        assert_eq!(PepperId::new(name).unwrap_err(), PepperError::Name, "{name}");
    }
    let twice = Pepper::current(id("k1"), key(1)).and_older(id("k1"), key(2));
    assert_eq!(twice.unwrap_err(), PepperError::Twice);
}

#[test]
fn no_key_is_printed() {
    // R115.
    let printed = format!("{:?}", Settings { pepper: Pepper::current(id("k1"), key(77)), ..settings() });
    assert!(printed.contains("PepperKey(..)") && !printed.contains("77"), "{printed}");
}

#[tokio::test]
async fn a_hundred_sign_ins_at_once_use_the_memory_of_the_slots_and_the_rest_is_told_to_come_back() {
    // R7, R128, R131.
    let lane = lane(settings());
    let hash = made(&lane, "Larch-tree-42").await;
    let wrong = Password::from("wrong");
    let calls = (0..100).map(|_| lane.verify(Share::SignIn, &wrong, Some(&hash)));
    let answers = join_all(calls).await;
    let busy = answers.iter().filter(|answer| matches!(answer, Err(HashingError::Busy { .. }))).count();
    let served = answers.iter().filter(|answer| matches!(answer, Ok(Verification::Mismatch))).count();
    let figures = lane.figures();
    assert_eq!(busy + served, 100);
    assert!(served >= 8, "half of the queue at least, whatever the slots took meanwhile: {served}");
    assert_eq!((figures.refused_sign_in, figures.hashes), (busy as u64, 1 + served as u64));
    assert_eq!((figures.memory_kib, figures.allocations), (2 * 19_456, 2));
    assert_eq!(verified(&lane, "Larch-tree-42", &hash).await, MATCH);
}

#[tokio::test]
async fn a_closed_lane_fails_instead_of_hashing() {
    let lane = lane(settings());
    lane.close();
    let answer = lane.verify(Share::Keyed, &Password::from("Larch-tree-42"), None).await;
    assert!(matches!(answer, Err(HashingError::Failed)));
    assert_eq!(lane.figures().hashes, 0);
}

#[cfg(not(feature = "fast-argon2"))]
#[test]
fn an_implementation_that_is_not_compiled_in_is_refused_at_start() {
    let fast = Settings { implementation: Implementation::Fast, ..settings() };
    let refused = HashingLane::start(fast, Arc::new(OsRng)).err();
    assert!(matches!(refused, Some(passgate_hashing::StartError::NotAvailable(Implementation::Fast))));
}

#[cfg(feature = "fast-argon2")]
#[tokio::test]
async fn rows_of_one_implementation_verify_with_the_other() {
    // dependencies 5, ruling 1: a setting goes back and forth.
    let mature = lane(settings());
    let fast = lane(Settings { implementation: Implementation::Fast, ..settings() });
    for (maker, reader) in [(&mature, &fast), (&fast, &mature)] {
        let hash = made(maker, "Larch-tree-42").await;
        assert_eq!(verified(reader, "Larch-tree-42", &hash).await, MATCH);
        assert_eq!(verified(reader, "larch-tree-42", &hash).await, Verification::Mismatch);
    }
}

#[derive(Default)]
struct Notes(Mutex<Vec<Share>>);

impl Observer for Notes {
    fn hashed(&self, share: Share, _waited: std::time::Duration, took: std::time::Duration) {
        assert!(!took.is_zero());
        self.0.lock().unwrap().push(share);
    }
}

#[tokio::test]
async fn every_hash_is_told_once_dummies_too_and_a_closed_lane_says_so() {
    // R55: nobody can tell a dummy from the count.
    let notes = Arc::new(Notes::default());
    let lane = HashingLane::start_observed(settings(), Arc::new(OsRng), notes.clone()).unwrap();
    assert!(lane.takes_work());
    made(&lane, "Larch-tree-42").await;
    lane.verify(Share::SignIn, &Password::from("nobody"), None).await.unwrap();
    lane.close();
    assert!(!lane.takes_work());
    drop(lane);
    assert_eq!(*notes.0.lock().unwrap(), [Share::Keyed, Share::SignIn]);
}
