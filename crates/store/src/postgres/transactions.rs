//! Running acts: whole or not at all, again when others were in the way, and never "done" on a guess.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use deadpool_postgres::{Object, Pool};
use passgate_gate::store::StoreError;
use tokio_postgres::SimpleQueryMessage;

use super::PostgresOptions;
use super::errors::{Cause, not_committed, pool_error, store_error};
use super::statements::Statements;
use crate::sql::Act;

/// Runs of one act at most. Each conflict has a winner, so acts as a whole get on.
const RUNS: u32 = 12;
/// Runs of an act that finds its rows made by others: the second sees them.
const RUNS_ON_DUPLICATES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// Runs a read on one snapshot.
pub(super) async fn read<A: Act>(pool: &Pool, options: &PostgresOptions, act: &A) -> Result<A::Answer, StoreError> {
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    repeated(|| once(pool, options, act, begin, End::Forget)).await
}

/// Runs an act and answers once it is durable. Whoever stops waiting does not stop it.
pub(super) async fn write<A: Act<Answer: 'static> + 'static>(
    pool: &Pool,
    options: &PostgresOptions,
    act: A,
) -> Result<A::Answer, StoreError> {
    // Without `READ WRITE`, which would overrule a host that has closed its database to writes.
    let begin = "BEGIN ISOLATION LEVEL READ COMMITTED; SHOW transaction_read_only";
    let (pool, options) = (pool.clone(), options.clone());
    let running = tokio::spawn(async move { repeated(|| once(&pool, &options, &act, begin, End::Commit)).await });
    running.await.unwrap_or_else(|error| {
        let why = if error.is_panic() { "an act of the store panicked" } else { "the store is shutting down" };
        Err(StoreError::Failed(why.into()))
    })
}

/// How one run ended.
enum Run<T> {
    Answered(Result<T, StoreError>),
    /// Nothing of it holds; the error is for when no further run is made.
    Undone(Cause, StoreError),
}

