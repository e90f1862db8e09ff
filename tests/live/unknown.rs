//! What is no answer is never taken for one: whatever goes wrong, nobody is told that a key is inactive.

use crate::{
    answers::{active, dated, http, identity, refusal, refused, throttled},
    cloud::ACCOUNT,
    leak::{Leak, made_up, session},
    program::{Program, Told},
    stub::{Answer, Stub},
};
use flate2::{Compression, write::GzEncoder};
use jiff::SignedDuration;
use std::{io::Write, net::TcpListener, thread, time::Duration};

/// Longer than any of these may take, with all that they are asked again.
const SOON: Duration = Duration::from_mins(1);

/// Asks `url`, for a second if it is to run out of time, and wants to hear that nothing is known, and one of `words` for the reason.
#[track_caller]
fn is_unknown(what: &str, url: &str, words: &[&str]) -> Told {
    let seconds = if words.contains(&"time") { "1" } else { "20" };
    let told = Program::verify(&Leak::made_up(100), url).args(&["--verify-timeout", seconds]).run();
    assert_eq!(told.status(), "unknown", "{what}: {}", told.stdout);
    let why = told.why().to_lowercase();
    assert!(words.iter().any(|word| why.contains(word)), "{what}: none of {words:?} in {why:?}");
    assert!(why.starts_with("aws: "), "{what}: not whom: {why:?}");
    assert_eq!(told.verdict()["partition"], serde_json::Value::Null, "{what}");
    assert!(told.took < SOON, "{what}: {:?}", told.took);
    assert_eq!(told.code, Some(1), "{what}: {}", told.stderr);
    told
}

#[test]
fn what_is_no_answer_of_sts_says_nothing() {
    let half = identity(ACCOUNT);
    let half = &half[..half.len() / 2];
    let portal = "<!DOCTYPE html><html><head><title>Welcome to the hotel</title></head><body>Log in</body></html>";
    let html = "Content-Type: text/html";
    let answers = [
        ("a captive portal", Answer::Bytes(http("200 OK", html, portal)), &["not aws's"][..]),
        ("a portal that is no XML", Answer::Bytes(http("200 OK", html, "<p>Log in<br>here</p>")), &["not aws's"]),
        ("a portal's refusal", Answer::Bytes(http("403 Forbidden", html, portal)), &["403"]),
        ("half of the XML", Answer::Bytes(http("200 OK", "", half)), &["not aws's"]),
        ("an empty answer", Answer::Bytes(http("200 OK", "", "")), &["not aws's"]),
        ("another answer", Answer::Bytes(http("200 OK", "", "<Good/>")), &["getcalleridentity"]),
        ("a principal of no account", Answer::Bytes(http("200 OK", "", &identity("12345"))), &["getcalleridentity"]),
        ("no HTTP", Answer::Bytes(b"SSH-2.0-OpenSSH_9.2p1\r\n".to_vec()), &["http"]),
        ("nothing at all", Answer::Bytes(Vec::new()), &["closed", "disconnected", "ended", "eof"]),
        ("an unknown error", refused("403 Forbidden", "Teapot", "I am one"), &["teapot"]),
        ("an error without a code", Answer::Bytes(http("404 Not Found", "", "no")), &["404"]),
        ("no space on the device", Answer::Bytes(http("507 Insufficient Storage", "", "")), &["507"]),
        (
            "a failure",
            Answer::Bytes(http("500 Internal Server Error", "", &refusal("InternalFailure", "Oh"))),
            &["500", "internalfailure"],
        ),
        ("a gateway's failure", Answer::Bytes(http("502 Bad Gateway", html, "<h1>502</h1>")), &["502"]),
        ("throttling for ever", throttled(), &["rate exceeded"]),
        ("throttling by status", Answer::Bytes(http("429 Too Many Requests", "", "")), &["429"]),
        ("a body shorter than promised", Answer::Bytes(short()), &["closed", "disconnected", "ended", "eof"]),
        (
            "a header that does not end",
            Answer::Bytes(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml".to_vec()),
            &["closed", "disconnected", "ended", "eof", "header"],
        ),
        ("silence", Answer::Silence, &["time"]),
        (
            "a half-closed connection",
            Answer::HalfClosed(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()),
            &["closed", "disconnected", "ended", "eof", "time"],
        ),
        ("a byte a second", Answer::Drip(Duration::from_secs(1), http("200 OK", "", &identity(ACCOUNT))), &["time"]),
    ];
    // Most of the time is spent in pauses and time-outs.
    thread::scope(|scope| {
        for (what, answer, words) in answers {
            scope.spawn(move || is_unknown(what, &Stub::always(answer).url(), words));
        }
    });
}

/// A body of a hundred bytes of which ten come.
fn short() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<Response>".to_vec()
}

