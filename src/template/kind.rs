//! What a document is for: by where it stands, else by what it says.

use super::intrinsic::branches;
use crate::iam::{Kind, Node};

/// Elements of a statement.
const ELEMENTS: [&str; 7] = ["Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal"];

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Documents of one kind, but for trust policies under the names that these have.
    Of(Kind),
    /// Documents that only bound what others grant.
    Bounding,
    /// Nothing is known.
    Any,
}

impl Place {
    /// What the documents in a resource of a template are. Of services whose resources hold policies of both kinds, what
    /// the document says decides.
    pub(super) fn of_resource(resource: &str) -> Self {
        const IDENTITY: [&str; 6] = [
            "AWS::IAM::",
            "AWS::Serverless::Function",
            "AWS::Serverless::StateMachine",
            "AWS::SSO::PermissionSet",
            "aws_iam_",
            "aws_ssoadmin_permission_set_inline_policy",
        ];
        const RESOURCE: [&str; 27] = [
            "AWS::S3::BucketPolicy",
            "AWS::SQS::QueuePolicy",
            "AWS::SNS::TopicPolicy",
            "AWS::KMS::Key",
            "AWS::KMS::ReplicaKey",
            "AWS::ECR::Repository",
            "AWS::SecretsManager::ResourcePolicy",
            "AWS::Logs::ResourcePolicy",
            "AWS::EFS::FileSystem",
            "AWS::OpenSearchService::Domain",
            "AWS::Elasticsearch::Domain",
            "aws_s3_bucket_policy",
            "aws_sqs_queue_policy",
            "aws_sns_topic_policy",
            "aws_kms_key",
            "aws_kms_key_policy",
            "aws_kms_replica_key",
            "aws_ecr_repository_policy",
            "aws_secretsmanager_secret_policy",
            "aws_cloudwatch_log_resource_policy",
            "aws_efs_file_system_policy",
            "aws_opensearch_domain_policy",
            "aws_elasticsearch_domain_policy",
            "aws_s3_bucket",
            "aws_sqs_queue",
            "aws_sns_topic",
            "aws_backup_vault_policy",
        ];
        const BOUNDING: [&str; 5] = [
            "AWS::Organizations::Policy",
            "AWS::EC2::VPCEndpoint",
            "aws_organizations_policy",
            "aws_vpc_endpoint",
            "aws_vpc_endpoint_policy",
        ];
        // A name that ends like this is the beginning of several.
        let is = |name: &&str| *name == resource || (name.ends_with(['_', ':']) && resource.starts_with(*name));
        match () {
            () if BOUNDING.iter().any(&is) => Self::Bounding,
            () if IDENTITY.iter().any(&is) => Self::Of(Kind::Identity),
            () if RESOURCE.iter().any(is) => Self::Of(Kind::Resource),
            () => Self::Any,
        }
    }

    /// The kind of `document` under `key` at this place.
    pub(super) fn kind(self, key: &str, document: &Node) -> Kind {
        match self {
            _ if is_trust(key) => Kind::Trust,
            Self::Of(kind) => kind,
            Self::Any | Self::Bounding => said(document),
        }
    }
}

/// Whether a role's trust policy stands under `key`: `AssumeRolePolicyDocument`, `assume_role_policy`.
fn is_trust(key: &str) -> bool {
    let key = key.replace('_', "").to_ascii_lowercase();
    key.starts_with("assumerolepolicy") || key == "trustpolicy" || key == "trustrelationship"
}

/// The kind of a document by what it says.
fn said(document: &Node) -> Kind {
    let statements: Vec<&Node> = statements(document);
    let has = |key: &str| statements.iter().any(|statement| statement.get(key).is_some());
    if !has("Principal") && !has("NotPrincipal") {
        return Kind::Identity;
    }
    let mut actions =
        statements.iter().filter_map(|statement| statement.get("Action")).flat_map(Node::items).peekable();
    let trust = actions.peek().is_some()
        && actions.all(|action| action.text().is_some_and(|action| action.to_ascii_lowercase().starts_with("sts:")));
    if trust && !has("Resource") { Kind::Trust } else { Kind::Resource }
}

