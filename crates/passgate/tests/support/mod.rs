//! The program as a process, and a client for it that sends exactly what it is told.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]
#![allow(dead_code, clippy::allow_attributes, reason = "each test program uses its own part of this")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

/// Far beyond what anything here takes: reached only by a program that hangs.
const FOREVER: Duration = Duration::from_mins(1);

/// The program with these arguments and a clean environment.
pub(crate) fn passgate(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_passgate"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

/// Runs a command to its end with this on its standard input.
pub(crate) fn run(arguments: &[&str], input: &str) -> Output {
    run_with(arguments, input, &[])
}

/// The same with variables.
pub(crate) fn run_with(arguments: &[&str], input: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = passgate(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).envs(variables.iter().copied());
    let mut child = command.spawn().unwrap();
    // A command that reads nothing closes its end first.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    // Output is short: it fits into the pipes, and nobody has to read while the command runs.
    let start = std::time::Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > FOREVER {
            let _ = child.kill();
            panic!("{arguments:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

/// What it said, what it complained of, and its exit code, for comparing with a golden text.
pub(crate) fn told(output: &Output) -> String {
    format!(
        "{}{}exit {}\n",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
        output.status.code().map_or("by signal".to_owned(), |code| code.to_string())
    )
}

/// The JSON that it said.
#[track_caller]
pub(crate) fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", told(output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A server that ends with the test.
pub(crate) struct Server {
    child: Child,
    /// `127.0.0.1:PORT`.
    pub(crate) address: String,
    /// What `dev` wrote.
    pub(crate) credentials: Value,
}

impl Server {
    /// `passgate dev` on a free port with its data here, once it has written its credentials.
    pub(crate) fn dev(data: &Path, variables: &[(&str, &str)]) -> Self {
        let file = data.with_extension("credentials");
        let _ = std::fs::remove_file(&file);
        let log = std::fs::File::create(data.with_extension("log")).unwrap();
        let arguments = ["dev", "--listen", "127.0.0.1:0", "--data", text(data), "--credentials", text(&file)];
        let child =
            passgate(&arguments).envs(variables.iter().copied()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let mut server = Self { child, address: String::new(), credentials: Value::Null };
        server.await_that(|| file.exists());
        server.credentials = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let base_url = server.member("base_url");
        base_url.trim_start_matches("http://").clone_into(&mut server.address);
        server
    }

    /// `passgate serve` on this port, once it accepts connections.
    pub(crate) fn serve(file: &Path, port: u16) -> Self {
        let address = format!("127.0.0.1:{port}");
        Self::started(&mut passgate(&["serve", "--config", text(file), "--listen", &address]), &address)
    }

    /// What this command starts, once it accepts connections at this address.
    pub(crate) fn started(command: &mut Command, address: &str) -> Self {
        let address = address.to_owned();
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut server = Self { child, address: address.clone(), credentials: Value::Null };
        server.await_that(|| TcpStream::connect(&address).is_ok());
        server
    }

    #[track_caller]
    fn await_that(&mut self, mut done: impl FnMut() -> bool) {
        let start = std::time::Instant::now();
        while !done() {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("the server ended with {status}");
            }
            assert!(start.elapsed() < FOREVER, "the server does not come up");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A text of the credentials.
    #[track_caller]
    pub(crate) fn member(&self, name: &str) -> String {
        self.credentials[name].as_str().unwrap_or_else(|| panic!("no {name}")).to_owned()
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let done = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(done.success());
    }

    /// Waits for the end; its exit code.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        let start = std::time::Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(start.elapsed() < FOREVER, "the server does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// One request on a connection of its own; the whole answer.
    pub(crate) fn send(&self, head: &str, body: &str) -> String {
        try_send(&self.address, head, body).unwrap()
    }

    /// `POST` of JSON with the API key of the credentials.
    pub(crate) fn post(&self, path: &str, body: &str) -> String {
        let key = self.member("api_key");
        self.send(&format!("POST {path} HTTP/1.1\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\n"), body)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request; an error if the connection ends before an answer.
pub(crate) fn try_send(address: &str, head: &str, body: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(FOREVER))?;
    let length = body.len();
    write!(stream, "{head}Host: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.is_empty() { Err(std::io::ErrorKind::UnexpectedEof.into()) } else { Ok(answer) }
}

/// Says why a test is left out: not by a macro, whose output the test runner keeps to itself.
pub(crate) fn left_out(why: &str) {
    let _ = writeln!(std::io::stdout(), "left out, {why}");
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
