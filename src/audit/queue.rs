//! The queue of repositories that are to be scanned: `apalis`, in the store's own database, shared by any number of workers.
//!
//! It delivers a ticket **at least once**. A worker that says nothing for [`MISSED`] heartbeats is taken for dead, and what it
//! had goes to another one; if it was only frozen, both finish. So a ticket only says where to look: whether anything is left to
//! do, and how often it was tried, is in the store ([`crate::store::Store::attempt`]), which takes results as states.

use crate::store::StoreAddress;
use apalis::layers::WorkerBuilderExt;
use apalis::prelude::{BackendExt, BoxDynError, TaskSink, WorkerBuilder, WorkerContext, WorkerError};
use apalis_postgres::{PgPool, PostgresStorage};
use apalis_sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteStorage};
use futures_util::future::{Either, select};
use serde::{Deserialize, Serialize};
use std::pin::pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::{self, Runtime};
use tokio::sync::oneshot;
use uuid::Uuid;

/// So many heartbeats may be missing: a machine that swaps is slow, and not dead.
const MISSED: usize = 4;
/// How often an idle worker looks for tickets.
const POLL: Duration = Duration::from_millis(500);
/// How often a worker looks whether it is to stop.
const TICK: Duration = Duration::from_millis(20);
/// A database that is away is asked again for so long, then the worker gives up.
const PATIENCE: Duration = Duration::from_mins(1);
/// Before that it is waited for so long.
const PAUSE: Duration = Duration::from_secs(1);
/// So long a worker that is to stop may take for what it has begun.
const GRACE: Duration = Duration::from_secs(30);
/// So often a file's tables are tried to be made: there are eleven steps, at each of which another process may be ahead.
const TRIES: u32 = 100;
/// So many tickets are written in one transaction.
const PUSHED: usize = 1000;
/// Another writer of a file is waited for so long.
const BUSY: Duration = Duration::from_mins(1);

/// A repository that is to be scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The number of the run.
    pub run: i64,
    /// The repository's id.
    pub repository: String,
}

/// Tickets for workers that scan in one way.
#[derive(Debug)]
pub struct Queue {
    runtime: Runtime,
    database: Database,
    store: StoreAddress,
    /// Only workers of the same name take from it.
    name: String,
    /// How often a worker says that it lives.
    heartbeat: Duration,
}

#[derive(Debug)]
enum Database {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// The queue cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the queue in {store}: cannot {doing}: {cause}")]
pub struct QueueError {
    store: StoreAddress,
    doing: &'static str,
    cause: BoxDynError,
}

/// A ticket that waits for one of the threads.
struct Order {
    ticket: Ticket,
    answer: oneshot::Sender<Result<(), String>>,
}

impl Queue {
    /// The queue in the store at `address`, for workers of one version and one rule set: `name` tells them from others. Each says
    /// that it lives once in a `heartbeat`. Makes its tables if there are none.
    ///
    /// # Errors
    ///
    /// The database cannot be reached, or may not be changed.
    pub fn open(address: &StoreAddress, name: &str, heartbeat: Duration) -> Result<Self, QueueError> {
        let failed = |cause: BoxDynError| QueueError { store: address.clone(), doing: "open it", cause };
        let runtime =
            runtime::Builder::new_current_thread().enable_all().build().map_err(|error| failed(error.into()))?;
        let opening = async {
            match address {
                StoreAddress::File(path) => {
                    let options = SqliteConnectOptions::new().filename(path).busy_timeout(BUSY);
                    let pool = SqlitePoolOptions::new().max_connections(2).connect_with(options).await?;
                    make_tables(&pool).await?;
                    Ok(Database::Sqlite(pool))
                }
                StoreAddress::Postgres(url) => {
                    let pool = PgPool::connect(url).await?;
                    PostgresStorage::setup(&pool).await?;
                    Ok(Database::Postgres(pool))
                }
            }
        };
        let database = runtime.block_on(opening).map_err(failed)?;
        Ok(Self { runtime, database, store: address.clone(), name: name.to_owned(), heartbeat })
    }

    /// Lets `tickets` wait for workers.
    pub fn push(&self, tickets: &[Ticket]) -> Result<(), QueueError> {
        let pushing = async {
            for some in tickets.chunks(PUSHED) {
                match &self.database {
                    Database::Sqlite(pool) => self.sqlite(pool).push_bulk(some.to_vec()).await?,
                    Database::Postgres(pool) => self.postgres(pool).push_bulk(some.to_vec()).await?,
                }
            }
            Ok(())
        };
        self.runtime.block_on(pushing).map_err(|cause| self.error("put repositories in it", cause))
    }

