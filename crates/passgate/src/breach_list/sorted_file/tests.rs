//! Judges look-ups in sorted lists by what they find and by how little they read.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io;

use super::*;

/// Bytes in memory that count how often they are read.
struct Counted {
    bytes: Vec<u8>,
    reads: Cell<u32>,
}

impl Source for Counted {
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        self.reads.set(self.reads.get() + 1);
        let from = usize::try_from(at).unwrap().min(self.bytes.len());
        let count = buffer.len().min(self.bytes.len() - from);
        buffer[..count].copy_from_slice(&self.bytes[from..from + count]);
        Ok(count)
    }
}

fn file(text: &str) -> SortedFile<Counted> {
    open(text.as_bytes()).unwrap()
}

fn open(bytes: &[u8]) -> Result<SortedFile<Counted>, Fault> {
    let source = Counted { bytes: bytes.to_vec(), reads: Cell::new(0) };
    SortedFile::new(source, bytes.len() as u64)
}

#[test]
fn every_line_is_found_and_nothing_between_them() {
    // R12
    for end in ["", "\n"] {
        for count in 1..40_u32 {
            let words: BTreeSet<_> =
                (0..count).map(|n| format!("{:0width$}", 3 * n, width = 2 + n as usize % 7)).collect();
            let lines: Vec<_> = words.iter().map(String::as_str).collect();
            let list = file(&(lines.join("\n") + end));
            list.check_whole().unwrap();
            for word in &lines {
                assert!(list.holds(word.as_bytes()).unwrap(), "{word} of {lines:?}");
                for other in [format!("{word}0"), word[1..].to_owned() + "x", format!("!{word}"), format!("~{word}")] {
                    assert_eq!(list.holds(other.as_bytes()).unwrap(), words.contains(&other), "{other} of {lines:?}");
                }
            }
        }
    }
}

#[test]
fn lines_that_end_as_on_windows_are_lines() {
    let list = file("cedar\r\nlarch\r\nmaple\r\n");
    list.check_whole().unwrap();
    assert!(list.holds(b"larch").unwrap());
    assert!(!list.holds(b"larch\r").unwrap());
}

#[test]
fn hashes_are_found_in_either_letter_case_and_with_a_count() {
    let hash = |n: u32| format!("{:032X}{:08X}", 0, n * 0xABC);
    let lines: Vec<_> = (0..500).map(|n| format!("{}:{n}", hash(n))).collect();
    let list = file(&lines.join("\n"));
    assert_eq!(list.form(), Form::Sha1);
    list.check_whole().unwrap();
    assert!((0..500).all(|n| list.holds(hash(n).as_bytes()).unwrap()));
    assert!((0..500).all(|n| list.holds(hash(n).to_lowercase().as_bytes()).unwrap()));
    assert!(!list.holds(hash(500).as_bytes()).unwrap());
}

#[test]
fn a_look_up_reads_few_blocks_however_long_the_list_is() {
    // R12, R128: 200,000 lines are halved 18 times; each halving reads two blocks at most.
    let lines: Vec<_> = (0..200_000).map(|n| format!("word-{n:08}")).collect();
    let list = file(&lines.join("\n"));
    for n in (0..200_000).step_by(997) {
        list.source.reads.set(0);
        assert!(list.holds(lines[n].as_bytes()).unwrap());
        assert!(list.source.reads.get() <= 2 * 24, "{}", list.source.reads.get());
    }
}

#[test]
fn what_is_no_sorted_list_is_refused() {
    // R12
    assert!(matches!(open(b""), Err(Fault::Empty)));
    let long = "x".repeat(LONGEST_LINE + 3);
    assert!(matches!(open(long.as_bytes()), Err(Fault::Line { at: 0, .. })));
    assert!(matches!(file("larch\ncedar\n").check_whole(), Err(Fault::Unsorted { at: 6 })));
    assert!(matches!(file("cedar\n\nlarch\n").check_whole(), Err(Fault::Line { at: 6, .. })));
    // A capital would never be met by a folded password.
    assert!(matches!(file("cedar\nlArch\n").check_whole(), Err(Fault::Line { at: 6, .. })));
    assert!(matches!(open(b"cedar\n\xff\xfe\n").unwrap().check_whole(), Err(Fault::Line { at: 6, .. })));
    let hash = "0".repeat(40);
    assert!(matches!(file(&format!("{hash}\nlarch\n")).check_whole(), Err(Fault::Line { at: 41, .. })));
    assert!(matches!(file(&format!("{hash}:1\n{hash}:x\n")).check_whole(), Err(Fault::Line { at: 43, .. })));
}

#[test]
fn a_long_list_out_of_order_is_seen_at_a_few_places() {
    let mut lines: Vec<_> = (0..100_000).map(|n| format!("word-{n:08}")).collect();
    file(&lines.join("\n")).check_at(64).unwrap();
    lines.rotate_left(50_000);
    assert!(matches!(file(&lines.join("\n")).check_at(64), Err(Fault::Unsorted { .. })));
}
