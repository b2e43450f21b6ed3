//! Files of lines that only grow: whole lines, on the disk when the call answers.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Longer than any line of ours.
const LONGEST: usize = 1024 * 1024;

/// Appends whole lines, in a file of mode 0600 that is made where there is none. What a crash left of a line
/// goes first: whoever wrote it was never told that it held.
pub fn append(path: &Path, lines: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
    mend(&mut file)?;
    file.write_all(lines.as_bytes())?;
    file.sync_data()
}

fn mend(file: &mut File) -> io::Result<()> {
    let end = file.seek(SeekFrom::End(0))?;
    let from = end.saturating_sub(LONGEST as u64);
    let last = end.saturating_sub(1);
    let mut byte = [0];
    file.seek(SeekFrom::Start(last))?;
    if end == 0 || (file.read(&mut byte)? == 1 && byte[0] == b'\n') {
        return Ok(());
    }
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(from))?;
    file.take(end - from).read_to_end(&mut tail)?;
    let whole = tail.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at as u64 + 1);
    if whole == 0 && from > 0 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the file does not hold lines"));
    }
    file.set_len(from + whole)
}

/// Gives each whole line with its number; an unfinished last line is left out. An error names the file.
pub fn read(path: &Path, mut each: impl FnMut(usize, &str) -> io::Result<()>) -> io::Result<()> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let mut lines = BufReader::new(File::open(path).map_err(named)?);
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let length = lines.by_ref().take(LONGEST as u64).read_until(b'\n', &mut line).map_err(named)?;
        if length < LONGEST && line.pop_if(|last| *last == b'\n').is_none() {
            break;
        }
        let text = std::str::from_utf8(&line).map_err(|_| {
            named(io::Error::new(io::ErrorKind::InvalidData, format!("line {number} is no text in UTF-8")))
        })?;
        each(number, text).map_err(named)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, after: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        std::fs::write(&path, before).unwrap();
        append(&path, "new\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), after);
    }

    #[test]
    fn what_a_crash_left_of_a_line_goes_before_the_next_one_comes() {
        // R117
        check("", "new\n");
        check("one\n", "one\nnew\n");
        check("one\ntwo\nthr", "one\ntwo\nnew\n");
        check("on", "new\n");
    }

    #[test]
    fn whole_lines_are_read_and_an_unfinished_one_is_not() {
        // R117
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        std::fs::write(&path, "one\n\ntwo\nthr").unwrap();
        let mut found = Vec::new();
        read(&path, |number, line| {
            found.push((number, line.to_owned()));
            Ok(())
        })
        .unwrap();
        assert_eq!(found, [(1, "one".to_owned()), (2, String::new()), (3, "two".to_owned())]);
    }
}
