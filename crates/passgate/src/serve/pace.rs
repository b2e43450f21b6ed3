//! The pace of one connection: how long it may send headers, and how long it may do nothing.
//!
//! hyper knows one time limit for both. [`Watched`] stands between it and the socket, sees when bytes come,
//! and learns from the guard when a request is being served.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::Limits;
use super::framing::{Broken, Scanner};

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// Sending headers. A new connection starts here: who connects has something to say.
    Headers = 0,
    /// A request is being answered.
    Serving = 1,
    /// Between two requests.
    Idle = 2,
}

/// What the socket and the guard of one connection tell each other.
#[derive(Debug)]
pub(super) struct Pace {
    phase: AtomicU8,
    /// The number of the request whose head was refused; `u64::MAX` for none.
    refused: AtomicU64,
    too_large: AtomicBool,
    served: AtomicU64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            phase: AtomicU8::new(Phase::Headers as u8),
            refused: AtomicU64::new(u64::MAX),
            too_large: AtomicBool::new(false),
            served: AtomicU64::new(0),
        }
    }
}

impl Pace {
    pub(super) fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Release);
    }

    fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Acquire) {
            0 => Phase::Headers,
            1 => Phase::Serving,
            _ => Phase::Idle,
        }
    }

    fn refuse(&self, request: u64, too_large: bool) {
        self.too_large.store(too_large, Ordering::Release);
        self.refused.store(request, Ordering::Release);
    }

    /// Counts one more request, and says what the scanner had against it.
    pub(super) fn next(&self) -> Verdict {
        if self.served.fetch_add(1, Ordering::AcqRel) < self.refused.load(Ordering::Acquire) {
            Verdict::Sound
        } else if self.too_large.load(Ordering::Acquire) {
            Verdict::TooLarge
        } else {
            Verdict::Ambiguous
        }
    }
}

/// What the scanner says of the head of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It can be read in one way only.
    Sound,
    /// It is longer than the limit.
    TooLarge,
    /// It can be read in more than one way.
    Ambiguous,
}

/// A socket whose sender has to keep the pace and whose framing is scanned as it arrives.
pub(super) struct Watched<S> {
    stream: S,
    pace: Arc<Pace>,
    scanner: Scanner,
    header_time: Duration,
    idle_time: Duration,
    timed: Phase,
    reading: Pin<Box<Sleep>>,
    /// Runs while the other end takes nothing of an answer.
    writing: Option<Pin<Box<Sleep>>>,
    broken: bool,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, pace: Arc<Pace>, limits: &Limits) -> Self {
        Self {
            stream,
            pace,
            scanner: Scanner::new(limits.header_bytes),
            header_time: limits.header_time,
            idle_time: limits.idle_time,
            timed: Phase::Headers,
            reading: Box::pin(tokio::time::sleep(limits.header_time)),
            writing: None,
            broken: false,
        }
    }

    /// Starts the clock of a phase that was entered since the last look.
    fn keep_time(&mut self) -> Phase {
        let phase = self.pace.phase();
        if phase != self.timed {
            self.timed = phase;
            let limit = match phase {
                Phase::Headers => self.header_time,
                // The body has a clock of its own, an answer takes what it takes.
                Phase::Serving => return phase,
                Phase::Idle => self.idle_time,
            };
            self.reading.as_mut().reset(Instant::now() + limit);
        }
        phase
    }

    /// How many of the bytes may be passed on.
    fn scan(&mut self, bytes: &[u8]) -> usize {
        match self.scanner.scan(bytes) {
            Ok(()) => bytes.len(),
            Err(Broken::Head { request, too_large }) => {
                // The guard answers it when hyper hands it over, in its turn.
                self.pace.refuse(request, too_large);
                bytes.len()
            }
            Err(Broken::Body { good }) => {
                self.broken = true;
                good
            }
        }
    }

    /// After a broken chunk nothing that comes has a meaning.
    fn end_of_sense() -> Poll<io::Result<()>> {
        Poll::Ready(Err(io::ErrorKind::InvalidData.into()))
    }

    fn while_writing<T>(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.writing = None;
            return outcome;
        }
        let idle_time = self.idle_time;
        let clock = self.writing.get_or_insert_with(|| Box::pin(tokio::time::sleep(idle_time)));
        if clock.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let phase = self.keep_time();
        if self.broken {
            return Self::end_of_sense();
        }
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buffer) {
            Poll::Ready(Ok(())) => {
                let arrived = &buffer.filled()[before..];
                if phase == Phase::Idle && !arrived.is_empty() {
                    self.pace.enter(Phase::Headers);
                }
                let good = self.scan(arrived);
                buffer.set_filled(before + good);
                if self.broken && good == 0 { Self::end_of_sense() } else { Poll::Ready(Ok(())) }
            }
            Poll::Pending if phase != Phase::Serving && self.reading.as_mut().poll(cx).is_ready() => {
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            other => other,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.while_writing(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.while_writing(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // TLS keeps what the socket does not take, and passes it on here.
        let outcome = Pin::new(&mut self.stream).poll_flush(cx);
        self.while_writing(cx, outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.while_writing(cx, outcome)
    }
}
