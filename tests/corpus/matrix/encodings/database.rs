//! `SQLite` databases, written by `SQLite` itself.

use super::{super::cell::Group, Encoding, whole_named};
use rusqlite::Connection;

pub fn all() -> Vec<Encoding> {
    vec![
        whole_named(Group::Containers, "sqlite, a text column", |path, text| {
            let file = written(|database| {
                database.execute_batch("CREATE TABLE files (path TEXT PRIMARY KEY, content TEXT)").unwrap();
                database.execute("INSERT INTO files VALUES ('README', 'Of no interest.')", ()).unwrap();
                database.execute("INSERT INTO files VALUES (?1, ?2)", (path, text)).unwrap();
            });
            ("app.sqlite3".to_owned(), file)
        }),
        whole_named(Group::Containers, "sqlite, a large text column", |path, text| {
            let content = format!("{}{text}{}", "# settings\n".repeat(900), "# end\n".repeat(500));
            let file = written(|database| {
                database.execute_batch("CREATE TABLE files (path TEXT PRIMARY KEY, content BLOB)").unwrap();
                database.execute("INSERT INTO files VALUES (?1, ?2)", (path, content.as_bytes())).unwrap();
            });
            ("large.db".to_owned(), file)
        }),
    ]
}

/// A table with the id in one column and the secret in the next.
pub fn row(id: &str, secret: &str) -> Vec<u8> {
    written(|database| accounts(database, id, secret))
}

/// The same, and the row was deleted.
pub fn deleted_row(id: &str, secret: &str) -> Vec<u8> {
    written(|database| {
        accounts(database, id, secret);
        database.execute("DELETE FROM accounts WHERE name = 'production'", ()).unwrap();
    })
}

/// The same, and the whole table was dropped: its pages are free.
pub fn emptied_table(id: &str, secret: &str) -> Vec<u8> {
    written(|database| {
        accounts(database, id, secret);
        database.execute_batch("CREATE TABLE other (x); DROP TABLE accounts").unwrap();
    })
}

/// The same among rows on several pages: those that are free but do not list other free pages are as they were.
pub fn emptied_large_table(id: &str, secret: &str) -> Vec<u8> {
    let fill = |database: &Connection| {
        (0..150).for_each(|n| insert(database, &format!("test {n}"), "none", &"no secret here ".repeat(3)));
    };
    written(|database| {
        accounts(database, "", "");
        fill(database);
        insert(database, "production", id, secret);
        fill(database);
        database.execute_batch("CREATE TABLE other (x); DROP TABLE accounts").unwrap();
    })
}

fn accounts(database: &Connection, id: &str, secret: &str) {
    let table =
        "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT, access_key TEXT, secret_key TEXT, region TEXT)";
    database.execute_batch(table).unwrap();
    insert(database, "none", "", "");
    insert(database, "production", id, secret);
    insert(database, "empty", "", "");
}

fn insert(database: &Connection, name: &str, id: &str, secret: &str) {
    let row = "INSERT INTO accounts (name, access_key, secret_key, region) VALUES (?1, ?2, ?3, 'us-east-1')";
    database.execute(row, (name, id, secret)).unwrap();
}

/// The bytes of a database that `write` filled.
pub fn written(write: impl Fn(&Connection)) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("database");
    let database = Connection::open(&path).unwrap();
    database.execute_batch("PRAGMA secure_delete = OFF; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF").unwrap();
    write(&database);
    database.close().unwrap();
    std::fs::read(path).unwrap()
}
