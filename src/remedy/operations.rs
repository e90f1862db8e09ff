//! Services and their operations: what the SDKs call them, and what IAM does.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Names only, from botocore's service models at 1.43 (2026): 429 services, the operations of the 90 that code calls most.
/// 180 kB; written by `tests/replace/operations.py`.
const TABLE: &str = include_str!("operations.txt");

/// Names of services in an SDK that are neither boto3's nor the service's own.
const ALIASES: [(&str, &str); 16] = [
    ("cognitoidentityserviceprovider", "cognito-idp"),
    ("cloudwatchevents", "events"),
    ("dynamodbv2", "dynamodb"),
    ("dynamodbdocument", "dynamodb"),
    ("simpleemail", "ses"),
    ("simpleemailservice", "ses"),
    ("simpleemailv2", "sesv2"),
    ("simplesystemsmanagement", "ssm"),
    ("securitytoken", "sts"),
    ("securitytokenservice", "sts"),
    ("identitymanagement", "iam"),
    ("elasticmapreduce", "emr"),
    ("kinesisfirehose", "firehose"),
    ("deploy", "codedeploy"),
    ("configservice", "config"),
    ("s3api", "s3"),
];

/// A service of AWS.
#[derive(Debug)]
pub(super) struct Service {
    /// In boto3 and in aws-cli.
    pub name: &'static str,
    /// In the other SDKs, without signs and in lower case.
    other: &'static str,
    /// What its actions begin with in IAM.
    pub prefix: &'static str,
    /// Sorted; of rarer services, none.
    pub operations: Vec<&'static str>,
}

struct Known {
    services: Vec<Service>,
    /// By each of their names, [`plain`].
    by_name: HashMap<String, usize>,
    /// By the operation's [`plain`] name: the services that have it.
    by_operation: HashMap<String, Vec<(usize, &'static str)>>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut known = Known { services: Vec::new(), by_name: HashMap::new(), by_operation: HashMap::new() };
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split(' ');
        let (Some(name), Some(other), Some(prefix)) = (words.next(), words.next(), words.next()) else { continue };
        let (number, operations) = (known.services.len(), words.collect::<Vec<_>>());
        for operation in &operations {
            known.by_operation.entry(plain(operation)).or_default().push((number, operation));
        }
        known.services.push(Service { name, other, prefix, operations });
    }
    // A service's name in boto3 first: `config` and the like are others' second names.
    for (number, service) in known.services.iter().enumerate() {
        known.by_name.insert(plain(service.name), number);
    }
    for (number, service) in known.services.iter().enumerate() {
        known.by_name.entry(service.other.to_owned()).or_insert(number);
    }
    known
});

/// A name without signs and letter case: what the SDKs' ways of writing it have in common.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

impl Service {
    /// The service that an SDK calls so: `logs`, `CloudWatchLogs`, `AmazonS3`, `S3AsyncClient`.
    pub fn named(name: &str) -> Option<&'static Self> {
        let mut name = plain(name);
        let ends = ["clientbuilder", "asyncclient", "client", "async"];
        if let Some(end) = ends.iter().find(|end| name.ends_with(*end) && name.len() > end.len() + 1) {
            name.truncate(name.len() - end.len());
        }
        let short = ["amazon", "aws"].into_iter().find_map(|start| name.strip_prefix(start)).map(str::to_owned);
        [Some(name), short].into_iter().flatten().find_map(|name| {
            let alias = ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, service)| plain(service));
            KNOWN.by_name.get(&alias.unwrap_or(name)).map(|&number| &KNOWN.services[number])
        })
    }

    /// The operation that an SDK or aws-cli calls so. Of a rarer service every name is taken for one.
    pub fn operation(&self, name: &str) -> Option<String> {
        if self.operations.is_empty() {
            return Some(pascal(name));
        }
        let name = plain(name);
        self.operations.iter().find(|operation| plain(operation) == name).map(|&operation| operation.to_owned())
    }
}

/// The services that have an operation which an SDK calls `name`.
pub(super) fn services_with(name: &str) -> Vec<(&'static Service, &'static str)> {
    let found = KNOWN.by_operation.get(&plain(name)).map_or(&[][..], Vec::as_slice);
    found.iter().map(|&(number, operation)| (&KNOWN.services[number], operation)).collect()
}

/// `get_object`, `get-object` and `getObject` as AWS writes operations: `GetObject`.
fn pascal(name: &str) -> String {
    let mut upper = true;
    let mut written = String::with_capacity(name.len());
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            upper = true;
            continue;
        }
        written.push(if upper { c.to_ascii_uppercase() } else { c });
        upper = false;
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_known_by_what_each_sdk_calls_it() {
        for (name, service) in [
            ("s3", "s3"),
            ("AmazonS3ClientBuilder", "s3"),
            ("S3AsyncClient", "s3"),
            ("CloudWatchLogs", "logs"),
            ("StepFunctions", "stepfunctions"),
            ("SFNClient", "stepfunctions"),
            ("CognitoIdentityServiceProvider", "cognito-idp"),
            ("cognitoidentityprovider", "cognito-idp"),
            ("dynamodbv2", "dynamodb"),
            ("AWSSimpleSystemsManagement", "ssm"),
            ("iot-data-plane", "iot-data"),
            ("IotData", "iot-data"),
        ] {
            assert_eq!(Service::named(name).map(|service| service.name), Some(service), "{name}");
        }
        assert!(Service::named("HttpClient").is_none() && Service::named("Client").is_none());
    }

    #[test]
    fn an_operation_is_known_however_it_is_written() {
        let rds = Service::named("rds").unwrap();
        for name in ["describe_db_instances", "describe-db-instances", "describeDBInstances"] {
            assert_eq!(rds.operation(name).as_deref(), Some("DescribeDBInstances"));
        }
        assert_eq!(rds.operation("get_object"), None);
        assert_eq!(services_with("put_item").iter().map(|(service, _)| service.name).collect::<Vec<_>>(), ["dynamodb"]);
        let rare = Service::named("amplify").unwrap();
        assert_eq!(rare.operation("list_apps").as_deref(), Some("ListApps"));
    }

    #[test]
    fn prefixes_are_those_of_iam() {
        for (name, prefix) in [
            ("cloudwatch", "cloudwatch"),
            ("stepfunctions", "states"),
            ("iot-data", "iot"),
            ("sesv2", "ses"),
            ("opensearch", "es"),
            ("elbv2", "elasticloadbalancing"),
            ("dynamodbstreams", "dynamodb"),
            ("apigatewaymanagementapi", "execute-api"),
            ("efs", "elasticfilesystem"),
            ("ecr", "ecr"),
        ] {
            assert_eq!(Service::named(name).map(|service| service.prefix), Some(prefix), "{name}");
        }
    }
}
