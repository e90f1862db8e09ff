//! Pictures as an audit would paint them: a quiet morning, a hostile one, and one with ten thousand findings.

use jiff::{Timestamp, ToSpan};
use keytrail::model::{Confidence, Gap, GapKind, Lifetime, Severity, Tally};
use keytrail::report::{
    Outcome, Picture, PictureCommit, PictureFinding, PictureRepository, PictureRun, PictureValue, State,
};

/// The time as text, as a time.
pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// When all of them are made.
pub fn made_at() -> Timestamp {
    at("2026-11-25T06:00:00Z")
}

fn commit(author: &str, date: &str) -> PictureCommit {
    let first = author.split(' ').next().unwrap_or_default().to_lowercase();
    PictureCommit {
        id: format!(
            "{:0<40x}",
            date.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(131).wrapping_add(u64::from(byte)))
        ),
        author: author.to_owned(),
        email: format!("{first}@example.org"),
        date: date.to_owned(),
    }
}

/// An open finding of a whole key, which `author` brought in at `date`.
pub fn finding(repository: &str, path: &str, author: &str, date: &str) -> PictureFinding {
    let number = format!("{repository}{path}{date}")
        .bytes()
        .fold(1_u128, |sum, byte| sum.wrapping_mul(257).wrapping_add(u128::from(byte)));
    let value = |kind: &str, shown: &str, line: u32| PictureValue {
        kind: kind.to_owned(),
        shown: shown.to_owned(),
        place: format!("{path}:{line}:21"),
    };
    PictureFinding {
        fingerprint: format!("{number:0>32x}")[..32].to_owned(),
        rule: "aws-access-key".to_owned(),
        title: "AWS access key with its secret".to_owned(),
        advice: "Make the key inactive in IAM, look through CloudTrail for its use, then delete it.".to_owned(),
        severity: Severity::Critical,
        confidence: Confidence::High,
        state: State::Open,
        note: String::new(),
        account: Some("123456789012".to_owned()),
        lifetime: Some(Lifetime::LongLived),
        expires: None,
        repository: repository.to_owned(),
        place: format!("{path}:12"),
        values: vec![value("access_key_id", "AKIA…(20)", 12), value("secret_access_key", "wJal…(40)", 13)],
        also_at: Vec::new(),
        introduced: Some(commit(author, date)),
        removed: None,
        still_in: vec!["refs/heads/main".to_owned()],
        now: "still in HEAD".to_owned(),
        seen: Some((at("2026-11-20T02:00:00Z"), made_at())),
        exposed_from: Some(at(date)),
        exposed_to: None,
        verified: None,
    }
}

fn repository(name: &str, outcome: Outcome) -> PictureRepository {
    PictureRepository {
        name: name.to_owned(),
        url: Some(format!("https://git.example.org/{name}")),
        outcome,
        reason: None,
        gaps: Vec::new(),
        read: Some(Tally { seen: 48_211, scanned: 48_211, bytes: 1 << 30 }),
        known: 0,
    }
}

fn run(began: &str, new: u64, failed: u64) -> PictureRun {
    let began = at(began);
    let ended = Some(began + 11.minutes());
    PictureRun {
        source: "github:acme".to_owned(),
        began,
        ended,
        listed: 6,
        scanned: 3,
        unchanged: 3 - failed,
        failed,
        not_reached: 0,
        new,
    }
}

