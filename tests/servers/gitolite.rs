//! gitolite3 behind an `sshd`: who comes with the user's key is `ann`, who may make repositories and do anything in them.

use crate::{
    server::{Server, USER},
    ssh,
};
use std::fs;

pub fn start() -> Server {
    let (port, server) = ssh::listen(Server::local());
    let key = format!("{USER}.pub");
    fs::copy(server.home().join("user.pub"), server.home().join(&key)).unwrap();
    server.run("gitolite", &["setup", "-pk", &key]);
    server.write(".gitolite/conf/gitolite.conf", &format!("repo [a-z0-9].*\n\tC = {USER}\n\tRW+ = {USER}\n"));
    server.run("gitolite", &["compile"]);
    let url = format!("ssh://{}@127.0.0.1:{port}/", ssh::login());
    server.serving("gitolite", url).known_as(USER).adopting("repositories").hooked()
}
