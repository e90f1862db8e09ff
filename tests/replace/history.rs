//! What lies beside a leak is read where the leak was.

use super::{remedy, replace, repo, statements};

const CODE: &str = "import boto3\ns3 = boto3.client('s3', aws_access_key_id='{ID}', aws_secret_access_key='{SECRET}')\ns3.get_object(Bucket='old')\n";

#[test]
fn a_file_that_is_still_there_is_read_at_head() {
    let (repo, _) = repo(&[("app.py", CODE)]);
    repo.put("app.py", "import boto3\ns3 = boto3.client('s3')\ns3.put_object(Bucket='new')\n");
    let remedy = remedy(&repo);
    assert_eq!(statements(&remedy), ["s3:PutObject on arn:aws:s3:::new/*"]);
}

#[test]
fn a_file_that_is_gone_is_read_in_the_commit_that_last_had_it() {
    let (repo, _) = repo(&[("svc/app.py", CODE)]);
    repo.put("svc/more.py", "import boto3\nboto3.client('sqs').purge_queue(QueueUrl='https://sqs.eu-west-1.amazonaws.com/210987654321/q')\n");
    let last = repo.head();
    repo.remove("svc/more.py");
    repo.drop_file("svc/app.py");
    let remedy = remedy(&repo);
    assert_eq!(
        statements(&remedy),
        ["s3:GetObject on arn:aws:s3:::old/*", "sqs:PurgeQueue on arn:aws:sqs:eu-west-1:210987654321:q"]
    );
    let said = remedy["limits"].to_string();
    assert!(said.contains(&format!("was read in commit {}", &last[..10])), "{said}");
}

#[test]
fn a_leak_on_another_branch_is_read_there() {
    let (repo, _) = repo(&[("readme", "x\n")]);
    repo.branch("topic");
    let mut keys = super::Keys::new(6);
    repo.put("app.py", CODE.replace("{ID}", &keys.id()).replace("{SECRET}", &keys.secret()));
    repo.checkout("main");
    assert_eq!(statements(&remedy(&repo)), ["s3:GetObject on arn:aws:s3:::old/*"]);
}

#[test]
fn a_key_in_a_message_and_a_bare_repository_are_answered_too() {
    let (repo, values) = repo(&[("app.py", "import boto3\n")]);
    repo.commit(&format!("deploy with {} and {}", values[0], values[1]));
    let bare = repo.beside("bare.git");
    repo.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    for path in [repo.path(), &bare] {
        let outcome = replace(&repo, &["-f", "text", path.to_str().unwrap()]);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        let said = String::from_utf8(outcome.stdout).unwrap();
        assert!(said.contains("commit ") && said.contains("Steps"), "{said}");
    }
}
