//! nginx, which hands requests to `git http-backend` by way of fcgiwrap and asks for a password.

use crate::{
    lighttpd::{backend_settings, git_programs},
    process::free_port,
    server::{Server, USER},
};
use std::process::Command;

pub fn start() -> Server {
    let (port, gateway) = (free_port(), free_port());
    let password = format!("{port}");
    let mut server = Server::local().known_as(USER);
    server = server.serving("nginx", format!("http://{USER}:{password}@127.0.0.1:{port}/"));
    let wrapped = format!("tcp:127.0.0.1:{gateway}");
    server.start("fcgiwrap", Command::new("/usr/sbin/fcgiwrap").args(["-f", "-c", "4", "-s", &wrapped]), gateway);
    let users = server.write("users", &format!("{USER}:{{PLAIN}}{password}\n"));
    let users = users.display();
    let home = server.home().display();
    let backend = git_programs() + "/git-http-backend";
    let told = |(key, value)| format!("fastcgi_param {key} \"{value}\";\n");
    let environment = backend_settings(&server).map(told).concat();
    // It drops root's rights otherwise, and could not read its own settings here.
    let user = if rustix::process::geteuid().is_root() { "user root;" } else { "" };
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary = temporary.map(|kind| format!("{kind}_temp_path {home}/{kind};\n")).concat();
    let settings = format!(
        r"
daemon off;
pid {home}/nginx.pid;
error_log {home}/logs/errors;
{user}
events {{}}
http {{
    access_log {home}/logs/access;
    client_max_body_size 0;
    {temporary}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            auth_basic git;
            auth_basic_user_file {users};
            fastcgi_pass 127.0.0.1:{gateway};
            fastcgi_param SCRIPT_FILENAME {backend};
            fastcgi_param PATH_INFO $uri;
            fastcgi_param QUERY_STRING $query_string;
            fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param CONTENT_TYPE $content_type;
            fastcgi_param CONTENT_LENGTH $content_length;
            fastcgi_param REMOTE_ADDR $remote_addr;
            fastcgi_param REMOTE_USER $remote_user;
            {environment}
        }}
    }}
}}
"
    );
    let settings = server.write("nginx.conf", &settings);
    server.start("nginx", Command::new("/usr/sbin/nginx").arg("-e").arg("stderr").arg("-c").arg(settings), port);
    server.hooked()
}
