//! Values that AWS and others made up, and places left for a value.

use super::{Negative, at, keys};

/// Values of AWS's documentation, in parts.
const ID: [&str; 2] = ["AKIAIOSFO", "DNN7EXAMPLE"];
const SECRET: [&str; 2] = ["wJalrXUtnFEMI/K7MD", "ENG/bPxRfiCYEXAMPLEKEY"];
const SECRET_41: [&str; 2] = ["wJalrXUtnFEMI/K7MD", "ENG/bPxRfiCYzEXAMPLEKEY"];
const OTHER_ID: [&str; 2] = ["AKIAI44QH", "8DHBEXAMPLE"];
const OTHER_SECRET: [&str; 2] = ["je7MtGbClwBF/2Zp9U", "tk/h3yCo8nvbEXAMPLEKEY"];
const THIRD_SECRET: [&str; 2] = ["8P+SQvWIuLnKhh8d++j", "pw0nNmQRBZvNEXAMPLEKEY"];
const SESSION_ID: [&str; 2] = ["ASIAIOSFO", "DNN7EXAMPLE"];
const OLD_SECRET: [&str; 2] = ["OtxrzxIsfpFjA7SwPz", "ILwy8Bw21TLhquhboDYROV"];

pub fn all() -> Vec<Negative> {
    let [id, secret, secret_41, other_id, other_secret, third_secret, session_id, old_secret] =
        [ID, SECRET, SECRET_41, OTHER_ID, OTHER_SECRET, THIRD_SECRET, SESSION_ID, OLD_SECRET]
            .map(|parts| parts.concat());
    let middle = ["ASIAJEXA", "MPLEXEG2JICE"].concat();
    let start = ["AKIAEXAM", "PLEPBUMBC3GA"].concat();
    let token = ["AQoDYXdzEJr", "EXAMPLE/"].concat() + &keys("documentation").token(330) + "EXAMPLETOKEN==";
    let pair =
        |id: &str, secret: &str| format!("[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
    let mut all = vec![
        at("documentation pair", ".aws/credentials", pair(&id, &secret)),
        at("documentation pair, 41 characters", "README.md", pair(&id, &secret_41)),
        at("documentation pair, second", ".aws/credentials", pair(&other_id, &other_secret)),
        at("documentation pair, third", "sts.md", pair(&session_id, &third_secret)),
        at("documentation pair before 2011", "rest.html", pair(&id, &old_secret)),
        at("documentation id, the word within", "sts.xml", format!("<AccessKeyId>{middle}</AccessKeyId>\n")),
        at("documentation id, the word first", "iam.json", format!("{{\"AccessKeyId\": \"{start}\"}}\n")),
        at(
            "documentation triple",
            "assume-role.json",
            format!(
                "{{\"Credentials\": {{\"AccessKeyId\": \"{session_id}\", \"SecretAccessKey\": \"{secret}\", \"SessionToken\": \"{token}\"}}}}\n"
            ),
        ),
        at(
            "documentation, console CSV",
            "rootkey.csv",
            format!("\u{feff}Access key ID,Secret access key\r\n{id},{secret}\r\n"),
        ),
        at("documentation, Java", "Example.java", format!("new BasicAWSCredentials(\"{id}\", \"{secret}\");\n")),
        at(
            "documentation, presigned URL",
            "presign.md",
            format!(
                "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={id}%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404\n"
            ),
        ),
    ];
    all.extend(rewritten(&id, &secret));
    all.extend(blanks());
    all.extend(references());
    all
}

/// The documentation's pair with its secret escaped, and put together from literals.
fn rewritten(id: &str, secret: &str) -> Vec<Negative> {
    let lines = |secret: &str| format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
    let (start, end) = secret.split_at(20);
    let (prefix, rest) = id.split_at(4);
    vec![
        at("documentation secret, JSON", "aws.json", lines(&secret.replace('/', "\\/"))),
        at("documentation secret, JSON \\u", "app.json", lines(&secret.replace('/', "\\u002F"))),
        at("documentation secret, URL", "query.txt", lines(&secret.replace('/', "%2F"))),
        at("documentation secret, HTML", "page.html", lines(&secret.replace('/', "&#x2F;"))),
        at("documentation secret, soft break", "mail.eml", lines(&format!("{start}=\r\n{end}"))),
        at(
            "documentation pair, joined",
            "Keys.java",
            format!("ACCESS_KEY = \"{prefix}\" + \"{rest}\";\nAWS_SECRET_KEY = \"{start}\" + \"{end}\";\n"),
        ),
        at(
            "documentation pair, adjacent",
            "keys.py",
            format!("AWS_ACCESS_KEY_ID = '{prefix}' '{rest}'\nAWS_SECRET_ACCESS_KEY = ('{start}'\n    '{end}')\n"),
        ),
        at(
            "a prefix and something else, joined",
            "validate.js",
            format!("if (key.startsWith('{prefix}' + region)) {{ secretAccessKey = '{}' + '{}'; }}\n", "not", "set"),
        ),
    ]
}

/// Places left for a value.
fn blanks() -> Vec<Negative> {
    let stars = "*".repeat(36);
    let alphabet = ["abcdefghijklmnopqrst", "uvwxyz0123456789ABCD"].concat();
    let digits = "1234567890".repeat(4);
    vec![
        at(
            "blanks",
            ".env.example",
            "AWS_ACCESS_KEY_ID=<your-access-key-id>\nAWS_SECRET_ACCESS_KEY=<your-secret-access-key>\nAWS_SESSION_TOKEN=\n",
        ),
        at(
            "blanks of X",
            "config.sample",
            format!("aws_access_key_id = AKIA{0}\naws_secret_access_key = {1}\n", "X".repeat(16), "X".repeat(40)),
        ),
        at(
            "blanks of x",
            "config.dist",
            format!("aws_access_key_id = {0}\naws_secret_access_key = {1}\n", "x".repeat(20), "x".repeat(40)),
        ),
        at("blanks of 0", "test.env", format!("AWS_SECRET_ACCESS_KEY={}\n", "0".repeat(40))),
        at("blanks of A", "fake.env", format!("AWS_SECRET_ACCESS_KEY={}\n", "A".repeat(40))),
        at(
            "stars",
            "session.log",
            format!("AWS Access Key ID [{0}ABCD]:\nAWS Secret Access Key [{stars}aB3d]:\n", "*".repeat(16)),
        ),
        at("the alphabet", "fixture.yml", format!("aws_secret_access_key: {alphabet}\n")),
        at("digits in order", "fixture.json", format!("{{\"secretAccessKey\": \"{digits}\"}}\n")),
        at(
            "words",
            "spec.rb",
            format!(
                "aws_access_key_id: '{0}', aws_secret_access_key: '{1}'\n",
                ["AKIA", "THISISNOTAREALID"].concat(),
                ["this/is/not/a/real/s", "ecret/access/key/yes"].concat()
            ),
        ),
        at(
            "words in capitals",
            "config.tpl",
            "AWS_ACCESS_KEY_ID=YOUR_ACCESS_KEY_ID\nAWS_SECRET_ACCESS_KEY=REPLACE_ME_WITH_YOUR_SECRET_ACCESS_KEY_X\n",
        ),
        at(
            "moto",
            "conftest.py",
            "os.environ['AWS_ACCESS_KEY_ID'] = 'testing'\nos.environ['AWS_SECRET_ACCESS_KEY'] = 'testing'\n",
        ),
    ]
}

/// Names of places where a value is kept.
fn references() -> Vec<Negative> {
    let path = ["/etc/kubernetes/secr", "ets/prod/aws/account"].concat();
    vec![
        at(
            "references",
            "deploy.yml",
            "env:\n  AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}\n  AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n",
        ),
        at(
            "references, shell",
            "run.sh",
            "aws_secret_access_key=\"${AWS_SECRET_ACCESS_KEY:?missing}\" aws_access_key_id=\"$AWS_ACCESS_KEY_ID\"\n",
        ),
        at(
            "references, stores",
            "values.yaml",
            "AWS_SECRET_ACCESS_KEY: arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/application/aws-AbCdEf\nAWS_ACCESS_KEY_ID: op://vault/aws/access key\nsecret_key: vault:secret/data/production/aws#secret\n",
        ),
        at(
            "references, a path of forty characters",
            "paths.ini",
            format!("aws_secret_access_key_file = {path}\naws_secret_access_key = {path}\n"),
        ),
        at(
            "resource ids",
            "iam.json",
            ["AIDA", "AROA", "AGPA", "AIPA", "ANPA", "ANVA", "APKA", "ASCA"]
                .map(|prefix| format!("{{\"Id\": \"{prefix}{}\"}}\n", ["CKCEVSQ6C", "2EXAMPQ7"].concat()))
                .concat(),
        ),
        at(
            "resource ids of twenty characters",
            "iam-20.json",
            ["AIDA", "AROA", "AGPA", "AIPA", "ANPA", "ANVA", "APKA"]
                .map(|prefix| format!("{{\"UserId\": \"{prefix}{}\"}}\n", ["QYLPMN5H", "XHFPZAM2"].concat()))
                .concat(),
        ),
        at(
            "ARNs",
            "policy.json",
            "{\"Resource\": [\"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole\", \"arn:aws:iam::123456789012:role/aws-service-role/elasticache.amazonaws.com/AWSServiceRoleForElastiCache\", \"arn:aws:s3:::cdk-hnb659fds-assets-123456789012-us-east-1/*\"]}\n",
        ),
        at(
            "documentation id beside a URL",
            "guide.md",
            format!(
                "An id such as {} is described at https://docs.aws.amazon.com/AWSEC2/latest/{} and in {}.\n",
                ID.concat(),
                "UserGuide/EBSSnapshots.html",
                "src/main/java/com/example/storage/Client"
            ),
        ),
        at(
            "capitals of twenty characters",
            "Regions.java",
            format!(
                "enum Region {{ {}, {}, {} }}\n// {}: fondo rischi\n",
                ["ASIAPACIFIC", "SOUTHEAST"].concat(),
                ["ASIAPACIFIC", "NORTHEAST"].concat(),
                "EUROPE",
                ["ACCANTONAMENTO", "RISCHI"].concat()
            ),
        ),
    ]
}
