//! Listings, asked of a stub: what hosts tell, what goes wrong on the way, and where a token goes.

use super::organisation::{Hosted, Kind};
use super::*;
use crate::model::Secret;
use crate::net::SystemClock;
use crate::net::stub::{FakeClock, Reply, Stub, ok, reply};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

const TOKEN: &str = "token-of-this-test";

fn organisation(host: Host, name: &str, url: &str) -> Organisation {
    Organisation(Kind::Hosted(Hosted::new(host, name, url).unwrap()))
}

fn token() -> Credentials {
    Credentials::Token(Secret::new(TOKEN.as_bytes()))
}

struct Done {
    listing: Listing,
    waits: Vec<u64>,
}

fn list_with(host: Host, name: &str, url: &str, credentials: &Credentials, options: &ListOptions) -> Done {
    let clock = FakeClock::new();
    let listing = organisation(host, name, url).list(credentials, options, &clock, &AtomicBool::new(false));
    assert!(listing.problems.iter().all(|problem| !problem.to_string().contains(TOKEN)), "{:?}", listing.problems);
    assert_eq!(listing.complete, listing.problems.is_empty());
    Done { listing, waits: clock.waits.into_inner().unwrap() }
}

fn list(host: Host, name: &str, url: &str) -> Listing {
    list_with(host, name, url, &token(), &ListOptions::default()).listing
}

fn names(listing: &Listing) -> Vec<&str> {
    listing.repositories.iter().map(|listed| listed.name.as_str()).collect()
}

fn urls(listing: &Listing) -> Vec<&str> {
    let url = |listed: &'_ Listed| match &listed.address {
        Address::Url(url) => url.clone().leak(),
        Address::Folder(_) => unreachable!(),
    };
    listing.repositories.iter().map(|listed| &*url(listed)).collect()
}

fn kinds(listing: &Listing) -> Vec<ProblemKind> {
    listing.problems.iter().map(|problem| problem.kind).collect()
}

/// A repository of GitHub's, with what a listing cannot do without.
fn repository(id: u32, name: &str) -> String {
    format!(r#"{{"id":{id},"full_name":"acme/{name}","clone_url":"https://github.com/acme/{name}.git"}}"#)
}

const GITHUB: &str = "/orgs/acme/repos?type=all&sort=created&direction=asc&per_page=100";

#[test]
fn github_tells_all_pages_and_what_each_repository_is() {
    let stub = Stub::paths(&[
        (
            GITHUB,
            "Link: <HOST/organizations/9/repos?page=2>; rel=\"next\", <HOST/organizations/9/repos?page=2>; rel=\"last\"",
            r#"[{"id":1,"full_name":"acme/site","clone_url":"https://github.com/acme/site.git",
                "html_url":"https://github.com/acme/site","archived":true,"fork":false,"has_wiki":true,"size":3,
                "default_branch":"main","pushed_at":"2011-01-26T19:06:43Z","unknown":{"x":[1]}}]"#,
        ),
        (
            "/organizations/9/repos?page=2",
            "",
            r#"[{"id":2,"full_name":"acme/copy","clone_url":"https://github.com/acme/copy.git","fork":true,
                "html_url":"javascript:alert(1)","parent":{"id":7},"has_wiki":false,"pushed_at":null},
               {"id":1,"full_name":"acme/site","clone_url":"https://github.com/acme/site.git"}]"#,
        ),
    ]);
    let listing = list(Host::GitHub, "acme", &stub.url);
    assert_eq!(names(&listing), ["acme/site", "acme/site.wiki", "acme/copy"]);
    assert_eq!(urls(&listing)[1], "https://github.com/acme/site.wiki.git");
    assert!(listing.complete);
    let [site, wiki, copy] = &listing.repositories[..] else { panic!() };
    assert!(site.archived && site.size == Some(3072) && site.pushed_at == Some(1_296_068_803));
    assert_eq!((wiki.id.as_str(), &wiki.wiki_of), (format!("{}:wiki", site.id).as_str(), &Some(site.id.clone())));
    assert!(copy.fork && copy.web_url.is_none());
    assert_eq!(copy.parent, site.id.strip_suffix('1').map(|site| format!("{site}7")));
    for request in stub.requests() {
        let request = request.to_lowercase();
        assert!(request.contains(&format!("authorization: bearer {TOKEN}")), "{request}");
        assert!(request.contains(concat!("user-agent: keytrail/", env!("CARGO_PKG_VERSION"))));
        assert!(!request.lines().next().unwrap().contains(TOKEN));
    }
    let options = ListOptions { archived: false, forks: false, wikis: false, ..ListOptions::default() };
    let less = list_with(Host::GitHub, "acme", &stub.url, &token(), &options).listing;
    assert_eq!((less.repositories.len(), less.left_out.archived, less.left_out.forks), (0, 1, 1));
    assert!(less.complete);
}