async fn repeated<T, F>(mut run: impl FnMut() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Run<T>> + Send,
{
    let mut runs = 0;
    loop {
        runs += 1;
        let (most, error) = match run().await {
            Run::Answered(answer) => return answer,
            Run::Undone(Cause::Conflict, error) => (RUNS, error),
            // Twice: the first connection may have died while it lay idle.
            Run::Undone(Cause::Duplicate | Cause::Connection, error) => (RUNS_ON_DUPLICATES, error),
            Run::Undone(Cause::Statement, error) => (0, error),
        };
        if runs >= most {
            return Err(error);
        }
        tokio::time::sleep(pause(runs)).await;
    }
}

/// Longer each time, and never the same for two.
fn pause(runs: u32) -> Duration {
    let most = FIRST_PAUSE.saturating_mul(1 << runs.min(8)).min(LONGEST_PAUSE);
    let mut random = [0; 4];
    // Without randomness all wait as long as any would.
    if getrandom::fill(&mut random).is_err() {
        return most;
    }
    most.mul_f64(f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Commit,
    /// Nothing was changed: the end of the transaction is not waited for.
    Forget,
}

async fn once<A: Act>(
    pool: &Pool,
    options: &PostgresOptions,
    act: &A,
    begin: &'static str,
    end: End,
) -> Run<A::Answer> {
    let client = match pool.get().await {
        Ok(client) => client,
        Err(error) => return Run::Answered(Err(pool_error(error))),
    };
    let mut transaction = Transaction { client: Some(client), open: true };
    let started = Instant::now();
    let running = tokio::time::timeout(options.act_timeout, run(&transaction, act, begin));
    let Ok((answer, failed)) = running.await else {
        transaction.discard();
        mistrust(pool);
        return Run::Answered(Err(unavailable("the act took too long")));
    };
    match (answer, failed) {
        (Err(error), Some(cause)) => {
            if cause == Cause::Connection {
                transaction.discard();
                mistrust(pool);
            }
            Run::Undone(cause, error)
        }
        // The server has undone it: an act that overlooks that has not been done.
        (Ok(_), Some(_)) => Run::Answered(Err(StoreError::Failed("an act overlooked that it failed".into()))),
        (Err(error), None) => Run::Answered(Err(error)),
        (Ok(answer), None) if end == End::Forget => Run::Answered(Ok(answer)),
        (Ok(answer), None) => match commit(&mut transaction, options).await {
            Ok(()) => {
                options.observer.committed(1, started.elapsed());
                Run::Answered(Ok(answer))
            }
            Err(run) => {
                if transaction.client.is_none() {
                    mistrust(pool);
                }
                run
            }
        },
    }
}

/// Closes the connections that lie idle: they lead where the one led that failed. Of a host that is cut off or frozen
/// each of them would cost somebody the whole time of an act.
fn mistrust(pool: &Pool) {
    pool.retain(|_, _| false);
}

async fn run<A: Act>(
    transaction: &Transaction,
    act: &A,
    begin: &'static str,
) -> (Result<A::Answer, StoreError>, Option<Cause>) {
    let Some(client) = &transaction.client else { return (Err(unavailable("the connection is gone")), None) };
    match client.simple_query(begin).await {
        // A transaction that cannot be begun says nothing about the act: the connection is replaced.
        Err(error) => return (Err(store_error(error)), Some(Cause::Connection)),
        Ok(told) if told.iter().any(says_on) => {
            return (Err(unavailable("the database takes no changes")), Some(Cause::Connection));
        }
        Ok(_) => {}
    }
    let mut statements = Statements::new(client);
    let answer = act.run(&mut statements).await;
    (answer, statements.failed)
}

/// Whether a row says that the server only reads: as a follower does, or one that its host has closed.
fn says_on(told: &SimpleQueryMessage) -> bool {
    matches!(told, SimpleQueryMessage::Row(row) if row.get(0) == Some("on"))
}

/// Commits. An error of the server means that nothing holds; silence means that nobody knows, and that is
/// never told as done (R20, R118).
async fn commit<T>(transaction: &mut Transaction, options: &PostgresOptions) -> Result<(), Run<T>> {
    let Some(client) = &transaction.client else {
        return Err(Run::Answered(Err(unavailable("the connection is gone"))));
    };
    let committed = tokio::time::timeout(options.act_timeout, client.batch_execute("COMMIT")).await;
    match committed {
        Ok(Ok(())) => {
            transaction.open = false;
            Ok(())
        }
        Ok(Err(error)) => {
            let cause = super::errors::cause(&error);
            transaction.discard();
            match cause {
                Cause::Conflict | Cause::Duplicate if not_committed(&error) => {
                    Err(Run::Undone(cause, store_error(error)))
                }
                _ if not_committed(&error) => Err(Run::Answered(Err(store_error(error)))),
                _ => Err(Run::Answered(Err(StoreError::Unconfirmed(error.into())))),
            }
        }
        Err(_) => {
            transaction.discard();
            Err(Run::Answered(Err(StoreError::Unconfirmed("the commit was not confirmed in time".into()))))
        }
    }
}

fn unavailable(why: &'static str) -> StoreError {
    StoreError::Unavailable(why.into())
}

/// A connection in a transaction. Whatever happens to the act, no later one finds the transaction open.
struct Transaction {
    client: Option<Object>,
    open: bool,
}

impl Transaction {
    /// Closes the connection instead of giving it back.
    fn discard(&mut self) {
        if let Some(client) = self.client.take() {
            drop(Object::take(client));
        }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if let Some(client) = self.client.as_ref().filter(|_| self.open) {
            // The first poll sends it. Whoever has the connection next is served after it.
            let _ = pin!(client.batch_execute("ROLLBACK")).poll(&mut Context::from_waker(Waker::noop()));
        }
    }
}