    /// Forgets tickets that are done with. (`apalis` would compact the whole file, too, which holds more than its tables.)
    pub fn tidy(&self) -> Result<(), QueueError> {
        let tidying = async {
            match &self.database {
                Database::Sqlite(pool) => {
                    let query =
                        sqlx::query("DELETE FROM Jobs WHERE job_type = $1 AND status = 'Done'").bind(&self.name);
                    query.execute(pool).await?;
                }
                Database::Postgres(pool) => {
                    let query = sqlx::query("DELETE FROM apalis.jobs WHERE job_type = $1 AND status = 'Done'");
                    query.bind(&self.name).execute(pool).await?;
                }
            }
            Ok(())
        };
        self.runtime.block_on(tidying).map_err(|cause| self.error("tidy it", cause))
    }

    /// Gives tickets to `handle`, on `threads` threads, until `stop` says so; what was begun is finished first. A ticket that
    /// `handle` fails at waits again.
    ///
    /// # Errors
    ///
    /// The database has been away for a minute. What was begun is finished, and will come again to another worker.
    pub fn work(
        &self,
        threads: usize,
        handle: &(dyn Fn(&Ticket) -> Result<(), String> + Sync),
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<(), QueueError> {
        let (orders, waiting) = channel();
        let waiting = Mutex::new(waiting);
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Some(Order { ticket, answer }) = next(&waiting) {
                        // Nobody listens any more if the database went away: the ticket will come again.
                        let _ = answer.send(handle(&ticket));
                    }
                });
            }
            self.runtime.block_on(self.serve(orders, threads, stop))
        })
    }

    /// One worker after the other: one that has lost its database does not come back.
    async fn serve(
        &self,
        orders: Sender<Order>,
        threads: usize,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<(), QueueError> {
        let mut since = Instant::now();
        loop {
            let began = Instant::now();
            // A worker's name is its own: under that of one that was alive a moment ago it would not be let in.
            let context = WorkerContext::new(&format!("keytrail-{}", Uuid::new_v4()));
            let orders = orders.clone();
            let handler = move |ticket: Ticket| order(orders.clone(), ticket);
            macro_rules! work {
                ($storage:expr) => {{
                    let backend = $storage.poll_with_interval(POLL);
                    let worker = WorkerBuilder::new(&context).backend(backend).concurrency(threads).build(handler);
                    until(worker.run(), &context, stop).await
                }};
            }
            let ended = match &self.database {
                Database::Sqlite(pool) => work!(self.sqlite(pool)),
                Database::Postgres(pool) => work!(self.postgres(pool)),
            };
            let Err(error) = ended else { return Ok(()) };
            if began.elapsed() > PAUSE {
                since = began;
            }
            if stop() {
                return Ok(());
            }
            if since.elapsed() > PATIENCE {
                return Err(self.error("take repositories from it", error.into()));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn sqlite(&self, pool: &SqlitePool) -> SqliteStorage<Ticket> {
        let config = apalis_sqlite::Config::default().queue(&self.name).batch_size(1).lock_tasks(false);
        SqliteStorage::new(pool).with_config(config.heartbeat_interval(self.heartbeat).missed_heartbeats(MISSED))
    }

    fn postgres(&self, pool: &PgPool) -> PostgresStorage<Ticket> {
        let config = apalis_postgres::Config::default().queue(&self.name).batch_size(1).lock_tasks(false);
        PostgresStorage::new(pool).with_config(config.heartbeat_interval(self.heartbeat).missed_heartbeats(MISSED))
    }

    fn error(&self, doing: &'static str, cause: BoxDynError) -> QueueError {
        QueueError { store: self.store.clone(), doing, cause }
    }
}

/// Makes the queue's tables. Two that do so at once get in each other's way in a file: the one that comes second fails as a whole,
/// and finds what the first one did when it tries again.
async fn make_tables(pool: &SqlitePool) -> Result<(), BoxDynError> {
    let mut tries = 1..=TRIES;
    loop {
        match SqliteStorage::migrations().run(pool).await {
            Err(_) if tries.next().is_some() => tokio::time::sleep(TICK).await,
            made => return Ok(made?),
        }
    }
}

/// The next ticket, if there will be one.
fn next(waiting: &Mutex<Receiver<Order>>) -> Option<Order> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// Has one of the threads handle `ticket`. The queue hands out no more at a time than there are threads.
async fn order(orders: Sender<Order>, ticket: Ticket) -> Result<(), BoxDynError> {
    let (answer, answered) = oneshot::channel();
    orders.send(Order { ticket, answer }).map_err(|_| "nobody works")?;
    Ok(answered.await.map_err(|_| "nobody answers")??)
}

/// Lets a worker run until it ends, or until `stop` says so and it has finished what it began.
async fn until(
    running: impl Future<Output = Result<(), WorkerError>>,
    context: &WorkerContext,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<(), WorkerError> {
    let mut running = pin!(running);
    loop {
        match select(running.as_mut(), pin!(tokio::time::sleep(TICK))).await {
            Either::Left((ended, _)) => return ended,
            Either::Right(_) if stop() && context.stop().is_ok() => {
                // One whose database does not answer may never come to its end. What it had comes again.
                return tokio::time::timeout(GRACE, running).await.unwrap_or(Ok(()));
            }
            Either::Right(_) => {}
        }
    }
}
