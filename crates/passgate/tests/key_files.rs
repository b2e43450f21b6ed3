//! The server's own keys: random, private, rotatable.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use passgate::keys::{KeyError, create, folder, load};
use passgate_gate::rng::OsRng;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn new_keys_are_for_their_owner_alone() {
    // R40, R3.
    let data = tempfile::tempdir().unwrap();
    create(data.path(), &OsRng).unwrap();
    assert_eq!(mode(&folder(data.path())), 0o700);
    for name in ["tokens-1.key", "pepper-1.key"] {
        assert_eq!(mode(&folder(data.path()).join(name)), 0o600, "{name}");
    }
}

#[test]
fn two_installations_have_different_keys_and_a_second_creation_keeps_them() {
    // R40.
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    create(one.path(), &OsRng).unwrap();
    create(two.path(), &OsRng).unwrap();
    let before = load(one.path()).unwrap();
    assert_ne!(*before.tokens.current.secret, *load(two.path()).unwrap().tokens.current.secret);
    assert_ne!(*before.tokens.current.secret, *before.pepper.current.secret);
    create(one.path(), &OsRng).unwrap();
    assert_eq!(*before.tokens.current.secret, *load(one.path()).unwrap().tokens.current.secret);
}

#[test]
fn a_key_or_folder_that_others_can_read_is_refused() {
    // R119.
    for (name, wrong, right) in [("tokens-1.key", 0o640, 0o600), ("pepper-1.key", 0o604, 0o600), (".", 0o750, 0o700)] {
        let data = tempfile::tempdir().unwrap();
        create(data.path(), &OsRng).unwrap();
        let path = folder(data.path()).join(name);
        set_mode(&path, wrong);
        let error = load(data.path()).expect_err(name);
        assert!(matches!(&error, KeyError::Exposed { .. }), "{error}");
        assert!(error.to_string().contains("chmod"), "{error}");
        set_mode(&path, right);
        assert!(load(data.path()).is_ok(), "{name}");
    }
}

#[test]
fn the_highest_number_is_in_use_and_lower_ones_verify() {
    // R40, R3.
    let data = tempfile::tempdir().unwrap();
    create(data.path(), &OsRng).unwrap();
    for number in [2, 10] {
        let path = folder(data.path()).join(format!("tokens-{number}.key"));
        fs::write(&path, format!("{number:064x}\n")).unwrap();
        set_mode(&path, 0o600);
    }
    let ring = load(data.path()).unwrap().tokens;
    assert_eq!(ring.current.id, 10);
    assert_eq!(ring.current.secret[31], 10);
    assert_eq!(ring.older.iter().map(|key| key.id).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn a_missing_or_cut_key_is_refused_and_no_key_is_printed() {
    // R119.
    let data = tempfile::tempdir().unwrap();
    create(data.path(), &OsRng).unwrap();
    let keys = load(data.path()).unwrap();
    let text = format!("{keys:?}");
    assert!(!text.contains('[') || text.contains("older: []"), "{text}");
    let pepper = folder(data.path()).join("pepper-1.key");
    fs::write(&pepper, "abcd").unwrap();
    assert!(matches!(load(data.path()), Err(KeyError::Malformed { .. })));
    fs::remove_file(&pepper).unwrap();
    assert!(matches!(load(data.path()), Err(KeyError::Missing { purpose: "pepper", .. })));
}
