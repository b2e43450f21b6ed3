//! A client that costs next to nothing: prepared bytes out, one answer in, over one connection that is kept.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// An open connection.
pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("a socket");
        // Far beyond what anything here takes.
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a socket");
        Self { stream, buffer: vec![0; 64 * 1024] }
    }

    /// Sends a request and reads its answer: the status, and the answer's body.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> (u16, &[u8]) {
        self.stream.write_all(request).expect("the server reads");
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).expect("the server answers");
            assert!(read > 0, "the connection ended before an answer");
            filled += read;
            let Some(head) = find(&self.buffer[..filled], b"\r\n\r\n") else { continue };
            let body = head + 4;
            if filled >= body + length(&self.buffer[..head]) {
                let status = std::str::from_utf8(&self.buffer[9..12]).ok().and_then(|text| text.parse().ok());
                return (status.expect("a status"), &self.buffer[body..filled]);
            }
        }
    }

    /// The same, where only success will do.
    #[track_caller]
    pub(crate) fn succeed(&mut self, request: &[u8]) -> String {
        let (status, body) = self.exchange(request);
        let body = String::from_utf8_lossy(body).into_owned();
        assert_eq!(status, 200, "{body}");
        body
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn length(head: &[u8]) -> usize {
    const NAME: &[u8] = b"content-length: ";
    let Some(at) = head.windows(NAME.len()).position(|window| window.eq_ignore_ascii_case(NAME)) else { return 0 };
    head[at + NAME.len()..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'))
}

/// A whole request.
pub(crate) fn request(head: &str, body: &str) -> Vec<u8> {
    format!("{head}Host: localhost\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}
