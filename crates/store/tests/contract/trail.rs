//! The trail beyond the chains: checkpoints, delivery to second places, retention. R110, R114.

use jiff::{SignedDuration, Timestamp};
use passgate_gate::audit::{AuditEvent, Chain, GENESIS, Operation};
use passgate_gate::digest::Digest;
use passgate_gate::store::Outcome;
use passgate_store::{
    Broken, Checkpoint, Damage, Delivered, Prune, Trail, Unsigned, VerifyError, verify_chain, verify_chain_with,
};

use super::world::*;

fn chain() -> Chain {
    Chain(Some(tenant_id(TENANT)))
}

/// Records in the tenant's chain, and nothing signed.
async fn records(store: &dyn Trail, count: i64) {
    for n in 0..count {
        store.record(event(Operation::SignIn, at(n))).await.unwrap();
    }
}

/// The checkpoint of a record as it is; the store looks at no signature.
async fn checkpoint(store: &dyn Trail, sequence: i64, time: Timestamp) -> Checkpoint {
    let record = store.events(chain(), sequence - 1, 1).await.unwrap().remove(0);
    let signature = sequence.to_be_bytes().to_vec();
    Checkpoint { id: record.id, hash: record.hash, time, signer: "key".into(), signature }
}

async fn kept(store: &dyn Trail, sequence: i64) -> Checkpoint {
    let checkpoint = checkpoint(store, sequence, at(sequence)).await;
    assert_eq!(store.keep_checkpoints(vec![checkpoint.clone()]).await.unwrap(), [checkpoint.id]);
    checkpoint
}

fn prune(to: Checkpoint, sinks: &[&str]) -> Prune {
    let sinks = sinks.iter().map(|&name| name.to_owned()).collect();
    Prune { to, sinks, event: event(Operation::PruneAudit, at(100)) }
}

fn delivered(sequence: i64, checkpoint: i64) -> Delivered {
    Delivered { chain: chain(), sequence, checkpoint }
}

async fn lease(store: &dyn Trail, name: &str, holder: &str, second: i64) -> bool {
    store.take_lease(name, holder, at(second), at(second + 10)).await.unwrap()
}

fn hash(store_head: (i64, Digest)) -> Digest {
    store_head.1
}

pub(crate) async fn a_checkpoint_is_kept_once_and_only_of_a_record_that_is_there(store: &dyn Trail) {
    // R110
    records(store, 3).await;
    let good = checkpoint(store, 2, at(9)).await;
    let forged = Checkpoint { hash: digest("another"), ..checkpoint(store, 3, at(9)).await };
    assert_eq!(store.keep_checkpoints(vec![forged, good.clone()]).await.unwrap(), [good.id]);
    let again = Checkpoint { time: at(10), ..good.clone() };
    assert_eq!(store.keep_checkpoints(vec![again]).await.unwrap(), []);
    assert_eq!(store.checkpoints(chain(), 0, 10).await.unwrap(), [good]);
    assert_eq!(store.checkpoints(chain(), 2, 10).await.unwrap(), []);
}

pub(crate) async fn a_chain_is_unsigned_while_it_has_records_beyond_its_checkpoint(store: &dyn Trail) {
    // R110
    records(store, 2).await;
    store.record(AuditEvent { tenant: None, ..event(Operation::SignIn, at(0)) }).await.unwrap();
    let all = store.unsigned(None, 10).await.unwrap();
    assert_eq!(all.iter().map(|one| one.chain).collect::<Vec<_>>(), [Chain(None), chain()]);
    let head = store.head(chain()).await.unwrap();
    let none = (0, Digest::from_bytes(GENESIS));
    assert_eq!(all[1], Unsigned { chain: chain(), head, signed: none });
    assert_eq!(store.unsigned(Some(Chain(None)), 10).await.unwrap(), [all[1]]);
    assert_eq!(store.unsigned(None, 1).await.unwrap(), [all[0]]);

    kept(store, 2).await;
    assert_eq!(store.unsigned(Some(Chain(None)), 10).await.unwrap(), []);
    records(store, 1).await;
    let later = store.unsigned(Some(Chain(None)), 10).await.unwrap();
    assert_eq!(later, [Unsigned { chain: chain(), head: store.head(chain()).await.unwrap(), signed: head }]);
}

pub(crate) async fn a_chain_is_held_against_what_was_signed_of_it(store: &dyn Trail) {
    // R110: a cut tail, and a chain written anew
    records(store, 3).await;
    let at_two = store.events(chain(), 1, 1).await.unwrap()[0].hash;
    let head = store.head(chain()).await.unwrap();
    assert_eq!(verify_chain_with(store, chain(), &[(3, hash(head)), (2, at_two)]).await.unwrap().records, 3);
    for (signed, at, what) in [
        ((2, digest("another")), 2, Damage::Replaced),
        ((3, digest("another")), 3, Damage::Replaced),
        ((4, digest("gone")), 4, Damage::Cut),
    ] {
        let error = verify_chain_with(store, chain(), &[signed]).await.unwrap_err();
        assert!(
            matches!(&error, VerifyError::Broken(Broken { at: a, what: w }) if *a == at && *w == what),
            "{error:?}"
        );
    }
}

