//! A plain TCP proxy in front of the nodes, as operators put one there: it looks at `/readyz` of each node now and then,
//! hands each connection to the next one that is ready, and never tries twice.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Between two looks: far less than the nodes serve on after they were told to stop.
const LOOK_EACH: Duration = Duration::from_millis(50);
/// A node that is silent this long is not ready.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) struct Proxy {
    pub(crate) address: String,
    nodes: Arc<Vec<Node>>,
    over: Arc<AtomicBool>,
}

struct Node {
    address: Mutex<String>,
    ready: AtomicBool,
}

impl Proxy {
    pub(crate) fn before(addresses: &[String]) -> Self {
        let node = |address: &String| Node { address: Mutex::new(address.clone()), ready: AtomicBool::new(false) };
        let nodes: Arc<Vec<_>> = Arc::new(addresses.iter().map(node).collect());
        let over = Arc::new(AtomicBool::new(false));
        for at in 0..nodes.len() {
            let (nodes, over) = (nodes.clone(), over.clone());
            thread::spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    let address = nodes[at].address.lock().unwrap().clone();
                    nodes[at].ready.store(is_ready(&address), Ordering::Relaxed);
                    thread::sleep(LOOK_EACH);
                }
            });
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self { address: listener.local_addr().unwrap().to_string(), nodes, over };
        proxy.forward(listener);
        proxy
    }

    /// Where a node is from now on; it is asked nothing until it was seen ready there.
    pub(crate) fn moved(&self, at: usize, address: &str) {
        address.clone_into(&mut self.nodes[at].address.lock().unwrap());
    }

    pub(crate) fn sees_ready(&self, at: usize) -> bool {
        self.nodes[at].ready.load(Ordering::Relaxed)
    }

    fn forward(&self, listener: TcpListener) {
        let (nodes, over) = (self.nodes.clone(), self.over.clone());
        thread::spawn(move || {
            let turn = AtomicUsize::new(0);
            for client in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let first = turn.fetch_add(1, Ordering::Relaxed);
                let ready = (0..nodes.len()).map(|n| &nodes[(first + n) % nodes.len()]);
                let chosen = ready.into_iter().find(|node| node.ready.load(Ordering::Relaxed));
                // Nobody is ready, or the one that was is gone: the client's connection ends, and its test fails.
                let Some(node) = chosen else { continue };
                let Ok(server) = TcpStream::connect(node.address.lock().unwrap().as_str()) else { continue };
                join(&client.unwrap(), &server);
            }
        });
    }
}

/// Copies both ways until both ends have said all.
fn join(client: &TcpStream, server: &TcpStream) {
    for (from, to) in [(client, server), (server, client)] {
        let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
        to.set_nodelay(true).unwrap();
        thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        });
    }
}

fn is_ready(address: &str) -> bool {
    let look = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    look().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200 "))
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(&self.address);
    }
}

/// A client that keeps its connection for as long as it is kept, and asks nothing twice.
pub(crate) struct Client {
    address: String,
    connection: Option<TcpStream>,
}

impl Client {
    pub(crate) fn of(proxy: &Proxy) -> Self {
        Self { address: proxy.address.clone(), connection: None }
    }

    /// The status of the answer; why there was none.
    pub(crate) fn ask(&mut self, head: &str, body: &str) -> Result<u16, String> {
        let kept = self.connection.is_some();
        let mut stream = match self.connection.take() {
            Some(stream) => stream,
            None => TcpStream::connect(&self.address).map_err(|error| error.to_string())?,
        };
        let answer = self.exchange(&mut stream, head, body).map_err(|error| format!("{error}, kept: {kept}"))?;
        if !answer.to_lowercase().contains("\r\nconnection: close") {
            self.connection = Some(stream);
        }
        answer.split_whitespace().nth(1).and_then(|status| status.parse().ok()).ok_or(answer)
    }

    fn exchange(&self, stream: &mut TcpStream, head: &str, body: &str) -> std::io::Result<String> {
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        let (host, length) = (&self.address, body.len());
        stream.write_all(format!("{head}Host: {host}\r\nContent-Length: {length}\r\n\r\n{body}").as_bytes())?;
        let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
        loop {
            let length = stream.read(&mut piece)?;
            if length == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            answer.extend_from_slice(&piece[..length]);
            let text = String::from_utf8_lossy(&answer);
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let head = head.to_lowercase();
            let expected = head.split("\r\ncontent-length: ").nth(1).and_then(|rest| rest.lines().next());
            if expected.and_then(|length| length.parse().ok()) == Some(body.len()) {
                return Ok(text.into_owned());
            }
        }
    }
}
