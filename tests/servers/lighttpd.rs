//! lighttpd, which runs `git http-backend` as a CGI program and asks for a password.

use crate::{
    process::free_port,
    server::{Server, USER},
};
use std::process::Command;

/// The folder of git's own programs.
pub fn git_programs() -> String {
    let output = Command::new("git").arg("--exec-path").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// What `git http-backend` is told: where repositories are, that all may be read, and who it is.
pub fn backend_settings(server: &Server) -> [(&'static str, String); 5] {
    [
        ("GIT_PROJECT_ROOT", server.root().display().to_string()),
        ("GIT_HTTP_EXPORT_ALL", "1".to_owned()),
        ("GIT_CONFIG_NOSYSTEM", "1".to_owned()),
        ("HOME", server.home().display().to_string()),
        ("PATH", std::env::var("PATH").unwrap()),
    ]
}

pub fn start() -> Server {
    let port = free_port();
    let password = format!("{port}");
    let mut server = Server::local().known_as(USER);
    server = server.serving("lighttpd", format!("http://{USER}:{password}@127.0.0.1:{port}/git/"));
    let users = server.write("users", &format!("{USER}:{password}\n"));
    let environment = backend_settings(&server).map(|(key, value)| format!("{key:?} => {value:?}")).join(", ");
    let home = server.home().display();
    let backend = git_programs() + "/git-http-backend";
    let users = users.display();
    let settings = format!(
        r#"
server.modules = ("mod_alias", "mod_setenv", "mod_auth", "mod_authn_file", "mod_cgi", "mod_accesslog")
server.bind = "127.0.0.1"
server.port = {port}
server.document-root = "{home}/git"
server.upload-dirs = ("{home}")
server.max-fds = 4096
accesslog.filename = "{home}/logs/access"
auth.backend = "plain"
auth.backend.plain.userfile = "{users}"
alias.url = ("/git" => "{backend}")
$HTTP["url"] =~ "^/git/" {{
    cgi.assign = ("" => "")
    setenv.add-environment = ({environment})
    auth.require = ("" => ("method" => "basic", "realm" => "git", "require" => "valid-user"))
}}
"#
    );
    let settings = server.write("lighttpd.conf", &settings);
    server.start("lighttpd", Command::new("/usr/sbin/lighttpd").arg("-D").arg("-f").arg(settings), port);
    server.hooked()
}
