//! Making a password true. R19, authorisation 3.5, 3.7.

use passgate_gate::audit::Chain;
use passgate_gate::store::{Admission, Store};
use passgate_gate::throttle::ThrottleKey;

use super::world::*;

pub async fn a_set_replaces_hash_version_sessions_and_throttle_at_once(store: &dyn Store) {
    // R19; authorisation 3.7
    populate(store).await;
    let bob = account(store, BOB).await;
    open(store, &bob, "one", at(1)).await;
    assert_eq!(store.begin_attempt(&ThrottleKey::User(bob.user.id), at(2)).await.unwrap(), Admission::Admitted);

    let bob = account(store, BOB).await;
    let receipt = replace(store, set(&bob, "$second", at(3))).await;

    let now = account(store, BOB).await;
    assert_eq!((receipt.credential_version, receipt.sessions_ended), (2, 1));
    assert_eq!(now.user.credential_version, 2);
    assert_eq!(now.user.version, bob.user.version);
    assert_eq!((now.user.password_set_at, now.user.password_used), (at(3), false));
    assert_eq!(now.failures.count, 0);
    assert_eq!(present_hash(store, BOB).await, hash("$second"));
    assert!(!is_open(store, "one", at(4)).await);
    let record = store.events(Chain(Some(tenant_id(TENANT))), receipt.audit.sequence - 1, 10).await.unwrap();
    assert_eq!(record.len(), 1);
    assert_eq!((record[0].credential_version, record[0].sessions_ended), (Some(2), Some(1)));
}
