//! The forms in which a secret could be lying about, and the search for them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A secret in every form in which it is searched for, each with its name.
///
/// All are text: a search in any bytes, read as lossy UTF-8, finds them, as no broken sequence swallows an ASCII byte.
pub(crate) fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let mut forms = vec![
        ("plain", secret.to_owned()),
        ("backwards", secret.chars().rev().collect()),
        ("upper case", secret.to_uppercase()),
        ("lower case", secret.to_lowercase()),
        ("escaped for XML", secret.replace('&', "&amp;").replace('<', "&lt;")),
        ("hexadecimal", hex(secret.as_bytes())),
        ("upper-case hexadecimal", hex(secret.as_bytes()).to_uppercase()),
        ("URL-encoded", percent(secret, |byte| byte.is_ascii_alphanumeric() || b"-._~*".contains(&byte))),
        (
            "URL-encoded but for marks",
            percent(secret, |byte| byte.is_ascii_alphanumeric() || b"-._~!*'()".contains(&byte)),
        ),
        (
            "URL-encoded with small digits",
            secret.replace('%', "%25").replace('&', "%26").replace('!', "%21").replace('/', "%2f"),
        ),
        ("UTF-16", secret.chars().map(String::from).collect::<Vec<_>>().join("\0")),
        ("a list of bytes", secret.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ")),
    ];
    for at in 0..3 {
        forms.push(("base64", base64(&STANDARD_NO_PAD, secret, at)));
        forms.push(("base64 for URLs", base64(&URL_SAFE_NO_PAD, secret, at)));
    }
    // A form that is a common text by itself would be found everywhere.
    forms.retain(|(_, form)| form.len() >= 8);
    forms
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

fn percent(secret: &str, plain: impl Fn(u8) -> bool) -> String {
    secret.bytes().fold(String::new(), |mut text, byte| {
        if plain(byte) {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").unwrap();
        }
        text
    })
}

/// The characters that stand for the secret alone when it begins `at` bytes into a group of three.
fn base64(alphabet: &impl base64::Engine, secret: &str, at: usize) -> String {
    let encoded = alphabet.encode([vec![b'?'; at], secret.as_bytes().to_vec()].concat());
    let (from, to) = ((at * 8).div_ceil(6), (at + secret.len()) * 8 / 6);
    encoded[from..to].to_owned()
}

/// The name of the form in which a secret stands in a text.
pub(crate) fn found(text: &str, secret: &str) -> Option<&'static str> {
    forms(secret).into_iter().find(|(_, form)| text.contains(form.as_str())).map(|(name, _)| name)
}

/// Every file below a folder, by its name, as lossy text.
pub(crate) fn files(folder: &Path) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push((path.display().to_string(), String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned()));
        }
    }
    all
}

const PLANTED: &str = "Canary99&pZ!planted-here";

#[test]
fn a_planted_marker_is_found_in_every_form_and_at_every_place() {
    // Broken UTF-8 before it, and binary zeros: what a database file looks like.
    for shift in 0..4 {
        let around = |middle: &[u8]| [&vec![0xF0; shift], &[0, 0xC3][..], middle, &[0xFF, 0][..]].concat();
        let utf16: Vec<u8> = PLANTED.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let utf16_little: Vec<u8> = PLANTED.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let long = [vec![b'x'; shift], PLANTED.as_bytes().to_vec(), b"and more".to_vec()].concat();
        let planted = [
            PLANTED.as_bytes().to_vec(),
            utf16,
            utf16_little,
            hex(&long).into_bytes(),
            STANDARD_NO_PAD.encode(&long).into_bytes(),
            URL_SAFE_NO_PAD.encode(&long).into_bytes(),
            b"Canary99%26pZ%21planted-here".to_vec(),
            b"Canary99%26pZ!planted-here".to_vec(),
            b"Canary99&amp;pZ!planted-here".to_vec(),
            format!("{:?}", PLANTED.as_bytes()).into_bytes(),
        ];
        for planted in planted {
            let text = String::from_utf8_lossy(&around(&planted)).into_owned();
            assert!(found(&text, PLANTED).is_some(), "not found: {text:?}");
        }
    }
}

#[test]
fn a_planted_marker_is_found_in_a_file_within_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("inner")).unwrap();
    fs::write(folder.path().join("inner/passgate.db-wal"), [b"\0\x81SQLite ", PLANTED.as_bytes(), b"\xFF"].concat())
        .unwrap();
    fs::write(folder.path().join("other"), "nothing").unwrap();
    let hits: Vec<_> = files(folder.path()).into_iter().filter(|(_, text)| found(text, PLANTED).is_some()).collect();
    assert_eq!(hits.len(), 1);
    assert!(hits[0].0.ends_with("passgate.db-wal"));
}

#[test]
fn what_is_not_there_is_not_found() {
    assert_eq!(found("Canary98&pZ!planted-here Canary99", PLANTED), None);
}
