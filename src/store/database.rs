//! The connection to the database, and the one way to read and to write.

use super::schema;
use super::{StoreAddress, StoreError};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, ConnectOptions, Connection, Executor};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;
use tokio::runtime::{self, Runtime};

/// Which SQL is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

/// Connections that one process holds at most: readers of a file do not wait for one another.
const CONNECTIONS: u32 = 4;

/// What is tried again waits this long before, then twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The last wait is no longer than this: 12.7 s in all. A server that was stopped hard is back within seconds.
const LAST_PAUSE: Duration = Duration::from_millis(6400);

/// For each connection to a file. Another writer is waited for up to a minute. A commit is not forced to the disk one by one
/// (`NORMAL`): a crash of the program loses nothing, a power cut may lose the last seconds, whole transactions of them.
const FOR_EACH_FILE: &str = "PRAGMA busy_timeout = 60000; PRAGMA synchronous = NORMAL";

/// What an audit remembers. Any number of threads may use it at once.
///
/// Every method waits for the database. Inside an asynchronous runtime they belong on a thread that may block (tokio's
/// `spawn_blocking`): on a thread that drives tasks they panic.
#[derive(Debug)]
pub struct Store {
    runtime: Runtime,
    pool: AnyPool,
    dialect: Dialect,
    address: StoreAddress,
}

impl Store {
    /// Opens the store at `address`, makes it if there is none, and brings its tables up to date. Several processes may do so at
    /// once.
    pub fn open(address: &StoreAddress) -> Result<Self, StoreError> {
        if let StoreAddress::File(path) = address {
            make(path).map_err(|source| StoreError::Io { store: address.clone(), source })?;
        }
        Self::open_existing(address)
    }

    /// Like [`Store::open`], but a file that does not exist is an error: who only asks does not want an empty store.
    pub fn open_existing(address: &StoreAddress) -> Result<Self, StoreError> {
        let io = |source| StoreError::Io { store: address.clone(), source };
        let (url, dialect) = match address {
            StoreAddress::Postgres(url) => (url.clone(), Dialect::Postgres),
            StoreAddress::File(path) => {
                std::fs::metadata(path).map_err(io)?;
                let url = file_url(path).ok_or_else(|| StoreError::Path { store: address.clone() })?;
                (url, Dialect::Sqlite)
            }
        };
        sqlx::any::install_default_drivers();
        let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(io)?;
        let error = |source| StoreError::Database { store: address.clone(), doing: "open it", source };
        let options: AnyConnectOptions = url.parse().map_err(error)?;
        let found = runtime.block_on(patiently(async || prepare(&options, dialect).await)).map_err(error)?;
        if found > i64::from(schema::VERSION) {
            return Err(StoreError::Newer { store: address.clone(), found, known: schema::VERSION });
        }
        let pool = AnyPoolOptions::new().max_connections(CONNECTIONS).after_connect(move |connection, _| {
            Box::pin(async move {
                if dialect == Dialect::Sqlite {
                    connection.execute(FOR_EACH_FILE).await?;
                }
                Ok(())
            })
        });
        let pool = {
            let _inside = runtime.enter();
            pool.connect_lazy_with(options)
        };
        Ok(Self { runtime, pool, dialect, address: address.clone() })
    }

    /// Where it is.
    pub fn address(&self) -> &StoreAddress {
        &self.address
    }

    /// Runs `work` in one transaction: all of it is there afterwards, or nothing. `work` may run several times, since a server
    /// that went away or another writer is tried again; it has to write the same each time.
    #[allow(clippy::needless_pass_by_value, reason = "it is a closure that is written in place")]
    pub(super) fn write<T>(
        &self,
        doing: &'static str,
        work: impl AsyncFn(&mut AnyConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, StoreError> {
        let attempt = async || {
            let mut transaction = self.pool.begin_with(begin(self.dialect)).await?;
            let value = work(&mut transaction).await?;
            transaction.commit().await?;
            Ok(value)
        };
        self.runtime.block_on(patiently(attempt)).map_err(|source| self.error(doing, source))
    }

    /// Runs `work`, which only reads. It may run several times.
    #[allow(clippy::needless_pass_by_value, reason = "it is a closure that is written in place")]
    pub(super) fn read<T>(
        &self,
        doing: &'static str,
        work: impl AsyncFn(&mut AnyConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, StoreError> {
        let attempt = async || work(&mut *self.pool.acquire().await?).await;
        self.runtime.block_on(patiently(attempt)).map_err(|source| self.error(doing, source))
    }

    pub(super) fn error(&self, doing: &'static str, source: sqlx::Error) -> StoreError {
        StoreError::Database { store: self.address.clone(), doing, source }
    }

    pub(super) fn unknown(&self, what: String) -> StoreError {
        StoreError::Unknown { store: self.address.clone(), what }
    }
}

impl Drop for Store {
    /// Closes the connections in good order: a file's write-ahead log is taken into it, and the two files beside it go away.
    fn drop(&mut self) {
        self.runtime.block_on(self.pool.close());
    }
}

/// A file's writers take the lock at once: one that reads first and writes later could be refused in between.
fn begin(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "BEGIN IMMEDIATE",
        Dialect::Postgres => "BEGIN",
    }
}

/// Brings tables up to date by a connection of its own, whose errors are told at once: a pool would go on trying.
async fn prepare(options: &AnyConnectOptions, dialect: Dialect) -> Result<i64, sqlx::Error> {
    let mut connection = options.connect().await?;
    if dialect == Dialect::Sqlite {
        connection.execute(FOR_EACH_FILE).await?;
        connection.execute("PRAGMA journal_mode = WAL").await?;
    }
    let mut transaction = connection.begin_with(begin(dialect)).await?;
    let found = schema::migrate(&mut transaction, dialect).await?;
    transaction.commit().await?;
    connection.close().await?;
    Ok(found)
}

/// Tries again what fails for a reason that passes.
async fn patiently<T>(attempt: impl AsyncFn() -> Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
    let mut pause = FIRST_PAUSE;
    loop {
        match attempt().await {
            Err(error) if pause <= LAST_PAUSE && passes(&error) => tokio::time::sleep(pause).await,
            outcome => return outcome,
        }
        pause *= 2;
    }
}

/// Whether an error may be gone in a moment: a connection that broke, a server that shuts down or starts, a deadlock that was
/// broken up, a file that is locked.
fn passes(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() != std::io::ErrorKind::ConnectionRefused,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            let sqlite_busy = code.parse::<u32>().is_ok_and(|code| code < 10_000 && matches!(code & 0xff, 5 | 6));
            sqlite_busy || code.starts_with("08") || ["40001", "40P01", "57P01", "57P02", "57P03"].contains(&&*code)
        }),
        _ => false,
    }
}

/// Makes the file at `path` if there is none: only its owner may read it, and so the two that `SQLite` puts beside it.
fn make(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// The address of a file as the driver wants it, whatever characters the path has.
fn file_url(path: &Path) -> Option<String> {
    // What follows `//` would be a host.
    let absolute = std::path::absolute(path).ok()?;
    let mut url = "sqlite://".to_owned();
    for byte in absolute.to_str()?.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
            url.push(char::from(byte));
        } else {
            write!(url, "%{byte:02X}").ok()?;
        }
    }
    Some(url)
}
