//! What the HTTP doors of Passgate share: who speaks to us, bounded bodies, and the headers of every answer.
//!
//! Deliberately not here: what any door says, which credential it takes, and everything about passwords.
//!
//! Start with [`dress`], which the program wraps once around all doors, then [`Arrival`] and [`read_body`].

mod arrival;
mod body;
mod client;
mod content_type;
mod dress;
mod headers;
mod panics;
mod silent;
mod span;
mod unread;

pub use arrival::{Arrival, REQUEST_ID_HEADER};
pub use body::{BODY_TIME, BodyError, read_body};
pub use client::{Client, Connection, TrustedProxies};
pub use content_type::{ContentTypeError, MediaType, content_type};
pub use dress::{HSTS, dress};
pub use headers::{Repeated, retry_after, single};
pub use panics::answer_panics_with;
pub use silent::{silent, silent_until};
pub use span::note_outcome;
