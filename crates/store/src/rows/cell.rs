//! How one cell becomes a value of the domain.

use std::net::IpAddr;
use std::str::FromStr;

use jiff::Timestamp;
use passgate_gate::digest::Digest;
use passgate_gate::ids::{ApiKeyId, CompanyId, MailboxId, PortalUserId, TenantId, UserId};
use passgate_gate::level::Level;
use passgate_gate::networks::Networks;
use passgate_gate::password::PasswordHash;
use passgate_gate::session::{KeyVisibility, SessionKind};
use passgate_gate::user::{MustChange, Status};

/// What an engine read from one column of one row.
pub(crate) enum Cell {
    /// None.
    Null,
    /// A number; also a truth value where the engine has none.
    Integer(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// What no column of ours holds.
    Foreign,
}

/// A value that a cell may hold; `None`: this cell does not.
pub(crate) trait FromCell: Sized {
    fn from_cell(cell: Cell) -> Option<Self>;
}

impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            cell => T::from_cell(cell).map(Some),
        }
    }
}

impl FromCell for i64 {
    fn from_cell(cell: Cell) -> Option<Self> {
        if let Cell::Integer(number) = cell { Some(number) } else { None }
    }
}

impl FromCell for bool {
    fn from_cell(cell: Cell) -> Option<Self> {
        match i64::from_cell(cell)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl FromCell for String {
    fn from_cell(cell: Cell) -> Option<Self> {
        if let Cell::Text(text) = cell { Some(text) } else { None }
    }
}

impl FromCell for Vec<u8> {
    fn from_cell(cell: Cell) -> Option<Self> {
        if let Cell::Bytes(bytes) = cell { Some(bytes) } else { None }
    }
}

impl FromCell for Digest {
    fn from_cell(cell: Cell) -> Option<Self> {
        if let Cell::Bytes(bytes) = cell { bytes.try_into().ok().map(Self::from_bytes) } else { None }
    }
}

impl FromCell for Timestamp {
    fn from_cell(cell: Cell) -> Option<Self> {
        Self::from_microsecond(i64::from_cell(cell)?).ok()
    }
}

impl FromCell for PasswordHash {
    fn from_cell(cell: Cell) -> Option<Self> {
        String::from_cell(cell).map(Self::from_phc)
    }
}

macro_rules! narrower_numbers {
    ($($number:ty),*) => {
        $(impl FromCell for $number {
            fn from_cell(cell: Cell) -> Option<Self> {
                i64::from_cell(cell)?.try_into().ok()
            }
        })*
    };
}
narrower_numbers!(i16, i32, u32);

macro_rules! number_ids {
    ($($id:ty),*) => {
        $(impl FromCell for $id {
            fn from_cell(cell: Cell) -> Option<Self> {
                i32::from_cell(cell).and_then(Self::new)
            }
        })*
    };
}
number_ids!(TenantId, MailboxId, UserId, ApiKeyId);

macro_rules! parsed_words {
    ($($word:ty),*) => {
        $(impl FromCell for $word {
            fn from_cell(cell: Cell) -> Option<Self> {
                Self::from_str(&String::from_cell(cell)?).ok()
            }
        })*
    };
}
parsed_words!(CompanyId, PortalUserId, Level, Status, Networks, IpAddr);

macro_rules! named_words {
    ($($word:ty),*) => {
        $(impl FromCell for $word {
            fn from_cell(cell: Cell) -> Option<Self> {
                Self::from_name(&String::from_cell(cell)?)
            }
        })*
    };
}
named_words!(MustChange, SessionKind, KeyVisibility);