/// The statements of a document, both branches where it has a choice.
fn statements(document: &Node) -> Vec<&Node> {
    document
        .get("Statement")
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .flat_map(branches)
        .flat_map(Node::items)
        .collect()
}

/// Whether this is a policy document: it has `Statement`, and either the language's version, or a statement under it and
/// nothing beside it that is not a document's. What else has that word, e.g. a rule of a web firewall, has neither.
pub(super) fn is_document(node: &Node) -> bool {
    if node.get("Statement").is_none() {
        return false;
    }
    let version = node.get("Version").and_then(Node::text);
    let own = |key: &Node| key.text().is_some_and(|key| ["Version", "Id", "Statement"].contains(&key));
    version.is_some_and(|version| ["2012-10-17", "2008-10-17"].contains(&version))
        || node.entries().iter().all(|(key, _)| own(key)) && statements(node).into_iter().any(is_statement)
}

/// Whether this is a statement: it has two of its elements.
pub(super) fn is_statement(node: &Node) -> bool {
    ELEMENTS.iter().filter(|element| node.get(element).is_some()).count() >= 2
}

/// Whether these are statements: one, or a list of them.
pub(super) fn are_statements(node: &Node) -> bool {
    node.items().iter().flat_map(branches).any(is_statement)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_place_tells_the_kind_and_else_the_text() {
        let node = |json: serde_json::Value| Node::from(&json);
        let identity = node(json!({ "Statement": { "Effect": "Allow", "Action": "a:b", "Resource": "*" } }));
        let trust =
            node(json!({ "Statement": [{ "Principal": "*", "Action": ["sts:AssumeRole", "sts:TagSession"] }] }));
        let resource = node(json!({ "Statement": [{ "Principal": "*", "Action": ["sqs:*"], "Resource": "*" }] }));
        assert_eq!(
            [&identity, &trust, &resource].map(|one| Place::Any.kind("", one)),
            [Kind::Identity, Kind::Trust, Kind::Resource]
        );
        for (name, kind) in [
            ("AWS::IAM::ManagedPolicy", Place::Of(Kind::Identity)),
            ("aws_iam_role_policy", Place::Of(Kind::Identity)),
            ("AWS::KMS::Key", Place::Of(Kind::Resource)),
            ("aws_s3_bucket_policy", Place::Of(Kind::Resource)),
            ("aws_organizations_policy", Place::Bounding),
            ("AWS::Events::EventBusPolicy", Place::Any),
        ] {
            assert_eq!(Place::of_resource(name), kind, "{name}");
        }
        for key in ["AssumeRolePolicyDocument", "assume_role_policy", "AssumeRolePolicy"] {
            assert_eq!(Place::Of(Kind::Identity).kind(key, &identity), Kind::Trust, "{key}");
        }
    }

    #[test]
    fn only_what_has_the_form_of_a_document_is_one() {
        for (json, is) in [
            (json!({ "Version": "2012-10-17", "Statement": [], "Else": 1 }), true),
            (json!({ "Statement": [{ "Effect": "Allow", "Action": "*" }] }), true),
            (json!({ "Statement": { "Fn::If": ["C", { "Effect": "Allow", "Action": "*" }, []] } }), true),
            (json!({ "Statement": { "ManagedRuleGroupStatement": {} } }), false),
            (json!({ "Statement": [{ "Effect": "Allow", "Action": "*" }], "EventBusName": "x" }), false),
            (json!({ "statement": [{ "Effect": "Allow", "Action": "*" }] }), false),
            (json!([]), false),
        ] {
            assert_eq!(is_document(&Node::from(&json)), is, "{json}");
        }
    }
}
