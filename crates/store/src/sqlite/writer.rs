//! The one thread that writes, and group commit: what is waiting goes to the disk together.
//!
//! Each act runs in a savepoint of its own, so that its failure or panic costs it alone. Nobody is answered
//! before the commit (R20); when the commit fails, all that it carried have failed (R118).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use passgate_gate::store::StoreError;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::errors::{OpenError, store_error, the_same};
use super::{SqliteOptions, connection};
use crate::observer::Observer;
use crate::sql::Act;

pub(super) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Box<dyn Job>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, options: &SqliteOptions) -> Result<Self, OpenError> {
        let (sender, receiver) = mpsc::channel(options.queue.max(1));
        let group = options.group.max(1);
        let observer = Arc::clone(&options.observer);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || write_until_closed(connection, receiver, group, observer.as_ref()))?;
        Ok(Self { queue: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)) })
    }

    /// Hands an act to the writer and waits until it is durable. Whoever stops waiting does not stop the act.
    pub(super) async fn run<A: Act<Answer: 'static> + 'static>(&self, act: A) -> Result<A::Answer, StoreError> {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Waiting { act, answer: None, reply });
        match &*lock(&self.queue) {
            Some(queue) => queue.try_send(job).map_err(|refused| match refused {
                mpsc::error::TrySendError::Full(_) => unavailable("too many acts wait for the store"),
                mpsc::error::TrySendError::Closed(_) => StoreError::Failed("the store's writer has stopped".into()),
            })?,
            None => return Err(unavailable("the store is closed")),
        }
        // It ended in the midst of this act, perhaps after the commit.
        answer.await.unwrap_or_else(|_| Err(StoreError::Unconfirmed("the store's writer has stopped".into())))
    }

    /// Lets the writer finish what waits, and waits for it.
    pub(super) fn close(&self) {
        drop(lock(&self.queue).take());
        if let Some(thread) = lock(&self.thread).take()
            && thread.join().is_err()
        {
            tracing::error!("the store's writer ended in a panic");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unavailable(why: &'static str) -> StoreError {
    StoreError::Unavailable(why.into())
}

/// An act with somebody waiting for it. It is run, perhaps again after a lost transaction, then told.
trait Job: Send {
    /// Runs the act and keeps its answer; `false`: undo what it did.
    fn run(&mut self, connection: &mut Connection) -> bool;
    /// Gives out the answer.
    fn tell(self: Box<Self>);
    /// Says why nothing was done, unless the act has an error of its own to tell.
    fn fail(self: Box<Self>, error: StoreError);
}

struct Waiting<A: Act> {
    act: A,
    answer: Option<Result<A::Answer, StoreError>>,
    reply: oneshot::Sender<Result<A::Answer, StoreError>>,
}

impl<A: Act> Job for Waiting<A> {
    fn run(&mut self, connection: &mut Connection) -> bool {
        let answer = catch_unwind(AssertUnwindSafe(|| connection::run(&self.act, connection)))
            .unwrap_or_else(|_| Err(StoreError::Failed("an act of the store panicked".into())));
        self.answer.insert(answer).is_ok()
    }

    fn tell(self: Box<Self>) {
        let answer = self.answer.unwrap_or_else(|| Err(unavailable("the act was not run")));
        // Nobody may be waiting any more; the act holds all the same.
        let _ = self.reply.send(answer);
    }

    fn fail(self: Box<Self>, error: StoreError) {
        let error = self.answer.and_then(Result::err).unwrap_or(error);
        let _ = self.reply.send(Err(error));
    }
}

fn write_until_closed(
    mut connection: Connection,
    mut queue: mpsc::Receiver<Box<dyn Job>>,
    most: usize,
    observer: &dyn Observer,
) {
    let mut group = Vec::with_capacity(most);
    while let Some(first) = queue.blocking_recv() {
        group.push(first);
        while group.len() < most
            && let Ok(next) = queue.try_recv()
        {
            group.push(next);
        }
        commit_together(&mut connection, std::mem::take(&mut group), observer);
    }
    // Closing the last connection moves the log into the file as well; this shows when that fails.
    if let Err(error) = connection.pragma_update_and_check(None, "wal_checkpoint", "TRUNCATE", |_| Ok(())) {
        tracing::warn!(error = %error, "the store's log stays beside its file");
    }
}

/// Carries out a group of acts in one transaction.
fn commit_together(connection: &mut Connection, mut group: Vec<Box<dyn Job>>, observer: &dyn Observer) {
    let began = Instant::now();
    while !group.is_empty() {
        if let Err(error) = execute(connection, "BEGIN IMMEDIATE") {
            return give_up(connection, group, error, "no transaction could be begun");
        }
        let mut lost = None;
        for (place, job) in group.iter_mut().enumerate() {
            if let Err(error) = run_apart(connection, job.as_mut()) {
                tracing::error!(error = %error, "the store lost a transaction");
                lost = Some((place, store_error(error)));
                break;
            }
        }
        let Some((place, error)) = lost else {
            return match execute(connection, "COMMIT") {
                Ok(()) => {
                    observer.committed(group.len(), began.elapsed());
                    group.into_iter().for_each(Job::tell);
                }
                Err(error) => give_up(connection, group, error, "the transaction could not be committed"),
            };
        };
        // A full disk may undo the whole transaction in the middle of an act. That act has failed; the
        // others begin again without it.
        roll_back(connection);
        group.remove(place).fail(error);
    }
}

/// Runs a job in its savepoint. An error here means that the transaction around it is gone.
fn run_apart(connection: &mut Connection, job: &mut dyn Job) -> rusqlite::Result<()> {
    execute(connection, "SAVEPOINT act")?;
    if !job.run(connection) {
        execute(connection, "ROLLBACK TO act")?;
    }
    execute(connection, "RELEASE act")
}

fn give_up(connection: &Connection, group: Vec<Box<dyn Job>>, error: rusqlite::Error, why: &'static str) {
    tracing::error!(error = %error, acts = group.len(), "{why}");
    roll_back(connection);
    let error = store_error(error);
    for job in group {
        job.fail(the_same(&error, why));
    }
}

fn roll_back(connection: &Connection) {
    if !connection.is_autocommit()
        && let Err(error) = execute(connection, "ROLLBACK")
    {
        tracing::error!(error = %error, "the store could not roll back");
    }
}

fn execute(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::mpsc as blocking;
    use std::time::Duration;

    use async_trait::async_trait;
    use tempfile::TempDir;

    use super::*;
    use crate::sql::{Sql, values};
    use crate::sqlite::{files, migrate};

    /// What a test act does after it has written its number down.
    enum Then {
        Return,
        Fail,
        Panic,
        /// Breaks a rule that is looked at only when the transaction is committed.
        SpoilTheCommit,
        AwaitSomethingElse,
        /// Tells that it runs, then waits until it is let go.
        Hold(blocking::Sender<()>, Mutex<blocking::Receiver<()>>),
    }

    struct Note(i64, Then);

    #[async_trait]
    impl Act for Note {
        const WORD: &'static str = "note";
        type Answer = i64;

        async fn run(&self, sql: &mut dyn Sql) -> Result<i64, StoreError> {
            const ORPHAN: &str = "INSERT INTO mailboxes (tenant_id, id, name, suspended) VALUES (777, 1, '', FALSE)";
            sql.execute("INSERT INTO counters (name, last) VALUES (?1, ?2)", values![&self.0.to_string(), self.0])
                .await?;
            match &self.1 {
                Then::Return => {}
                Then::Fail => return Err(StoreError::Failed("as told".into())),
                Then::Panic => panic!("as told"),
                Then::SpoilTheCommit => {
                    sql.execute("PRAGMA defer_foreign_keys = ON", &[]).await?;
                    sql.execute(ORPHAN, &[]).await?;
                }
                Then::AwaitSomethingElse => tokio::task::yield_now().await,
                Then::Hold(running, go) => {
                    running.send(()).unwrap();
                    lock(go).recv().unwrap();
                }
            }
            Ok(self.0)
        }
    }

    fn writer(folder: &TempDir) -> (Writer, Connection) {
        let options = SqliteOptions { busy_timeout: Duration::from_secs(5), ..SqliteOptions::default() };
        let path = folder.path().join("data/writer.db");
        files::create(&path).unwrap();
        let mut connection = connection::open_writer(&path, &options).unwrap();
        migrate::up_to_date(&mut connection).unwrap();
        (Writer::start(connection, &options).unwrap(), reader(&path, &options))
    }

    fn reader(path: &Path, options: &SqliteOptions) -> Connection {
        connection::open_reader(path, options).unwrap()
    }

    /// Runs acts in one transaction: one that holds the writer, then these together, then looks what stands.
    async fn together(acts: Vec<Then>) -> (Vec<Result<i64, StoreError>>, Vec<i64>) {
        let folder = TempDir::new().unwrap();
        let (writer, reader) = writer(&folder);
        let (running, runs) = blocking::channel();
        let (go, wait) = blocking::channel();
        let holding = writer.run(Note(100, Then::Hold(running, Mutex::new(wait))));
        let acting = async {
            tokio::task::spawn_blocking(move || runs.recv().unwrap()).await.unwrap();
            let acts = acts.into_iter().zip(1..).map(|(then, number)| writer.run(Note(number, then)));
            let mut acts = futures_util::future::join_all(acts);
            assert!(futures_util::FutureExt::now_or_never(&mut acts).is_none(), "all are queued");
            go.send(()).unwrap();
            acts.await
        };
        let (held, answers) = tokio::join!(holding, acting);
        held.unwrap();
        let mut standing =
            reader.prepare("SELECT last FROM counters WHERE last BETWEEN 1 AND 99 ORDER BY last").unwrap();
        let standing = standing.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
        (answers, standing)
    }

    #[tokio::test]
    async fn a_failure_or_a_panic_costs_its_act_alone() {
        // R118
        let acts = vec![Then::Return, Then::Fail, Then::Return, Then::Panic, Then::AwaitSomethingElse, Then::Return];
        let (answers, standing) = together(acts).await;
        assert_eq!(answers.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true, false, false, true]);
        assert_eq!(standing, [1, 3, 6]);
    }

    #[tokio::test]
    async fn nobody_is_told_that_a_failed_commit_held() {
        // R118
        let (answers, standing) = together(vec![Then::Return, Then::SpoilTheCommit, Then::Fail, Then::Return]).await;
        let failed: Vec<_> = answers.iter().map(|answer| matches!(answer, Err(StoreError::Failed(_)))).collect();
        assert_eq!(failed, [true; 4]);
        let told = |at: usize| std::error::Error::source(answers[at].as_ref().unwrap_err()).unwrap().to_string();
        assert!(told(0).starts_with("the transaction could not be committed"), "{}", told(0));
        assert_eq!(told(2), "as told", "its own error is told");
        assert!(standing.is_empty());
    }

    #[tokio::test]
    async fn the_writer_goes_on_after_a_failed_commit() {
        // R118: service returns by itself
        let folder = TempDir::new().unwrap();
        let (writer, _reader) = writer(&folder);
        assert!(writer.run(Note(1, Then::SpoilTheCommit)).await.is_err());
        assert_eq!(writer.run(Note(1, Then::Return)).await.unwrap(), 1);
        writer.close();
        assert!(matches!(writer.run(Note(2, Then::Return)).await, Err(StoreError::Unavailable(_))));
    }

    #[tokio::test]
    async fn an_act_that_nobody_waits_for_any_more_holds_all_the_same() {
        // Writer::run
        let folder = TempDir::new().unwrap();
        let (writer, reader) = writer(&folder);
        let mut act = Box::pin(writer.run(Note(7, Then::Return)));
        assert!(futures_util::FutureExt::now_or_never(&mut act).is_none());
        drop(act);
        writer.close();
        let found: i64 = reader.query_row("SELECT last FROM counters WHERE name = '7'", [], |row| row.get(0)).unwrap();
        assert_eq!(found, 7);
    }
}
