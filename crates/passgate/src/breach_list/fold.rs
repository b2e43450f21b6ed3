//! Bringing passwords into the form that a plain list has.

use std::io::{self, BufRead, Write};

use passgate_gate::password::MAX_BYTES;
use passgate_gate::policy::fold;
use zeroize::Zeroizing;

/// What became of the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Folded {
    /// Written.
    pub written: u64,
    /// Left out: empty, not in UTF-8, or longer than any password.
    pub left_out: u64,
}

/// Writes each line case-folded and in NFC. What no password can be is left out and counted.
pub fn fold_lines(mut from: impl BufRead, mut to: impl Write) -> io::Result<Folded> {
    let mut folded = Folded::default();
    let mut line = Zeroizing::new(Vec::new());
    loop {
        line.clear();
        if from.read_until(b'\n', &mut line)? == 0 {
            to.flush()?;
            return Ok(folded);
        }
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        match entry(text) {
            Some(entry) => {
                to.write_all(entry.as_bytes())?;
                to.write_all(b"\n")?;
                folded.written += 1;
            }
            None => folded.left_out += 1,
        }
    }
}

fn entry(text: &[u8]) -> Option<Zeroizing<String>> {
    let text = std::str::from_utf8(text).ok().filter(|text| !text.is_empty() && text.len() <= MAX_BYTES)?;
    let entry = fold(text);
    // A few rare sequences fold further when folded again; a list that holds one would be refused.
    (*fold(&entry) == *entry).then_some(entry)
}