/// Six repositories of an organisation on an ordinary morning.
pub fn morning() -> Picture {
    let of = |state, severity, finding| PictureFinding { state, severity, ..finding };
    let id = |finding: PictureFinding| PictureFinding {
        title: "AWS access key id without its secret".to_owned(),
        advice: "Find the secret that belongs to it; rotate the key if you cannot tell who has it.".to_owned(),
        rule: "aws-access-key-id".to_owned(),
        values: finding.values[..1].to_vec(),
        severity: Severity::Medium,
        ..finding
    };
    let new = of(
        State::New,
        Severity::Critical,
        finding("acme/checkout", "deploy/prod.env", "Jane Doe", "2026-11-24T16:41:09+01:00"),
    );
    let old = finding("acme/legacy-billing", "conf/s3.properties", "Sam Field", "2019-04-02T09:12:00-04:00");
    let old = PictureFinding {
        removed: Some(commit("Jane Doe", "2021-02-03T08:00:00Z")),
        still_in: Vec::new(),
        now: "not in HEAD: history keeps it".to_owned(),
        ..old
    };
    let session = PictureFinding {
        title: "AWS temporary credential".to_owned(),
        advice: "It has run out by itself; look through CloudTrail for its use before.".to_owned(),
        account: Some("210987654321".to_owned()),
        lifetime: Some(Lifetime::Temporary),
        expires: Some("2025-06-04T21:00:00Z".to_owned()),
        exposed_to: Some(at("2025-06-04T21:00:00Z")),
        ..of(
            State::Open,
            Severity::High,
            finding("acme/data-lake", "notebooks/load.ipynb", "Jörg Müller", "2025-06-04T09:00:00+02:00"),
        )
    };
    let mut accepted = id(finding("acme/docs", "guide/quickstart.md", "Rosa Vela", "2023-08-14T12:00:00Z"));
    (accepted.state, accepted.note) = (State::Accepted, "until 2027-01-31: account is being closed".to_owned());
    let mut revoked = finding("acme/checkout", "test/fixtures/aws.json", "Sam Field", "2022-05-09T11:00:00+02:00");
    (revoked.state, revoked.note) = (State::Revoked, "rotated by the platform team".to_owned());
    revoked.exposed_to = Some(at("2026-10-02T00:00:00Z"));
    let mut wrong = id(finding("acme/docs", "img/logo.svg", "Rosa Vela", "2024-01-10T12:00:00Z"));
    (wrong.state, wrong.severity, wrong.confidence) = (State::FalsePositive, Severity::Low, Confidence::Low);
    let unknown = PictureFinding {
        account: None,
        ..id(finding("acme/data-lake", "etl/jobs/run.sh", "Kim Ito", "2026-03-30T12:00:00+09:00"))
    };
    let elsewhere = PictureFinding {
        account: Some("210987654321".to_owned()),
        ..finding("acme/infra", "modules/vpc/terraform.tfvars", "Kim Ito", "2024-09-01T12:00:00+09:00")
    };
    let mut partly = repository("acme/data-lake", Outcome::Partly);
    partly.read = Some(Tally { seen: 9_120, scanned: 1_118, bytes: 7 << 20 });
    partly.known = 8_000;
    partly.gaps = ["models/large.bin", "models/larger.bin"]
        .map(|path| Gap {
            kind: GapKind::LfsNotStored,
            subject: path.to_owned(),
            detail: "its content is not in this clone: fetch it with `git lfs fetch --all`".to_owned(),
        })
        .into();
    let failed = PictureRepository {
        reason: Some("the server answered 403: the token may not read it".to_owned()),
        read: None,
        ..repository("acme/payroll", Outcome::Failed)
    };
    Picture {
        title: "acme".to_owned(),
        made_at: made_at(),
        since: Some(at("2026-11-24T06:00:00Z")),
        repositories: vec![
            repository("acme/checkout", Outcome::Whole),
            repository("acme/infra", Outcome::Unchanged),
            repository("acme/legacy-billing", Outcome::Unchanged),
            repository("acme/docs", Outcome::Whole),
            partly,
            failed,
        ],
        findings: vec![wrong, unknown, session, revoked, accepted, old, elsewhere, new],
        runs: vec![
            run("2026-11-25T05:40:00Z", 1, 1),
            run("2026-11-24T05:40:00Z", 0, 0),
            run("2026-11-23T05:40:00Z", 2, 0),
        ],
        notes: vec![
            "acme/docs: 2 findings suppressed and not shown: by a comment, the configuration or the baseline."
                .to_owned(),
        ],
    }
}

