//! What acts and reads say to a database is understood by every engine we mean to have.

use std::fs;
use std::path::Path;

/// Words of one engine alone; what they do is said in portable words or in that engine's folder.
const FOREIGN: [&str; 12] = [
    "INSERT OR",
    "REPLACE INTO",
    "PRAGMA",
    "ROWID",
    "AUTOINCREMENT",
    "IFNULL",
    "STRFTIME",
    "DATETIME(",
    "GLOB",
    "ILIKE",
    "SERIAL",
    "::TEXT",
];

#[test]
fn acts_and_reads_speak_no_dialect() {
    // decisions/0002: an engine is a transaction and a folder of migrations
    let mut texts = 0;
    for folder in ["src/acts", "src/reads", "src/rows"] {
        for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
            let path = file.unwrap().path();
            let source = fs::read_to_string(&path).unwrap();
            for text in source.split('"').skip(1).step_by(2).filter(|text| is_sql(text)) {
                texts += 1;
                check(&path, text);
            }
        }
    }
    assert!(texts > 50, "only {texts} statements found");
}

fn is_sql(text: &str) -> bool {
    ["SELECT ", "INSERT ", "UPDATE ", "DELETE "].iter().any(|verb| text.starts_with(verb)) || text.contains(" WHERE ")
}

#[track_caller]
fn check(path: &Path, text: &str) {
    let upper = text.to_uppercase();
    for word in FOREIGN {
        assert!(!upper.contains(word), "{}: {word} in {text}", path.display());
    }
    for literal in text.split('\'').skip(1).step_by(2) {
        assert!(!literal.contains('?'), "{}: a placeholder inside a literal in {text}", path.display());
    }
    for placeholder in text.split('?').skip(1) {
        assert!(placeholder.starts_with(|c: char| c.is_ascii_digit()), "{}: a bare ? in {text}", path.display());
    }
}

/// Looks of acts that hold no row, and why none is needed.
const FREE: [(&str, &str, &str); 10] = [
    ("create_user.rs", "MAILBOX", "mailboxes never go"),
    ("create_user.rs", "USER", "a duplicate runs the act again"),
    ("create_user.rs", "LOGIN", "a duplicate runs the act again"),
    ("create_user.rs", "PORTAL_ID", "a duplicate runs the act again"),
    ("open_session.rs", "OPEN", "sessions are opened by who holds the user"),
    ("prune.rs", "KEPT", "the anchor that is set next settles who comes first"),
    ("prune.rs", "RECEIVED", "what was received stays received"),
    ("prune.rs", "FIRST", "read after the anchor was set"),
    ("throttle.rs", "TAKE_NAME", "failures of a source that are under way may run ahead of its limit"),
    ("throttle.rs", "TAKE_USER", "failures of a source that are under way may run ahead of its limit"),
];

#[test]
fn acts_hold_the_rows_that_they_rely_on() {
    // decisions/0006: where acts run beside each other, a look without a hint is a guess
    let mut free = Vec::new();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/acts")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let source = fs::read_to_string(&path).unwrap();
        for constant in source.split("const ").skip(1) {
            let Some((constant, body)) = constant.split_once(": &str =") else { continue };
            let body = body.split(";\n").next().unwrap();
            let looks = ["SELECT", "_columns!", "versions!"].iter().any(|word| body.contains(word));
            if looks && !body.contains("/*+FOR ") {
                free.push((name.clone(), constant.to_owned()));
            }
        }
    }
    free.sort();
    let known: Vec<_> = FREE.iter().map(|(file, constant, _)| ((*file).to_owned(), (*constant).to_owned())).collect();
    assert_eq!(free, {
        let mut known = known;
        known.sort();
        known
    });
}

/// Every source file below a folder.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            let source = fs::read_to_string(&path).expect("a source");
            found.push(source.split("#[cfg(test)]").next().unwrap_or_default().to_owned());
        }
    }
}

#[test]
fn every_act_has_a_word_of_its_own_that_the_book_lists() {
    // R112: the words are labels of metrics, so they are ours, few, and stay
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    sources(&here.join("src"), &mut found);
    let mut words: Vec<_> = found
        .iter()
        .flat_map(|source| source.split("const WORD: &'static str = \"").skip(1))
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    words.sort_unstable();
    let book = fs::read_to_string(here.join("../../docs/watching.md")).unwrap();
    let listed = book.split("Acts of the store: ").nth(1).expect("the list").split("\n\n").next().unwrap();
    let listed: Vec<_> = listed.split('`').skip(1).step_by(2).collect();
    assert_eq!(listed, words, "docs/watching.md has each word once, in order");
    assert!(words.is_sorted_by(|one, next| one < next), "no two acts have one word");
    assert!(words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')), "{words:?}");
}
