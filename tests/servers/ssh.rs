//! An `sshd` of its own, with its own keys, which lets the user in who runs the tests.

use crate::{process::free_port, server::Server};
use rustix::process::geteuid;
use std::{fs, path::Path, process::Command};

pub fn start() -> Server {
    let (port, server) = listen(Server::local());
    fs::copy(server.home().join("user.pub"), server.home().join(".ssh/authorized_keys")).unwrap();
    let url = format!("ssh://{}@127.0.0.1:{port}{}/", login(), server.root().display());
    server.serving("ssh", url).hooked()
}

/// Starts `sshd` on a port. Nobody may log in yet: the user's key is `user.pub` in the server's home.
pub fn listen(mut server: Server) -> (u16, Server) {
    let port = free_port();
    let home = server.home().display().to_string();
    for name in ["host", "user"] {
        server.run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", name]);
    }
    fs::create_dir_all(server.home().join(".ssh")).unwrap();
    let path = std::env::var("PATH").unwrap();
    // Sessions get this home, so that nothing of the user's own has a part in it. Few may be knocking at once by default: 10.
    let settings = format!(
        "ListenAddress 127.0.0.1\nPort {port}\nHostKey {home}/host\nPidFile none\nUsePAM no\nStrictModes no\n\
         PasswordAuthentication no\nPermitRootLogin yes\nMaxStartups 1000\nPrintMotd no\n\
         AuthorizedKeysFile {home}/.ssh/authorized_keys\nSetEnv HOME={home} PATH={path} GIT_CONFIG_NOSYSTEM=1\n"
    );
    let settings = server.write("sshd_config", &settings);
    if geteuid().is_root() {
        // The service makes it when it starts; root's `sshd` insists on it.
        fs::create_dir_all("/run/sshd").unwrap();
    }
    server.start("sshd", Command::new("/usr/sbin/sshd").args(["-D", "-e", "-f"]).arg(settings), port);
    let host = fs::read_to_string(server.home().join("host.pub")).unwrap();
    let known = server.write("known_hosts", &format!("[127.0.0.1]:{port} {host}"));
    let ssh = ssh_command(server.home(), &known);
    (port, server.tell_clients("core.sshCommand", ssh))
}

/// What clients' git runs.
fn ssh_command(home: &Path, known: &Path) -> String {
    let (home, known) = (home.display(), known.display());
    format!("ssh -F /dev/null -i {home}/user -o UserKnownHostsFile={known} -o IdentitiesOnly=yes -o BatchMode=yes")
}

/// The name of the user who runs the tests.
pub fn login() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}
