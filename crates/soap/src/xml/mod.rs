//! XML in and out: [`mod@decode`] makes text of bytes, [`mod@guard`] refuses what is too big or too deep,
//! [`mod@read`] parses what passed, [`mod@write`] escapes what leaves.
//!
//! Nothing here knows SOAP. The parser underneath is roxmltree; it is never given text that the guard
//! has not seen, since its work grows with the square of the attributes of one element.

pub mod decode;
pub mod guard;
pub mod read;
pub mod write;

pub use decode::{Decoded, EncodingError, decode};
pub use guard::{Limits, Refused, guard};
pub use read::{Unreadable, element_children, parse, text};
pub use write::Writer;