#[test]
fn who_is_not_there_or_hangs_up_says_nothing() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    is_unknown("refused", &format!("http://127.0.0.1:{closed}"), &["refused"]);
    let stub = Stub::tearing();
    is_unknown("torn down", &stub.url(), &["reset"]);
    assert!(stub.connections() > 0);
    let told = Program::verify(&Leak::made_up(101), "https://sts.invalid").run();
    assert_eq!(told.status(), "unknown");
    assert!(told.why().contains("sts.invalid"), "{}", told.why());
}

/// A signature is for one host: who would follow a redirect would carry it to another.
#[test]
fn a_redirect_is_not_followed() {
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let other = Stub::new(|_, _| active(ACCOUNT));
        let location = format!("Location: {}/", other.url());
        let told = is_unknown(status, &Stub::always(Answer::Bytes(http(status, &location, ""))).url(), &[&status[..3]]);
        assert_eq!(other.connections(), 0, "{}", told.stdout);
    }
}

#[test]
fn an_endless_answer_is_left_after_some_megabytes() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n".to_vec();
    let announced = [&head[..], b"Content-Length: 100000000\r\n\r\n<GetCallerIdentityResponse>"].concat();
    let endless = [&head[..], b"Connection: close\r\n\r\n<GetCallerIdentityResponse>"].concat();
    let header = b"HTTP/1.1 200 OK\r\nX-Filler: ".to_vec();
    for (what, start, length) in [
        ("100 MB", announced, Some(100_000_000)),
        ("an endless body", endless, None),
        ("an endless header", header, None),
    ] {
        let stub = Stub::always(Answer::Flood(start, length));
        is_unknown(what, &stub.url(), &["large", "limit", "long", "time", "header"]);
        // What the kernel buffers counts, too, and it may be asked again.
        assert!(stub.sent() < 64 << 20, "{what}: {} bytes", stub.sent());
    }
}

/// A hundred megabytes of blanks, as a hundred kilobytes.
#[test]
fn an_answer_that_grows_when_it_is_unpacked_is_left_after_some_megabytes() {
    let (blanks, mut encoder) = (vec![b' '; 1 << 20], GzEncoder::new(Vec::new(), Compression::best()));
    encoder.write_all(b"<GetCallerIdentityResponse>").unwrap();
    for _ in 0..100 {
        encoder.write_all(&blanks).unwrap();
    }
    let packed = encoder.finish().unwrap();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", packed.len());
    let answer = Answer::Bytes([head.as_bytes(), &packed].concat());
    is_unknown("a bomb", &Stub::always(answer).url(), &["large", "limit", "long", "time"]);
}

