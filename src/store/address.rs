//! Where a store is.

use std::fmt;
use std::path::PathBuf;

/// Where a store is: a file, or a database of a PostgreSQL server.
///
/// Neither `Display` nor `Debug` shows more of a server's address than host, port and database: the rest may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreAddress {
    /// A `SQLite` database. It and the two files that stand beside it while it is open are made readable to their owner only.
    File(PathBuf),
    /// `postgres://USER@HOST/DATABASE`, as `libpq` has it. What it leaves open, the password most of all, is taken from
    /// `PGPASSWORD` and the other variables of `libpq`, and from `~/.pgpass`. The tables are made where `search_path` leads
    /// first.
    Postgres(String),
}

impl StoreAddress {
    /// From an argument: what begins with `postgres://` or `postgresql://` is a server, all else is a file.
    pub fn parse(text: &str) -> Self {
        match text.split_once("://") {
            Some((scheme, rest)) if ["postgres", "postgresql"].contains(&scheme.to_ascii_lowercase().as_str()) => {
                Self::Postgres(format!("postgres://{rest}"))
            }
            _ => Self::File(PathBuf::from(text)),
        }
    }
}

impl fmt::Display for StoreAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = match self {
            Self::File(path) => return write!(f, "{}", path.display()),
            Self::Postgres(url) => url.split_once("://").map_or("", |(_, rest)| rest),
        };
        let place = url.split(['?', '#']).next().unwrap_or_default();
        let shown = match place.rsplit_once('@') {
            Some((_, host)) => host,
            // A password that is not escaped as it should be: who knows where it ends.
            None if url.contains('@') => "…",
            None => place,
        };
        write!(f, "postgres://{shown}")
    }
}

impl fmt::Debug for StoreAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for (text, shown) in [
            ("postgres://host/db", "postgres://host/db"),
            ("postgresql://audit:hidden@host:5433/db?sslmode=require", "postgres://host:5433/db"),
            ("postgres://audit:hid@den@host/db", "postgres://host/db"),
            ("postgres://audit:hid?den@host/db", "postgres://…"),
            ("postgres:///db?user=a&password=hid@den", "postgres://…"),
            ("POSTGRES://audit:hidden@host/db", "postgres://host/db"),
            ("audit.db", "audit.db"),
            ("dir/postgres://x", "dir/postgres://x"),
        ] {
            let address = StoreAddress::parse(text);
            assert_eq!(address.to_string(), shown);
            assert_eq!(format!("{address:?}"), shown);
        }
        assert!(matches!(StoreAddress::parse("x/postgres://y"), StoreAddress::File(_)));
    }
}
