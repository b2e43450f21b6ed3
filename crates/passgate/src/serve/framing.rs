//! A scanner for the framing of requests, stricter than the parser behind it (R88).
//!
//! hyper follows RFC 9112 6.3 in letting `Transfer-Encoding` win over `Content-Length`, takes an equal
//! length twice, other codings before `chunked`, and bare line feeds. A proxy in front may read the same
//! bytes otherwise, and then the two disagree on where a request ends. So the scanner reads along, byte by
//! byte, and refuses what could be read in two ways. It keeps no header value but the two that frame.

/// What is wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// The head of this request, counted from 0. The scanner does not look at anything after it.
    Head {
        /// Its number on the connection.
        request: u64,
        /// It is longer than the limit, and not badly framed.
        too_large: bool,
    },
    /// The chunks of a body: where it ends cannot be known. So many of the bytes were still good.
    Body {
        /// How many.
        good: usize,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Before a request line; an empty line may stand there (RFC 9112 2.2).
    Gap,
    GapLineFeed,
    RequestLine,
    Name,
    Value,
    /// After the CR of a line of the head.
    LineFeed,
    /// After the CR of the empty line.
    HeadLineFeed,
    Fixed(u64),
    Size {
        digits: u8,
        size: u64,
    },
    Extension {
        size: u64,
    },
    SizeLineFeed {
        size: u64,
    },
    Data(u64),
    DataReturn,
    DataLineFeed,
    Trailer {
        empty: bool,
    },
    TrailerLineFeed {
        empty: bool,
    },
    /// After a broken head: hyper's next request is refused, whatever follows.
    Over,
}

