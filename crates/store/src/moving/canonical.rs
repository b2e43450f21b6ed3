//! Rows in one form, whichever engine gave them: to compare two stores, and to note how far a table was copied.

use std::fmt;

use passgate_gate::digest::{Digest, hex};

use crate::rows::Cell;

const NULL: u8 = 0;
const INTEGER: u8 = 1;
const TEXT: u8 = 2;
const BYTES: u8 = 3;

/// Cells as bytes: different cells never give the same. `None`: one of them holds what no column of ours does.
pub(crate) fn bytes(cells: &[Cell]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(64 * cells.len());
    for cell in cells {
        let (kind, content): (u8, &[u8]) = match cell {
            Cell::Null => (NULL, &[]),
            Cell::Integer(number) => (INTEGER, &number.to_be_bytes()),
            Cell::Text(text) => (TEXT, text.as_bytes()),
            Cell::Bytes(bytes) => (BYTES, bytes),
            Cell::Foreign => return None,
        };
        out.push(kind);
        out.extend(u64::try_from(content.len()).ok()?.to_be_bytes());
        out.extend(content);
    }
    Some(out)
}

/// The cells behind such bytes; `None`: these are none.
pub(crate) fn cells(mut bytes: &[u8]) -> Option<Vec<Cell>> {
    let mut cells = Vec::new();
    while let Some((kind, rest)) = bytes.split_first() {
        let (length, rest) = rest.split_first_chunk::<8>()?;
        let (content, rest) = rest.split_at_checked(usize::try_from(u64::from_be_bytes(*length)).ok()?)?;
        cells.push(match *kind {
            NULL => Cell::Null,
            INTEGER => Cell::Integer(i64::from_be_bytes(content.try_into().ok()?)),
            TEXT => Cell::Text(String::from_utf8(content.to_vec()).ok()?),
            BYTES => Cell::Bytes(content.to_vec()),
            _ => return None,
        });
        bytes = rest;
    }
    Some(cells)
}

/// How many rows a table has, and a digest over all of them. Their order does not matter, since engines sort
/// texts differently: the SHA-256 of each row is added up, modulo 2^256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The table.
    pub table: &'static str,
    /// How many.
    pub count: u64,
    sum: [u64; 4],
}

impl Rows {
    /// None yet.
    pub(crate) fn of(table: &'static str) -> Self {
        Self { table, count: 0, sum: [0; 4] }
    }

    /// Adds a row; `false`: it holds what no column of ours does.
    pub(crate) fn add(&mut self, cells: &[Cell]) -> bool {
        let Some(bytes) = bytes(cells) else { return false };
        let digest = Digest::of(&bytes);
        let mut carry = false;
        for (place, part) in digest.as_bytes().chunks_exact(8).enumerate() {
            let part = part.try_into().map_or(0, u64::from_le_bytes);
            let (sum, over) = self.sum[place].overflowing_add(part);
            let (sum, over_again) = sum.overflowing_add(carry.into());
            (self.sum[place], carry) = (sum, over || over_again);
        }
        self.count += 1;
        true
    }

    fn sum(&self) -> Vec<u8> {
        self.sum.iter().flat_map(|part| part.to_le_bytes()).collect()
    }
}

impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows, {}", self.count, hex(&self.sum()[24..]))
    }
}

/// One digest over all tables.
pub(crate) fn whole(tables: &[Rows]) -> Digest {
    let mut bytes = Vec::new();
    for rows in tables {
        bytes.extend(rows.table.as_bytes());
        bytes.push(0);
        bytes.extend(rows.count.to_be_bytes());
        bytes.extend(rows.sum());
    }
    Digest::of(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[&[Cell]]) -> Rows {
        let mut all = Rows::of("t");
        assert!(rows.iter().all(|row| all.add(row)));
        all
    }

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn order_does_not_matter_and_everything_else_does() {
        let a: &[Cell] = &[Cell::Integer(1), text("ab"), Cell::Null];
        let b: &[Cell] = &[Cell::Integer(-1), text(""), Cell::Bytes(vec![0])];
        assert_eq!(rows(&[a, b]), rows(&[b, a]));
        let others: [&[&[Cell]]; 6] = [
            &[a],
            &[a, b, b],
            &[a, &[Cell::Integer(-1), text(""), text("\0")]],
            &[a, &[Cell::Integer(-1), Cell::Null, Cell::Bytes(vec![0])]],
            &[&[Cell::Integer(1), text("a"), text("b")], b],
            &[&[Cell::Integer(2), text("ab"), Cell::Null], b],
        ];
        for other in others {
            assert_ne!(rows(other), rows(&[a, b]));
            assert_ne!(whole(&[rows(other)]), whole(&[rows(&[a, b])]));
        }
        assert!(!Rows::of("t").add(&[Cell::Foreign]));
    }

    #[test]
    fn a_key_comes_back_as_it_was_noted() {
        let key = [text("a\0b\u{FFFF}"), Cell::Integer(i64::MIN), Cell::Bytes(vec![0, 255]), Cell::Null];
        let noted = bytes(&key).unwrap();
        assert_eq!(bytes(&cells(&noted).unwrap()).unwrap(), noted);
        for end in 1..noted.len() {
            // A cut one is none, or another.
            assert!(cells(&noted[..end]).is_none_or(|cells| bytes(&cells).unwrap() != noted));
        }
        assert!(cells(&[9, 0, 0, 0, 0, 0, 0, 0, 0]).is_none());
    }
}
