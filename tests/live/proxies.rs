//! Proxies, as the environment names them.

use crate::{answers::active, cloud::ACCOUNT, leak::Leak, program::Program, stub::Stub, tls::Authority};

/// Behind a name that leads nowhere: who has an answer has it from the proxy.
const NOWHERE: &str = "sts.invalid";

#[test]
fn a_proxy_is_asked_for_what_is_elsewhere() {
    let authority = Authority::new();
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let stub = Stub::tunnel(authority.identity(NOWHERE), |_, _| active(ACCOUNT));
        let leak = Leak::made_up(400);
        let program = Program::verify(&leak, &format!("https://{NOWHERE}"));
        let roots = program.folder().join("roots.pem");
        authority.write(&roots);
        let proxy = format!("http://jane:hunter2@127.0.0.1:{}", stub.port);
        let told = program.env("SSL_CERT_FILE", roots).env(name, proxy).run();
        assert_eq!(told.status(), "active", "{name}: {}", told.stdout);
        let [request] = &stub.requests()[..] else { panic!("{name}: {:#?}", stub.requests()) };
        assert_eq!(request.header("tunnel-to"), Some("sts.invalid:443"), "{name}");
        // jane:hunter2
        assert_eq!(request.header("tunnel-for"), Some("Basic amFuZTpodW50ZXIy"), "{name}");
        assert!(!told.stdout.contains("hunter2") && !told.stderr.contains("hunter2"), "{}{}", told.stdout, told.stderr);
    }
}

#[test]
fn a_host_that_no_proxy_names_is_asked_itself() {
    let authority = Authority::new();
    let (proxy, server) = (Stub::new(|_, _| active(ACCOUNT)), authority.identity("localhost"));
    let server = Stub::with_tls(server, |_, _| active(ACCOUNT));
    let leak = Leak::made_up(401);
    let program = Program::verify(&leak, &format!("https://localhost:{}", server.port));
    let roots = program.folder().join("roots.pem");
    authority.write(&roots);
    let program = program.env("SSL_CERT_FILE", roots).env("HTTPS_PROXY", proxy.url());
    let told = program.env("NO_PROXY", "example.org,localhost").run();
    assert_eq!(told.status(), "active", "{}", told.stdout);
    assert_eq!((proxy.connections(), server.requests().len()), (0, 1));
}

#[test]
fn what_runs_on_this_machine_is_asked_without_a_proxy() {
    let (proxy, server) = (Stub::new(|_, _| active(ACCOUNT)), Stub::new(|_, _| active(ACCOUNT)));
    let leak = Leak::made_up(402);
    let program = Program::verify(&leak, &server.url());
    let told = program.env("HTTP_PROXY", proxy.url()).env("HTTPS_PROXY", proxy.url()).run();
    assert_eq!(told.status(), "active", "{}", told.stdout);
    assert_eq!((proxy.connections(), server.requests().len()), (0, 1));
}

#[test]
fn a_proxy_that_does_not_answer_says_nothing_of_the_key() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let leak = Leak::made_up(403);
    let program = Program::verify(&leak, &format!("https://{NOWHERE}"));
    let proxy = format!("http://jane:hunter2@127.0.0.1:{closed}");
    let told = program.env("HTTPS_PROXY", proxy).args(&["--verify-timeout", "5"]).run();
    assert_eq!(told.status(), "unknown", "{}", told.stdout);
    assert!(!told.stdout.contains("hunter2") && !told.stderr.contains("hunter2"), "{}{}", told.stdout, told.stderr);
}
