//! What answers cost that cost nothing: a handler that returns a constant, under the same accept loop.

use std::future::pending;

use axum::Router;
use axum::body::Bytes;
use passgate::config::Config;
use passgate::serve::{Limits, run};
use tokio::net::TcpListener;

/// The argument by which this program serves instead of measuring.
pub(crate) const COMMAND: &str = "--serve-bare";

/// Serves a body of this size for every request, until the process is ended. Says where first.
pub(crate) fn serve(size: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        println!("{}", listener.local_addr().expect("an address"));
        let answer = Bytes::from(vec![b'x'; size]);
        // As a handler that has something to do with a body it takes it in.
        let app = Router::new().fallback(move |_sent: Bytes| async move { answer });
        run(listener, app, Limits::from(&Config::default().server), pending()).await;
    });
}