/// What a stranger can put into names, messages and paths.
pub const HOSTILE: [&str; 9] = [
    "</script><script>window.hacked = 1</script>",
    "\"><img src=x onerror=\"window.hacked = 2\">",
    "' onmouseover='window.hacked = 3' x='",
    "</style></title><svg onload=window.hacked=4>",
    "<!--<script>",
    "javascript:window.hacked=5",
    "\u{202e}gnp.exe\u{200b}\u{2028}\u{2029}\u{feff}",
    "\0\u{1b}[31mred\r\nnext\u{7f}\u{9b}",
    "&lt;script&gt;]]>{{7*7}}${7*7}",
];

/// Every text of it is one of these, or 100,000 characters long.
pub fn hostile() -> Picture {
    let long = "<b onclick=x>".repeat(7_700);
    let texts: Vec<&str> = HOSTILE.into_iter().chain([long.as_str()]).collect();
    let mut picture =
        Picture { title: HOSTILE.concat(), made_at: made_at(), since: Some(made_at()), ..Picture::default() };
    for (n, &text) in texts.iter().enumerate() {
        let own = text.to_owned();
        let by = PictureCommit { id: own.clone(), author: own.clone(), email: own.clone(), date: own.clone() };
        let value = PictureValue { kind: own.clone(), shown: own.clone(), place: own.clone() };
        picture.notes.push(own.clone());
        picture.repositories.push(PictureRepository {
            name: own.clone(),
            url: Some(if n % 2 == 0 { format!("https://example.org/{text}") } else { own.clone() }),
            outcome: Outcome::Partly,
            reason: Some(own.clone()),
            gaps: vec![Gap { kind: GapKind::BadRef, subject: own.clone(), detail: own.clone() }; 5],
            read: None,
            known: 0,
        });
        picture.findings.push(PictureFinding {
            verified: None,
            fingerprint: own.clone(),
            rule: own.clone(),
            title: own.clone(),
            advice: own.clone(),
            severity: Severity::ALL[n % 4],
            confidence: Confidence::Low,
            state: State::ALL[n % 7],
            note: own.clone(),
            account: Some(own.clone()),
            lifetime: None,
            expires: Some(own.clone()),
            repository: own.clone(),
            place: own.clone(),
            values: vec![value; 2],
            also_at: vec![own.clone(); 3],
            introduced: Some(by.clone()),
            removed: Some(by),
            still_in: vec![own.clone(); 12],
            now: own.clone(),
            seen: Some((Timestamp::MIN, Timestamp::MAX)),
            exposed_from: Some(if n % 2 == 0 { Timestamp::MIN } else { Timestamp::MAX }),
            exposed_to: (n % 3 == 0).then_some(Timestamp::MIN),
        });
    }
    picture
}

/// `count` findings in 600 repositories and 40 accounts.
pub fn crowd(count: usize) -> Picture {
    let mut picture = Picture { title: "acme, all of it".to_owned(), made_at: made_at(), ..Picture::default() };
    picture.repositories =
        (0..6_000).map(|n| repository(&format!("acme/service-{n:04}"), Outcome::Unchanged)).collect();
    picture.findings = (0..count)
        .map(|n| {
            let day = at("2012-01-01T00:00:00Z") + (i64::try_from(n * 7_919 % 5_400).unwrap() * 24).hours();
            let path = format!("services/backend/module-{}/src/main/resources/application-{n}.properties", n % 37);
            let author = ["Jane Doe", "Sam Field", "Kim Ito", "Rosa Vela"][n % 4];
            let repository = format!("acme/service-{:04}", n * 31 % 600);
            PictureFinding {
                severity: Severity::ALL[n * 13 % 4],
                state: State::ALL[n % 5],
                account: Some(format!("{:012}", 100_000_000_000_u64 + (n as u64 * 17 % 40))),
                ..finding(&repository, &path, author, &day.to_string())
            }
        })
        .collect();
    picture
}