pub(crate) async fn a_pruned_chain_verifies_from_its_anchor(store: &dyn Trail) {
    // R110
    records(store, 6).await;
    kept(store, 2).await;
    let anchor = kept(store, 4).await;
    assert_eq!(store.prune(prune(anchor.clone(), &[])).await.unwrap(), Outcome::Done(4));

    assert_eq!(store.anchor(chain()).await.unwrap(), (4, anchor.hash));
    assert_eq!(store.anchor_checkpoint(chain()).await.unwrap(), Some(anchor.clone()));
    assert_eq!(store.checkpoints(chain(), 0, 10).await.unwrap(), std::slice::from_ref(&anchor));
    let left = store.events(chain(), 0, 10).await.unwrap();
    assert_eq!(left.iter().map(|event| event.id.sequence).collect::<Vec<_>>(), [5, 6, 7]);
    assert_eq!((left[2].operation.as_str(), left[2].note.as_str()), ("prune-audit", "removed=1..4"));
    let verified = verify_chain_with(store, chain(), &[(2, digest("long gone")), (4, anchor.hash)]).await.unwrap();
    assert_eq!((verified.records, verified.removed), (7, 4));
    assert_eq!(verify_chain(store, chain()).await.unwrap(), verified);

    assert_eq!(store.prune(prune(anchor, &[])).await.unwrap(), Outcome::Stale);
    let next = kept(store, 7).await;
    assert_eq!(store.prune(prune(next, &[])).await.unwrap(), Outcome::Done(3));
    let verified = verify_chain(store, chain()).await.unwrap();
    assert_eq!((verified.records, verified.removed), (8, 7));
}

pub(crate) async fn a_chain_is_pruned_up_to_a_kept_checkpoint_only(store: &dyn Trail) {
    // R110
    records(store, 4).await;
    let unkept = checkpoint(store, 3, at(0)).await;
    let good = kept(store, 2).await;
    let resigned = Checkpoint { signature: vec![9; 64], ..good.clone() };
    for to in [unkept, resigned, Checkpoint { hash: digest("another"), ..good }] {
        assert_eq!(store.prune(prune(to, &[])).await.unwrap(), Outcome::Stale);
    }
    assert_eq!(store.events(chain(), 0, 10).await.unwrap().len(), 4);
    assert_eq!(store.anchor_checkpoint(chain()).await.unwrap(), None);
}

pub(crate) async fn nothing_is_pruned_that_a_second_place_has_not_received(store: &dyn Trail) {
    // R114
    records(store, 4).await;
    let to = kept(store, 3).await;
    assert!(lease(store, "one", "us", 0).await && lease(store, "two", "us", 0).await);
    store.note_delivered("one", "us", vec![delivered(3, 0)]).await.unwrap();
    store.note_delivered("two", "us", vec![delivered(2, 0)]).await.unwrap();
    assert_eq!(store.prune(prune(to.clone(), &["one", "two"])).await.unwrap(), Outcome::Stale);
    assert_eq!(store.prune(prune(to.clone(), &["three"])).await.unwrap(), Outcome::Stale);
    store.note_delivered("two", "us", vec![delivered(3, 0)]).await.unwrap();
    assert_eq!(store.prune(prune(to, &["one", "two"])).await.unwrap(), Outcome::Done(3));
}

pub(crate) async fn a_second_place_lacks_what_was_not_noted_as_delivered(store: &dyn Trail) {
    // R114
    records(store, 3).await;
    store.record(AuditEvent { tenant: None, ..event(Operation::SignIn, at(0)) }).await.unwrap();
    let system = Delivered { chain: Chain(None), sequence: 0, checkpoint: 0 };
    assert_eq!(store.undelivered("one", 10).await.unwrap(), [system, delivered(0, 0)]);
    assert_eq!(store.undelivered("one", 1).await.unwrap(), [system]);
    assert!(lease(store, "one", "us", 0).await);
    let all_of_it = Delivered { sequence: 1, ..system };
    assert_eq!(store.note_delivered("one", "us", vec![all_of_it, delivered(2, 0)]).await.unwrap(), Outcome::Done(()));
    assert_eq!(store.undelivered("one", 10).await.unwrap(), [delivered(2, 0)]);
    assert_eq!(store.delivered("one", chain()).await.unwrap(), delivered(2, 0));
    assert_eq!(store.delivered("two", chain()).await.unwrap(), delivered(0, 0));

    store.note_delivered("one", "us", vec![delivered(3, 0)]).await.unwrap();
    store.note_delivered("one", "us", vec![delivered(1, 0)]).await.unwrap();
    assert_eq!(store.undelivered("one", 10).await.unwrap(), [], "it never goes back");
    kept(store, 3).await;
    assert_eq!(store.undelivered("one", 10).await.unwrap(), [delivered(3, 0)], "the checkpoint is lacking");
    store.note_delivered("one", "us", vec![delivered(3, 3)]).await.unwrap();
    assert_eq!(store.undelivered("one", 10).await.unwrap(), []);
}

pub(crate) async fn a_lease_has_one_holder_until_it_runs_out_or_is_given_back(store: &dyn Trail) {
    // one node streams at a time
    records(store, 1).await;
    assert!(lease(store, "one", "us", 0).await);
    assert!(!lease(store, "one", "them", 5).await);
    assert!(lease(store, "two", "them", 5).await);
    assert!(lease(store, "one", "us", 5).await, "prolonged");
    assert!(!lease(store, "one", "them", 14).await);
    assert!(lease(store, "one", "them", 15).await, "run out");
    assert_eq!(store.note_delivered("one", "us", vec![delivered(1, 0)]).await.unwrap(), Outcome::Stale);
    assert_eq!(store.delivered("one", chain()).await.unwrap(), delivered(0, 0));
    store.release_lease("one", "us").await.unwrap();
    assert!(!lease(store, "one", "us", 16).await, "it was not ours to give back");
    store.release_lease("one", "them").await.unwrap();
    assert!(store.take_lease("one", "us", at(16), at(16) + SignedDuration::from_secs(1)).await.unwrap());
}
