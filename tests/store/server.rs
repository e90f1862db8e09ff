//! A PostgreSQL server that belongs to a test: in a folder of its own, reachable through a socket there, gone afterwards.

use keytrail::store::StoreAddress;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub struct Server {
    folder: TempDir,
    programs: PathBuf,
}

impl Server {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Self { folder, programs: programs() };
        // The server does not run as root, and its user must reach the folder.
        std::fs::set_permissions(server.folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        // A language that sorts otherwise than by bytes, where the server was built with one.
        let language = ["--locale-provider=icu", "--icu-locale=en", "--locale=C.UTF-8"];
        let plain = ["-U", "keytrail", "-A", "trust", "-E", "UTF8", "--no-sync", "-D"];
        server.run("initdb", &[&language[..], &plain, &[server.data()]].concat());
        server.up();
        server
    }

    fn path(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }

    fn data(&self) -> &'static str {
        Box::leak(format!("{}/data", self.path()).into_boxed_str())
    }

    pub fn up(&self) {
        let options = format!("-c listen_addresses= -k {} -c fsync=off", self.path());
        let log = format!("{}/log", self.path());
        self.run("pg_ctl", &["start", "-w", "-D", self.data(), "-l", &log, "-o", &options]);
    }

    /// As if the power went: no connection is ended in good order.
    pub fn down(&self) {
        self.run("pg_ctl", &["stop", "-m", "immediate", "-D", self.data()]);
    }

    /// A new, empty database.
    pub fn database(&self, name: &str) -> StoreAddress {
        self.run("createdb", &["-U", "keytrail", "-h", self.path(), name]);
        StoreAddress::parse(&format!("postgres://keytrail@localhost/{name}?host={}", self.path()))
    }

    /// Runs a program of the server's, as a user who is not root.
    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let mut command = if rustix::process::geteuid().is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let command = command.args(arguments).current_dir("/").stdin(Stdio::null());
        // What `pg_ctl` starts keeps its streams: a pipe would never end.
        let said = self.folder.path().join("said");
        let file = std::fs::File::create(&said).unwrap();
        let status = command.stdout(file.try_clone().unwrap()).stderr(file).status().unwrap();
        assert!(status.success(), "{arguments:?}: {}", std::fs::read_to_string(said).unwrap());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if Path::new(self.data()).join("postmaster.pid").exists() {
            self.down();
        }
    }
}

/// Where the server's programs are: Debian keeps `initdb` and `pg_ctl` off the path.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").map(|folder| folder.flatten().map(|entry| entry.path()));
    let mut found: Vec<PathBuf> = versions.into_iter().flatten().map(|path| path.join("bin")).collect();
    found.sort();
    found.pop().unwrap_or_default()
}
