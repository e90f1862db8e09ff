//! A machine whose clock is wrong.

use crate::{
    answers::{active, dated, refusal},
    cloud::ACCOUNT,
    leak::{Leak, made_up},
    program::Program,
    skew::Skew,
    stub::{Answer, Request, Stub},
};
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};

/// Refuses as STS does what was not signed within a quarter of an hour of its own clock.
fn strict(request: &Request) -> Answer {
    let signed = DateTime::strptime("%Y%m%dT%H%M%SZ", request.header("x-amz-date").unwrap()).unwrap();
    let signed = TimeZone::UTC.to_timestamp(signed).unwrap();
    let late = Timestamp::now().duration_since(signed);
    if late.abs() <= SignedDuration::from_mins(15) {
        return active(ACCOUNT);
    }
    let message = if late.is_positive() {
        format!("Signature expired: {signed} is now earlier than {} (15 min.)", Timestamp::now())
    } else {
        format!("Signature not yet current: {signed} is still later than {} (15 min.)", Timestamp::now())
    };
    let body = refusal("SignatureDoesNotMatch", &message);
    Answer::Bytes(dated(SignedDuration::ZERO, "403 Forbidden", "Content-Type: text/xml", &body))
}

#[test]
fn a_wrong_clock_is_corrected_by_the_servers_and_told() {
    let skew = Skew::new();
    for (seconds, said) in [(-7200, "behind"), (90_000, "ahead")] {
        skew.set(seconds);
        let stub = Stub::new(|_, request| strict(request));
        let leak = Leak::of_all(&[made_up(700, ACCOUNT), made_up(701, ACCOUNT)]);
        let mut program = Program::verify(&leak, &stub.url());
        for (name, value) in skew.environment() {
            program = program.env(name, value);
        }
        let told = program.run();
        let statuses = told.findings.iter().map(|finding| finding["verification"]["status"].clone());
        assert!(statuses.eq(["active", "active"]), "{}", told.stdout);
        assert!(told.stdout.contains(said) && told.stdout.contains("clock"), "{}", told.stdout);
        for finding in &told.findings {
            let at: Timestamp = finding["verification"]["checked_at"].as_str().unwrap().parse().unwrap();
            assert!(Timestamp::now().duration_since(at).abs() < SignedDuration::from_mins(5), "{at}");
        }
    }
}

#[test]
fn a_wrong_clock_that_nothing_corrects_says_nothing_of_the_key() {
    let skew = Skew::new();
    skew.set(-7200);
    // Without a date in the answer.
    let body =
        refusal("RequestTimeTooSkewed", "The difference between the request time and the current time is too large.");
    let answer = format!("HTTP/1.1 403 Forbidden\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let stub = Stub::always(Answer::Bytes(answer.into_bytes()));
    let leak = Leak::made_up(702);
    let mut program = Program::verify(&leak, &stub.url());
    for (name, value) in skew.environment() {
        program = program.env(name, value);
    }
    let told = program.run();
    assert_eq!(told.status(), "unknown", "{}", told.stdout);
    assert!(told.why().contains("clock"), "{}", told.why());
}
