//! A file, on another disk or another machine's share.

use std::io;
use std::path::PathBuf;

use async_trait::async_trait;

use super::sink::{Item, Sink, lines};
use crate::trail::line_file;

pub(super) struct File {
    path: PathBuf,
}

impl File {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }
}

#[async_trait]
impl Sink for File {
    async fn send(&mut self, items: &[Item]) -> io::Result<()> {
        let (path, lines) = (self.path.clone(), lines(items));
        // Opened anew each time, so that a file that was moved away by a log rotation is let go.
        tokio::task::spawn_blocking(move || line_file::append(&path, &lines)).await.map_err(io::Error::other)?
    }
}