#[test]
fn a_token_reaches_no_other_host_by_link_or_redirect() {
    let other = Stub::new(|_, _, _| ok("", "[]"));
    let elsewhere = other.url.clone();
    let by_link = Stub::new(move |_, _, _| {
        ok(&format!("Link: <{elsewhere}/x?page=2>; rel=\"next\""), &format!("[{}]", repository(1, "a")))
    });
    let listing = list(Host::GitHub, "acme", &by_link.url);
    assert_eq!((names(&listing), kinds(&listing)), (vec!["acme/a"], vec![ProblemKind::ForeignOrigin]));
    assert!(listing.problems[0].detail.contains(&other.url), "{}", listing.problems[0]);
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let elsewhere = other.url.clone();
        let by_redirect = Stub::new(move |_, _, _| reply(status, &format!("Location: {elsewhere}/x"), ""));
        assert_eq!(kinds(&list(Host::GitHub, "acme", &by_redirect.url)), [ProblemKind::ForeignOrigin]);
    }
    let elsewhere = other.url.clone();
    let by_body = Stub::new(move |_, _, _| ok("", &format!(r#"{{"values":[],"next":"{elsewhere}/x"}}"#)));
    assert_eq!(kinds(&list(Host::BitbucketCloud, "acme", &by_body.url)), [ProblemKind::ForeignOrigin]);
    assert!(other.requests().is_empty(), "{:?}", other.requests());
}

#[test]
fn a_login_is_for_the_organisations_own_server() {
    let github = Organisation::parse("github:acme", None).unwrap();
    let login = |organisation: &Organisation, url: &str| organisation.login(&token(), url, &SystemClock).is_some();
    assert!(login(&github, "https://github.com/acme/a.git"));
    for url in
        ["https://github.com.evil.example/a", "http://github.com/a", "https://evil.example/a", "git@github.com:a/b"]
    {
        assert!(!login(&github, url), "{url}");
    }
    let own = Organisation::parse("gitlab:a", Some("https://git.example:8443")).unwrap();
    assert!(login(&own, "https://git.example:8443/a.git") && !login(&own, "https://git.example/a.git"));
    assert!(github.login(&Credentials::Nobody, "https://github.com/acme/a", &SystemClock).is_none());
    let broken = Credentials::Token(Secret::new(b"a\nhost=evil"));
    assert!(github.login(&broken, "https://github.com/acme/a", &SystemClock).is_none());
    let listing = github.list(&broken, &ListOptions::default(), &SystemClock, &AtomicBool::new(false));
    assert_eq!(kinds(&listing), [ProblemKind::Settings]);
}

#[test]
fn rate_limits_are_waited_for_and_not_for_ever() {
    let limited = Stub::new(|n, _, _| match n {
        0 => reply("403 Forbidden", "x-ratelimit-remaining: 0\nx-ratelimit-reset: 1800000100", "{}"),
        1 => reply("429 Too Many Requests", "Retry-After: 7", "{}"),
        2 => reply("403 Forbidden", "", r#"{"message":"You have exceeded a secondary rate limit"}"#),
        _ => ok("", &format!("[{}]", repository(1, "a"))),
    });
    let done = list_with(Host::GitHub, "acme", &limited.url, &token(), &ListOptions::default());
    assert_eq!((names(&done.listing), done.waits), (vec!["acme/a"], vec![101, 7, 240]));
    let forever = Stub::new(|n, _, own| match n {
        0 => ok(&format!("Link: <{own}/x>; rel=next"), &format!("[{}]", repository(1, "a"))),
        _ => reply("429 Too Many Requests", "Retry-After: 1000", r#"{"message":"slow down"}"#),
    });
    let done = list_with(Host::GitHub, "acme", &forever.url, &token(), &ListOptions::default());
    assert_eq!((names(&done.listing), kinds(&done.listing)), (vec!["acme/a"], vec![ProblemKind::RateLimited]));
    assert_eq!(done.waits, [1000, 1000, 1000]);
    assert!(done.listing.problems[0].detail.contains("slow down"));
}

#[test]
fn a_server_that_fails_is_asked_again_and_what_it_told_stays() {
    let shaky = Stub::new(|n, _, _| match n {
        0 => reply("502 Bad Gateway", "", "<html>"),
        1 => Reply::Raw(Vec::new()),
        2 => Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[".to_vec()),
        _ => ok("", &format!("[{}]", repository(1, "a"))),
    });
    let done = list_with(Host::GitHub, "acme", &shaky.url, &token(), &ListOptions::default());
    assert_eq!((names(&done.listing), done.waits), (vec!["acme/a"], vec![1, 2, 4]));
    assert!(done.listing.complete);
    let broken = Stub::new(|n, _, own| match n {
        0 => ok(&format!("Link: <{own}/x>; rel=next"), &format!("[{}]", repository(1, "a"))),
        _ => reply("500 Internal Server Error", "", &format!(r#"{{"message":"oops {TOKEN}\u001b[2J"}}"#)),
    });
    let done = list_with(Host::GitHub, "acme", &broken.url, &token(), &ListOptions::default());
    assert_eq!((names(&done.listing), kinds(&done.listing)), (vec!["acme/a"], vec![ProblemKind::Server]));
    assert_eq!(broken.requests().len(), 6);
    assert!(done.listing.problems[0].detail.contains("oops ***\u{fffd}[2J"), "{}", done.listing.problems[0]);
}

#[test]
fn refusals_are_told_as_what_they_are() {
    for (status, head, kind) in [
        ("401 Unauthorized", "", ProblemKind::Unauthorised),
        ("403 Forbidden", "", ProblemKind::Forbidden),
        ("403 Forbidden", "X-GitHub-SSO: required; url=https://github.com/orgs/acme/sso", ProblemKind::SingleSignOn),
        ("404 Not Found", "", ProblemKind::NotFound),
        ("418 I'm a teapot", "", ProblemKind::Server),
    ] {
        let stub = Stub::new(move |_, _, _| reply(status, head, r#"{"message":"words"}"#));
        let listing = list(Host::GitHub, "acme", &stub.url);
        assert_eq!(kinds(&listing), [kind], "{status}");
        let told = listing.problems[0].to_string();
        assert!(told.contains(&status[..3]) && (told.contains("words") || told.contains("orgs/acme/sso")), "{told}");
    }
    let partial = Stub::new(|_, _, _| ok("X-GitHub-SSO: partial-results; organizations=1", "[]"));
    assert_eq!(kinds(&list(Host::GitHub, "acme", &partial.url)), [ProblemKind::SingleSignOn]);
}

#[test]
fn a_hidden_organisation_is_not_taken_for_a_user() {
    let hidden = Stub::paths(&[("/users/acme", "", r#"{"login":"acme","type":"Organization"}"#)]);
    assert_eq!(kinds(&list(Host::GitHub, "acme", &hidden.url)), [ProblemKind::SingleSignOn]);
    let user = Stub::paths(&[
        ("/users/ann", "", r#"{"login":"ann","type":"User"}"#),
        ("/user", "", r#"{"login":"Ann","type":"User"}"#),
        (
            "/user/repos?affiliation=owner&sort=created&direction=asc&per_page=100",
            "",
            r#"[{"id":1,"full_name":"ann/private","clone_url":"https://github.com/ann/private.git"}]"#,
        ),
    ]);
    assert_eq!(names(&list(Host::GitHub, "ann", &user.url)), ["ann/private"]);
}

#[test]
fn a_renamed_organisation_is_followed_and_remembered() {
    let renamed = Stub::new(|_, request, own| {
        if request.line.contains("/orgs/acme/") {
            return reply("301 Moved Permanently", &format!("Location: {own}/organizations/9/repos"), "{}");
        }
        let text = repository(1, "a").replace("acme/", "newco/");
        ok("", &format!("[{text}]"))
    });
    let listing = list(Host::GitHub, "acme", &renamed.url);
    assert_eq!(listing.repositories[0].moved_from.as_deref(), Some("acme/a"));
    let circle = Stub::new(|_, _, _| reply("302 Found", "Location: /again", ""));
    assert_eq!(kinds(&list(Host::GitHub, "acme", &circle.url)), [ProblemKind::Endless]);
}

#[test]
fn answers_that_make_no_sense_end_nothing_but_themselves() {
    let odd = Stub::new(|_, _, _| {
        let evil = repository(3, "c").replace("https://github.com", "ext::sh -c");
        let local = repository(4, "d").replace("https://github.com", "file://");
        let user = repository(5, "e").replace("https://", "https://name:word§").replace('§', "@");
        let items = [r#"{"id":"x","full_name":"acme/\u001bodd"}"#, "7", &evil, &local, &user, &repository(2, "b")];
        ok("", &format!("[{}]", items.join(",")))
    });
    let listing = list(Host::GitHub, "acme", &odd.url);
    assert_eq!(urls(&listing), ["https://github.com/acme/e.git", "https://github.com/acme/b.git"]);
    assert_eq!(kinds(&listing), [ProblemKind::Entry; 4]);
    assert!(!listing.problems[0].to_string().contains('\u{1b}'));
    for (body, kind) in [("{}", ProblemKind::Malformed), ("[", ProblemKind::Malformed), ("", ProblemKind::Malformed)] {
        let stub = Stub::new(move |_, _, _| ok("", body));
        assert_eq!(kinds(&list(Host::GitHub, "acme", &stub.url)), [kind], "{body}");
    }
    let circle = Stub::new(|_, _, own| ok(&format!("Link: <{own}/x>; rel=next"), "[]"));
    assert_eq!(kinds(&list(Host::GitHub, "acme", &circle.url)), [ProblemKind::Endless]);
}

#[test]
fn what_is_huge_or_never_ends_is_given_up() {
    let huge = Stub::new(|_, _, _| {
        let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
        Reply::Raw([head, vec![b' '; (64 << 20) + 1]].concat())
    });
    assert_eq!(kinds(&list(Host::GitHub, "acme", &huge.url)), [ProblemKind::TooLarge]);
    let slow = Stub::new(|_, _, _| Reply::Hold(b"HTTP/1.1 200 OK\r\n".to_vec(), Duration::from_secs(2)));
    let options = ListOptions { timeout: Duration::from_millis(200), retries: 0, ..ListOptions::default() };
    let done = list_with(Host::GitHub, "acme", &slow.url, &token(), &options);
    assert_eq!(kinds(&done.listing), [ProblemKind::Connection]);
    let clock = FakeClock::new();
    let stopped = organisation(Host::GitHub, "acme", &slow.url).list(
        &token(),
        &ListOptions::default(),
        &clock,
        &AtomicBool::new(true),
    );
    assert_eq!(kinds(&stopped), [ProblemKind::Interrupted]);
}

#[test]
fn gitlab_tells_groups_below_and_keeps_the_token_in_its_own_header() {
    let stub = Stub::paths(&[(
        "/api/v4/groups/team%2Fcore/projects?include_subgroups=true&with_shared=false&order_by=id&sort=asc&per_page=100",
        "",
        r#"[{"id":4,"path_with_namespace":"team/core/deep/a","http_url_to_repo":"https://gitlab.com/team/core/deep/a.git",
            "web_url":"https://gitlab.com/team/core/deep/a","archived":false,"empty_repo":true,"default_branch":null,
            "forked_from_project":{"id":3},"wiki_access_level":"enabled","statistics":{"repository_size":1038090}},
           {"id":5,"path_with_namespace":"new/b","http_url_to_repo":"https://gitlab.com/new/b.git","wiki_enabled":false}]"#,
    )]);
    let listing = list(Host::GitLab, "team/core", &stub.url);
    assert_eq!(names(&listing), ["team/core/deep/a", "team/core/deep/a.wiki", "new/b"]);
    let first = &listing.repositories[0];
    assert!(first.fork && first.empty == Some(true) && first.size == Some(1_038_090));
    assert_eq!(listing.repositories[2].moved_from.as_deref(), Some("team/core/b"));
    assert!(stub.requests()[0].to_lowercase().contains(&format!("private-token: {TOKEN}")));
}

#[test]
fn gitea_tells_its_repositories() {
    let stub = Stub::paths(&[(
        "/api/v1/orgs/acme/repos?limit=50",
        "X-Total-Count: 1",
        r#"[{"id":6,"full_name":"acme/a","clone_url":"HOST/acme/a.git","html_url":"HOST/acme/a","empty":false,
            "archived":true,"fork":true,"parent":{"id":2},"has_wiki":true,"size":25,"default_branch":"trunk"}]"#,
    )]);
    let listing = list(Host::Gitea, "acme", &stub.url);
    assert_eq!(names(&listing), ["acme/a", "acme/a.wiki"]);
    let first = &listing.repositories[0];
    assert_eq!((first.size, first.default_branch.as_deref(), first.empty), (Some(25_600), Some("trunk"), Some(false)));
    assert_eq!(first.id, format!("gitea:{}:6", stub.url.strip_prefix("http://").unwrap()));
    assert!(stub.requests()[0].to_lowercase().contains(&format!("authorization: token {TOKEN}")));
}

#[test]
fn bitbuckets_tell_theirs() {
    let cloud = Stub::paths(&[
        (
            "/repositories/acme?pagelen=100&sort=created_on",
            "",
            r#"{"pagelen":1,"next":"HOST/repositories/acme?page=2","values":[{"uuid":"{a-1}","full_name":"acme/a","size":9,
                "has_wiki":true,"mainbranch":{"name":"main","type":"branch"},"links":{"html":{"href":"https://bitbucket.org/acme/a"},
                "clone":[{"name":"https","href":"https://ann§bitbucket.org/acme/a.git"},{"name":"ssh","href":"git§bitbucket.org:acme/a.git"}]}}]}"#,
        ),
        (
            "/repositories/acme?page=2",
            "",
            r#"{"values":[{"uuid":"{b}","full_name":"acme/b","parent":{"uuid":"{a-1}"},"mainbranch":null,
                "links":{"clone":[{"name":"https","href":"https://bitbucket.org/acme/b.git"}]}}]}"#,
        ),
    ]);
    let listing = list(Host::BitbucketCloud, "acme", &cloud.url);
    assert_eq!(names(&listing), ["acme/a", "acme/a.wiki", "acme/b"]);
    assert_eq!(urls(&listing)[1..], ["https://bitbucket.org/acme/a.git/wiki", "https://bitbucket.org/acme/b.git"]);
    assert_eq!(listing.repositories[2].parent.as_ref(), Some(&listing.repositories[0].id));
    assert_eq!(listing.repositories[2].empty, Some(true));
    let own = Stub::paths(&[
        (
            "/rest/api/1.0/projects/PRJ/repos?limit=100&start=0",
            "",
            r#"{"size":1,"isLastPage":false,"nextPageStart":1,"values":[{"id":1,"slug":"a","project":{"key":"PRJ"},
                "links":{"clone":[{"name":"ssh","href":"ssh://x"},{"name":"http","href":"HOST/scm/prj/a.git"}],
                "self":[{"href":"HOST/projects/PRJ/repos/a/browse"}]}}]}"#,
        ),
        (
            "/rest/api/1.0/projects/PRJ/repos?limit=100&start=1",
            "",
            r#"{"isLastPage":true,"nextPageStart":null,"values":[{"id":2,"slug":"b","project":{"key":"PRJ"},"archived":true,
                "origin":{"id":1},"links":{"clone":[{"name":"http","href":"HOST/scm/prj/b.git"}]}}]}"#,
        ),
    ]);
    let basic = Credentials::Basic { user: "ann".into(), password: Secret::new(TOKEN.as_bytes()) };
    let listing = list_with(Host::BitbucketDataCenter, "PRJ", &own.url, &basic, &ListOptions::default()).listing;
    assert_eq!(names(&listing), ["PRJ/a", "PRJ/b"]);
    assert_eq!(listing.repositories[1].parent.as_ref(), Some(&listing.repositories[0].id));
    assert!(listing.complete && own.requests()[0].to_lowercase().contains("authorization: basic "));
    let lost = Stub::new(|_, _, _| ok("", r#"{"values":[],"isLastPage":false}"#));
    assert_eq!(kinds(&list(Host::BitbucketDataCenter, "PRJ", &lost.url)), [ProblemKind::Malformed]);
}

#[test]
fn codecommit_is_asked_for_names_and_then_for_urls() {
    let stub = Stub::new(|_, request, _| {
        let batch = request.text.to_lowercase().contains("x-amz-target: codecommit_20150413.batchgetrepositories");
        if batch {
            assert!(request.text.ends_with(r#"{"repositoryNames":["a","b"]}"#), "{}", request.text);
            return ok(
                "",
                r#"{"repositories":[{"repositoryId":"u-1","repositoryName":"a","defaultBranch":"main","lastModifiedDate":1.5e9,
                    "cloneUrlHttp":"https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/a"}],"repositoriesNotFound":["b"]}"#,
            );
        }
        let last = request.text.contains(r#""nextToken":"n2""#);
        let body =
            r#"{"repositories":[{"repositoryName":"a","repositoryId":"u-1"},{"repositoryName":"b"}],"nextToken":"n2"}"#;
        ok("", if last { r#"{"repositories":[]}"# } else { body })
    });
    let key = Credentials::Key {
        id: "id-of-this-test".into(),
        secret: Secret::new(TOKEN.as_bytes()),
        session: Some(Secret::new(b"session-of-this-test")),
    };
    let listing = list_with(Host::CodeCommit, "eu-west-1", &stub.url, &key, &ListOptions::default()).listing;
    assert_eq!((names(&listing), kinds(&listing)), (vec!["a"], vec![ProblemKind::Entry]));
    assert_eq!(stub.requests().len(), 3);
    let signed = "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=";
    for request in stub.requests() {
        assert!(request.contains(signed) && request.contains("/eu-west-1/codecommit/aws4_request"), "{request}");
        assert!(!request.contains(TOKEN));
    }
    let organisation = Organisation::parse("codecommit:eu-west-1", None).unwrap();
    let Address::Url(url) = &listing.repositories[0].address else { panic!() };
    assert!(organisation.login(&key, url, &FakeClock::new()).is_some());
    assert!(organisation.login(&key, "https://evil.example/v1/repos/a", &FakeClock::new()).is_none());
    let refused = Stub::new(|_, _, _| {
        reply(
            "400 Bad Request",
            "",
            r#"{"__type":"UnrecognizedClientException","message":"The security token is invalid."}"#,
        )
    });
    let listing = list_with(Host::CodeCommit, "eu-west-1", &refused.url, &key, &ListOptions::default()).listing;
    assert_eq!(kinds(&listing), [ProblemKind::Unauthorised]);
}
