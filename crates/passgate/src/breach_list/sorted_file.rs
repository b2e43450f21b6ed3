//! Searching a sorted file of lines on the disk, in memory of a few blocks.

use std::cmp::Ordering;
use std::fs::File;
use std::io;

use super::form::Form;

/// Longer than any line of a list: a password has at most 1,024 bytes.
const LONGEST_LINE: usize = 2 * 1024;

/// Bytes that one step reads.
const BLOCK: usize = LONGEST_LINE + 2;

/// What is wrong with a list.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It cannot be read.
    #[error("it cannot be read")]
    Io(#[from] io::Error),
    /// A folder, a pipe.
    #[error("it is no regular file")]
    NoFile,
    /// Nothing is in it.
    #[error("it is empty")]
    Empty,
    /// Somewhere there is no line of a list.
    #[error("the line at byte {at} is not {wanted}")]
    Line {
        /// Where the line begins.
        at: u64,
        /// What should stand there.
        wanted: &'static str,
    },
    /// A line stands before one that it belongs after.
    #[error("it is not sorted at byte {at}: sort it with `LC_ALL=C sort -u`")]
    Unsorted {
        /// Where the second of the two begins.
        at: u64,
    },
    /// It is no longer the file that was checked.
    #[error("it was changed since the start: start again, and replace a list by `mv`, never in place")]
    Changed,
}

/// Bytes at a place, without moving anything.
pub(super) trait Source {
    /// Fills the buffer from there on; fewer bytes only at the end.
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize>;
}

impl Source for File {
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match std::os::unix::fs::FileExt::read_at(self, &mut buffer[filled..], at + filled as u64) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}

/// Lines in ascending order of their parts that count.
#[derive(Debug)]
pub(super) struct SortedFile<S> {
    source: S,
    length: u64,
    form: Form,
}

/// One line.
struct Line {
    at: u64,
    /// Where the next one begins.
    next: u64,
    part: Vec<u8>,
}

impl<S: Source> SortedFile<S> {
    /// Over so many bytes; the first line says the form.
    pub(super) fn new(source: S, length: u64) -> Result<Self, Fault> {
        let unknown = Self { source, length, form: Form::Plain };
        if length == 0 {
            return Err(Fault::Empty);
        }
        let (first, _) = unknown.raw_line(0)?;
        let form = Form::of(&first);
        Ok(Self { form, ..unknown })
    }

    pub(super) fn form(&self) -> Form {
        self.form
    }

    pub(super) fn source(&self) -> &S {
        &self.source
    }

    /// Whether a line has this part.
    pub(super) fn holds(&self, key: &[u8]) -> Result<bool, Fault> {
        // Every line that begins before `low` is less than the key; none that begins at `high` or later is.
        let (mut low, mut high) = (0, self.length);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.line_from(middle, high)? {
                Some(line) if compare(&line.part, key) == Ordering::Less => low = line.next,
                Some(line) if compare(&line.part, key) == Ordering::Equal => return Ok(true),
                Some(_) | None => high = middle,
            }
        }
        Ok(false)
    }

    /// Every line, from the first to the last.
    pub(super) fn check_whole(&self) -> Result<(), Fault> {
        let mut last = self.line(0)?;
        while last.next < self.length {
            let line = self.line(last.next)?;
            in_order(&last, &line)?;
            last = line;
        }
        Ok(())
    }

    /// Two neighbours at each of so many places, and the places among each other.
    pub(super) fn check_at(&self, places: u64) -> Result<(), Fault> {
        let mut last = self.line(0)?;
        for place in 0..places {
            let from = self.length / places * place;
            let Some(line) = self.line_from(from, self.length)? else { break };
            if line.at > last.at {
                in_order(&last, &line)?;
            }
            last = line;
            if last.next < self.length {
                let neighbour = self.line(last.next)?;
                in_order(&last, &neighbour)?;
                last = neighbour;
            }
        }
        Ok(())
    }

    /// The first line that begins at this byte or later, and before `end`.
    fn line_from(&self, from: u64, end: u64) -> Result<Option<Line>, Fault> {
        if from == 0 {
            return self.line(0).map(Some);
        }
        // A line begins here if the one before ends right before.
        let (_, begin) = self.raw_line(from - 1)?;
        if begin >= end { Ok(None) } else { self.line(begin).map(Some) }
    }

    fn line(&self, at: u64) -> Result<Line, Fault> {
        let (text, next) = self.raw_line(at)?;
        let part = self.form.part(&text).ok_or(Fault::Line { at, wanted: self.form.wanted() })?;
        Ok(Line { at, next, part: part.to_vec() })
    }

    /// What stands from here to the end of the line, without that end, and where the next line begins.
    fn raw_line(&self, at: u64) -> Result<(Vec<u8>, u64), Fault> {
        let mut block = vec![0; BLOCK];
        let filled = self.source.read_at(&mut block, at)?;
        block.truncate(filled);
        let end = match block.iter().position(|byte| *byte == b'\n') {
            Some(end) => end,
            // The last line may go without one.
            None if filled < BLOCK && filled > 0 => filled,
            None => return Err(Fault::Line { at, wanted: self.form.wanted() }),
        };
        let next = at + end as u64 + u64::from(end < filled);
        block.truncate(end);
        if block.last() == Some(&b'\r') {
            block.truncate(end - 1);
        }
        Ok((block, next))
    }
}

/// Hexadecimal digits in either letter case are one; plain lines are folded, so that no ASCII capital is in them.
fn compare(part: &[u8], key: &[u8]) -> Ordering {
    part.iter().map(u8::to_ascii_lowercase).cmp(key.iter().map(u8::to_ascii_lowercase))
}

fn in_order(before: &Line, after: &Line) -> Result<(), Fault> {
    if compare(&before.part, &after.part) == Ordering::Greater { Err(Fault::Unsorted { at: after.at }) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
