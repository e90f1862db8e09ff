//! `git daemon`, which asks nobody who they are.

use crate::{lighttpd::git_programs, process::free_port, server::Server};
use std::process::Command;

pub fn start() -> Server {
    let port = free_port();
    let mut server = Server::local().serving("daemon", format!("git://127.0.0.1:{port}/"));
    // `git daemon` would be a child of git's.
    let mut command = Command::new(git_programs() + "/git-daemon");
    command.args(["--verbose", "--export-all", "--enable=receive-pack", "--listen=127.0.0.1"]);
    // It turns away the 33rd at once by default.
    command.args(["--max-connections=1000", &format!("--port={port}")]);
    command.arg(format!("--base-path={}", server.root().display())).arg(server.root());
    server.start("daemon", &mut command, port);
    server.hooked()
}