impl At {
    fn is_head(self) -> bool {
        matches!(self, Self::RequestLine | Self::Name | Self::Value | Self::LineFeed | Self::HeadLineFeed)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Head,
    TooLarge,
    Body,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Field {
    Length,
    Coding,
    #[default]
    Other,
}

/// Reads along with one connection.
#[derive(Debug)]
pub(super) struct Scanner {
    at: At,
    requests: u64,
    name: Vec<u8>,
    field: Field,
    value: Vec<u8>,
    length: Option<u64>,
    chunked: bool,
    odd: bool,
    head: usize,
    head_limit: usize,
}

/// Longer than either name that matters.
const NAME_LIMIT: usize = 32;
/// Longer than any length or coding that is taken.
const VALUE_LIMIT: usize = 32;

impl Scanner {
    /// For heads of at most `head_limit` bytes.
    pub(super) fn new(head_limit: usize) -> Self {
        Self {
            at: At::Gap,
            requests: 0,
            name: Vec::with_capacity(NAME_LIMIT),
            field: Field::Other,
            value: Vec::with_capacity(VALUE_LIMIT),
            length: None,
            chunked: false,
            odd: false,
            head: 0,
            head_limit,
        }
    }

    /// Reads the bytes that came next. An error is told once.
    pub(super) fn scan(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            let left = match self.at {
                At::Over => return Ok(()),
                At::Fixed(left) => self.skip(rest, left, At::Fixed, At::Gap),
                At::Data(left) => self.skip(rest, left, At::Data, At::DataReturn),
                At::Value if self.field == Field::Other && !matches!(byte, b'\r' | b'\n') => {
                    let end = rest.iter().position(|b| matches!(b, b'\r' | b'\n'));
                    &rest[end.unwrap_or(rest.len())..]
                }
                _ => {
                    let good = bytes.len() - rest.len();
                    self.step(byte).map_err(|wrong| self.told(wrong, good))?;
                    after
                }
            };
            if self.at.is_head() {
                self.head += rest.len() - left.len();
                // At least the last line feed is still to come.
                if self.head >= self.head_limit {
                    return Err(self.told(Wrong::TooLarge, 0));
                }
            }
            rest = left;
        }
        Ok(())
    }

    fn told(&mut self, wrong: Wrong, good: usize) -> Broken {
        self.at = At::Over;
        match wrong {
            Wrong::Body => Broken::Body { good },
            Wrong::Head | Wrong::TooLarge => {
                Broken::Head { request: self.requests, too_large: wrong == Wrong::TooLarge }
            }
        }
    }

    fn skip<'b>(&mut self, rest: &'b [u8], left: u64, more: fn(u64) -> At, done: At) -> &'b [u8] {
        let here = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
        let left = left - here as u64;
        self.at = if left == 0 { done } else { more(left) };
        &rest[here..]
    }

    #[expect(clippy::match_same_arms, reason = "one arm per step reads as the grammar does")]
    fn step(&mut self, byte: u8) -> Result<(), Wrong> {
        self.at = match (self.at, byte) {
            (At::Gap, b'\r') => At::GapLineFeed,
            (At::GapLineFeed, b'\n') => At::Gap,
            (At::Gap, b'\n') | (At::GapLineFeed, _) => return Err(Wrong::Head),
            (At::Gap, _) => At::RequestLine,

            (At::RequestLine, b'\r') => At::LineFeed,
            (At::RequestLine | At::Name | At::Value, b'\n') => return Err(Wrong::Head),
            (At::RequestLine, _) => At::RequestLine,
            (At::LineFeed, b'\n') => {
                self.name.clear();
                At::Name
            }
            (At::Name, b'\r') if self.name.is_empty() => At::HeadLineFeed,
            // A folded line, or white space before the name.
            (At::Name, b' ' | b'\t' | b'\r') => return Err(Wrong::Head),
            (At::Name, b':') => {
                self.begin_value();
                At::Value
            }
            (At::Name, _) => {
                if self.name.len() < NAME_LIMIT {
                    self.name.push(byte.to_ascii_lowercase());
                }
                At::Name
            }
            (At::Value, b'\r') => {
                self.end_value();
                At::LineFeed
            }
            (At::Value, _) => {
                if self.value.len() < VALUE_LIMIT {
                    self.value.push(byte);
                } else {
                    self.odd = true;
                }
                At::Value
            }
            (At::HeadLineFeed, b'\n') => return self.end_head(),
            (At::LineFeed | At::HeadLineFeed, _) => return Err(Wrong::Head),

            (At::Size { digits, size }, _) if byte.is_ascii_hexdigit() && digits < 8 => {
                let digit = char::from(byte).to_digit(16).unwrap_or_default();
                At::Size { digits: digits + 1, size: size * 16 + u64::from(digit) }
            }
            (At::Size { digits: 1.., size }, b'\r') => At::SizeLineFeed { size },
            (At::Size { digits: 1.., size }, b';') => At::Extension { size },
            (At::Extension { size }, b'\r') => At::SizeLineFeed { size },
            (At::Extension { size }, b'\t' | b' '..=b'~') => At::Extension { size },
            (At::SizeLineFeed { size: 0 }, b'\n') => At::Trailer { empty: true },
            (At::SizeLineFeed { size }, b'\n') => At::Data(size),
            (At::DataReturn, b'\r') => At::DataLineFeed,
            (At::DataLineFeed, b'\n') => At::Size { digits: 0, size: 0 },
            (At::Trailer { empty }, b'\r') => At::TrailerLineFeed { empty },
            (At::Trailer { .. }, b'\n') => return Err(Wrong::Body),
            (At::Trailer { .. }, _) => At::Trailer { empty: false },
            (At::TrailerLineFeed { empty: true }, b'\n') => At::Gap,
            (At::TrailerLineFeed { empty: false }, b'\n') => At::Trailer { empty: true },
            (
                At::Size { .. }
                | At::Extension { .. }
                | At::SizeLineFeed { .. }
                | At::DataReturn
                | At::DataLineFeed
                | At::TrailerLineFeed { .. },
                _,
            ) => return Err(Wrong::Body),
            (stay @ (At::Fixed(_) | At::Data(_) | At::Over), _) => stay,
        };
        Ok(())
    }

    fn begin_value(&mut self) {
        self.value.clear();
        self.field = match self.name.as_slice() {
            b"content-length" => Field::Length,
            b"transfer-encoding" => Field::Coding,
            _ => Field::Other,
        };
    }

    fn end_value(&mut self) {
        let value = self.value.trim_ascii();
        match self.field {
            Field::Other => {}
            Field::Length => {
                let digits = !value.is_empty() && value.len() <= 18 && value.iter().all(u8::is_ascii_digit);
                let number = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
                self.odd |= !digits || self.length.replace(number).is_some();
            }
            Field::Coding => {
                self.odd |= self.chunked || !value.eq_ignore_ascii_case(b"chunked");
                self.chunked = true;
            }
        }
    }

    fn end_head(&mut self) -> Result<(), Wrong> {
        if self.odd || (self.chunked && self.length.is_some()) {
            return Err(Wrong::Head);
        }
        self.requests += 1;
        self.at = match (self.chunked, self.length) {
            (true, _) => At::Size { digits: 0, size: 0 },
            (false, Some(length @ 1..)) => At::Fixed(length),
            (false, _) => At::Gap,
        };
        self.chunked = false;
        self.length = None;
        self.head = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whole, and byte by byte: both ways must come to the same.
    #[track_caller]
    fn check(sent: &str, expected: Result<(), Broken>) {
        let mut whole = Scanner::new(1000);
        assert_eq!(whole.scan(sent.as_bytes()).map_err(kind), expected.map_err(kind), "{sent:?}");
        let mut single = Scanner::new(1000);
        let found = sent.bytes().try_for_each(|byte| single.scan(&[byte]));
        assert_eq!(found.map_err(kind), expected.map_err(kind), "byte by byte: {sent:?}");
    }

    fn kind(broken: Broken) -> Broken {
        match broken {
            Broken::Body { .. } => Broken::Body { good: 0 },
            head @ Broken::Head { .. } => head,
        }
    }

    const REFUSED: Result<(), Broken> = Err(Broken::Head { request: 0, too_large: false });

    #[test]
    fn ordinary_requests_pass_one_after_the_other() {
        check("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Ok(()));
        check("POST / HTTP/1.1\r\ncontent-length:  4 \r\n\r\nabcdGET / HTTP/1.1\r\n\r\n", Ok(()));
        check("POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n4;x=1\r\nab\r\n\r\n0\r\n\r\nGET ", Ok(()));
        check("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\nGET ", Ok(()));
        check("\r\nGET / HTTP/1.0\r\n\r\n", Ok(()));
    }

    #[test]
    fn framing_that_can_be_read_in_two_ways_is_refused() {
        // R88.
        for head in [
            "Content-Length: 4\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked\r\nContent-Length: 4",
            "Content-Length: 4\r\nContent-Length: 4",
            "Content-Length: 4, 4",
            "Content-Length: +4",
            "Content-Length: 0x4",
            "Content-Length:",
            "Content-Length: 99999999999999999999",
            "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: chunked, identity",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: \u{b}chunked",
            "Transfer-Encoding : chunked",
            "X: 1\n Content-Length: 4",
            "X: 1\r\n folded",
            "X: 1\rY: 2",
        ] {
            check(&format!("POST / HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\n"), REFUSED);
        }
        check("GET / HTTP/1.1\nHost: a\n\n", REFUSED);
    }

    #[test]
    fn a_head_may_be_as_long_as_the_limit() {
        // R89.
        let head = |length: usize| format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(length - 18));
        check(&head(1000).repeat(2), Ok(()));
        check(&head(1001), Err(Broken::Head { request: 0, too_large: true }));
    }

    #[test]
    fn the_second_request_is_named_when_it_is_the_broken_one() {
        let sent = "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n\nPOST / HTTP/1.1\r\nContent-Length: x\r\n\r\n";
        check(sent, Err(Broken::Head { request: 1, too_large: false }));
    }

    #[test]
    fn chunks_that_can_be_read_in_two_ways_are_refused() {
        // R88.
        for body in ["4\nabcd\r\n", "4 \r\nabcd", "\r\n", "-1\r\n", "4\r\nabcdX", "4;a\nb", "100000000\r\n", "0\r\n\n"]
        {
            check(
                &format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{body}"),
                Err(Broken::Body { good: 0 }),
            );
        }
    }
}
