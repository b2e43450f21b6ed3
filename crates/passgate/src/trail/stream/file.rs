//! A file, on another disk or another machine's share.

use std::io;
use std::path::PathBuf;

use async_trait::async_trait;
use tokio::task::JoinHandle;

use super::sink::{Item, Sink, lines};
use crate::trail::line_file;

pub(super) struct File {
    path: PathBuf,
    /// What was given up and may go on all the same: a share that hangs holds one thread, not one more at each try.
    writing: Option<JoinHandle<io::Result<()>>>,
}

impl File {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, writing: None }
    }

    async fn written(&mut self) -> io::Result<()> {
        let Some(writing) = &mut self.writing else { return Ok(()) };
        // Kept until it is done: whoever waits here may be told to give up.
        let done = writing.await;
        self.writing = None;
        done.map_err(io::Error::other)?
    }
}

#[async_trait]
impl Sink for File {
    async fn send(&mut self, items: &[Item]) -> io::Result<()> {
        // Whatever came of it, nobody was told that it holds: its batch is among these.
        let _ = self.written().await;
        let (path, lines) = (self.path.clone(), lines(items));
        // Opened anew each time, so that a file that was moved away by a log rotation is let go.
        self.writing = Some(tokio::task::spawn_blocking(move || line_file::append(&path, &lines)));
        self.written().await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;

    fn item() -> Item {
        Item { text: "{}".into(), time: Timestamp::UNIX_EPOCH, word: "set-password".into(), refused: false }
    }

    #[tokio::test]
    async fn a_place_that_hangs_is_not_written_to_a_second_time_meanwhile() {
        // R114
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("second.jsonl");
        let (go_on, hanging) = std::sync::mpsc::channel();
        let mut file = File::new(path.clone());
        file.writing = Some(tokio::task::spawn_blocking(move || {
            let _ = hanging.recv();
            Ok(())
        }));
        for _ in 0..3 {
            let given_up = tokio::time::timeout(Duration::from_millis(20), file.send(&[item()])).await;
            assert!(given_up.is_err() && !path.exists());
        }
        go_on.send(()).unwrap();
        file.send(&[item()]).await.unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{}\n");
    }
}