/// What it sends back of a token is cut where we cut it, and no less a secret for that.
#[test]
fn no_part_of_a_token_is_shown_that_a_hostile_endpoint_sends_back() {
    let login = session(104, ACCOUNT);
    let leak = Leak::of(&login);
    let token = login.token.unwrap();
    for before in [0, 100, 200, 280, 295] {
        let message = format!("{} {token} {token}", "x".repeat(before));
        for json in [false, true] {
            let body = if json {
                serde_json::json!({"__type": "a#InvalidClientTokenId", "message": message}).to_string()
            } else {
                refusal("InvalidClientTokenId", &message)
            };
            let stub = Stub::always(Answer::Bytes(http("403 Forbidden", "", &body)));
            let told = Program::verify(&leak, &stub.url()).run();
            // What tokens of STS begin with tells nothing; the next few characters would.
            let shown = &token[..24];
            assert!(!told.stdout.contains(shown) && !told.stderr.contains(shown), "{before}: {}", told.stdout);
        }
    }
}

#[test]
fn what_a_hostile_endpoint_writes_neither_draws_on_the_terminal_nor_gives_a_secret_back() {
    let login = made_up(102, ACCOUNT);
    let secret = login.secret.clone();
    let message = format!("\u{1b}[2J\u{7}it is {secret}, \u{202e}isn't it?\r\n\u{85}{}", "x".repeat(100_000));
    // As XML it may not have the first two; as JSON it may.
    let (code, allowed) = (format!("Nice\u{9b}31m {secret}"), message.replace(['\u{1b}', '\u{7}'], ""));
    let json = serde_json::json!({"__type": code, "message": message}).to_string();
    let answers = [refusal(&code, &message), refusal(&code, &allowed), json];
    let stub = Stub::new(move |n, _| Answer::Bytes(http("403 Forbidden", "", &answers[n % answers.len()])));
    let leak = Leak::of(&login);
    let formats = ["jsonl", "text", "sarif", "html", "csv", "gitlab", "github"];
    for format in formats.into_iter().flat_map(|format| [format; 3]) {
        // That the secret is nowhere is checked of every run.
        let told = Program::scan_as(format, &leak).asking(&stub.url()).run();
        assert_eq!(told.code, Some(1), "{format}: {}", told.stderr);
        for said in [&told.stdout, &told.stderr] {
            // Lines of CSV end so.
            let said = said.replace("\r\n", "\n");
            let bad = said.chars().find(|c| c.is_control() && *c != '\n' || ('\u{202a}'..='\u{202e}').contains(c));
            assert_eq!(bad, None, "{format}: {said}");
            assert!(!said.contains(r"\u001b") && !said.contains(&"x".repeat(2000)), "{format}: {said}");
        }
    }
    // What it calls an identity is none.
    let hostile = format!("arn:aws:iam::{ACCOUNT}:user/{}\u{202e}", login.secret);
    let body = crate::answers::of_principal(ACCOUNT, &hostile, &login.secret);
    let told = Program::verify(&leak, &Stub::always(Answer::Bytes(http("200 OK", "", &body))).url()).run();
    assert_ne!(told.status(), "inactive", "{}", told.stdout);
    // Nor is a principal that is named after the secret told.
    let body =
        crate::answers::of_principal(ACCOUNT, &format!("arn:aws:iam::{ACCOUNT}:user/{}", login.secret), &login.secret);
    let told = Program::verify(&leak, &Stub::always(Answer::Bytes(http("200 OK", "", &body))).url()).run();
    assert_ne!(told.status(), "inactive", "{}", told.stdout);
}

#[test]
fn a_refusal_for_the_clock_is_no_refusal_of_the_key() {
    let message = "Signature expired: 20200101T000000Z is now earlier than 20200101T000001Z";
    let far = SignedDuration::from_hours(24);
    for (what, skew) in [("by the server's clock nothing is wrong", SignedDuration::ZERO), ("nothing helps", far)] {
        let body = refusal("SignatureDoesNotMatch", message);
        let stub = Stub::always(Answer::Bytes(dated(skew, "403 Forbidden", "", &body)));
        let told = Program::verify(&Leak::made_up(103), &stub.url()).run();
        assert_eq!(told.status(), "unknown", "{what}: {}", told.stdout);
        assert!(told.why().contains("clock"), "{what}: {}", told.why());
    }
}
