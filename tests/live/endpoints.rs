//! Endpoints with certificates: right, and wrong in every way.

use crate::{
    answers::active,
    cloud::ACCOUNT,
    leak::Leak,
    program::{Program, Told},
    stub::Stub,
    tls::{Authority, Identity},
};

/// Asks a server that shows `identity` and is reached as `localhost`; the client believes `authority`.
fn ask(authority: &Authority, identity: Identity) -> (Stub, Told) {
    let stub = Stub::with_tls(identity, |_, _| active(ACCOUNT));
    let leak = Leak::made_up(200);
    let program = Program::verify(&leak, &format!("https://localhost:{}", stub.port));
    let roots = program.folder().join("roots.pem");
    authority.write(&roots);
    let told = program.env("SSL_CERT_FILE", roots).args(&["--verify-timeout", "20"]).run();
    (stub, told)
}

#[test]
fn a_server_with_a_right_certificate_is_asked() {
    let authority = Authority::new();
    let (stub, told) = ask(&authority, authority.identity("localhost"));
    assert_eq!(told.status(), "active", "{}", told.stdout);
    assert_eq!(stub.requests().len(), 1);
}

#[test]
fn a_server_with_a_wrong_certificate_gets_no_request() {
    let authority = Authority::new();
    for (what, identity, words) in [
        ("signed by itself", Identity::of_nobody("localhost"), ["issuer", "authority", "self"]),
        ("of another authority", Authority::new().identity("localhost"), ["issuer", "authority", "trust"]),
        ("expired", authority.expired("localhost"), ["expired", "valid", "time"]),
        ("of another host", authority.identity("sts.us-east-1.amazonaws.com"), ["name", "host", "valid for"]),
    ] {
        let (stub, told) = ask(&authority, identity);
        assert_eq!(told.status(), "unknown", "{what}: {}", told.stdout);
        let why = told.why().to_lowercase();
        assert!(why.contains("certificate") && words.iter().any(|word| why.contains(word)), "{what}: {why}");
        assert!(stub.requests().is_empty(), "{what}: {:#?}", stub.requests());
    }
}

#[test]
fn a_server_that_speaks_no_tls_gets_no_request() {
    let stub = Stub::new(|_, _| active(ACCOUNT));
    let url = format!("https://127.0.0.1:{}", stub.port);
    let told = Program::verify(&Leak::made_up(201), &url).args(&["--verify-timeout", "2"]).run();
    assert_eq!(told.status(), "unknown", "{}", told.stdout);
    assert!(stub.requests().is_empty());
}

/// What is signed may be read by all on the way, and what is answered changed, unless it is this machine that is asked.
#[test]
fn a_distant_endpoint_without_tls_is_refused() {
    let told = Program::verify(&Leak::made_up(202), "http://sts.us-east-1.amazonaws.com").run();
    assert_eq!(told.code, Some(2), "{}", told.stdout);
    assert!(told.stderr.contains("http://sts.us-east-1.amazonaws.com"), "{}", told.stderr);
}

#[test]
fn what_is_no_url_is_refused_with_its_name() {
    for url in ["", "sts", "ftp://127.0.0.1", "http://", "http://jane:pass@127.0.0.1:1/", "http://127.0.0.1:99999"] {
        let told = Program::verify(&Leak::made_up(203), url).run();
        assert_eq!(told.code, Some(2), "{url}: {}", told.stdout);
        assert!(told.stderr.contains("sts-endpoint") || told.stderr.contains(url), "{url}: {}", told.stderr);
        assert!(told.findings.is_empty(), "{url}");
    }
}
