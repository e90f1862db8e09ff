//! What the SDKs offer over the plain operations: which operations such a method calls.

/// Service or object, method without signs and in lower case, operations. From the documentation of boto3 (resources, S3
/// transfers), of the AWS SDKs for JavaScript 2 and 3 (document clients, `Upload`), for Java and for Go (`s3manager`).
const HELPERS: [(&str, &str, &[&str]); 69] = [
    ("s3", "uploadfile", UPLOAD),
    ("s3", "uploadfileobj", UPLOAD),
    ("s3", "upload", UPLOAD),
    ("s3", "downloadfile", &["GetObject"]),
    ("s3", "downloadfileobj", &["GetObject"]),
    ("s3", "download", &["GetObject"]),
    ("s3", "copy", &["CopyObject"]),
    ("s3", "generatepresignedpost", &["PutObject"]),
    ("s3", "createpresignedpost", &["PutObject"]),
    ("s3", "doesobjectexist", &["HeadObject"]),
    ("s3", "getobjectasstring", &["GetObject"]),
    ("s3.Bucket", "uploadfile", UPLOAD),
    ("s3.Bucket", "uploadfileobj", UPLOAD),
    ("s3.Bucket", "putobject", &["PutObject"]),
    ("s3.Bucket", "downloadfile", &["GetObject"]),
    ("s3.Bucket", "downloadfileobj", &["GetObject"]),
    ("s3.Bucket", "deleteobjects", &["DeleteObjects"]),
    ("s3.Bucket", "all", &["ListObjectsV2"]),
    ("s3.Bucket", "filter", &["ListObjectsV2"]),
    ("s3.Object", "get", &["GetObject"]),
    ("s3.Object", "load", &["HeadObject"]),
    ("s3.Object", "put", &["PutObject"]),
    ("s3.Object", "delete", &["DeleteObject"]),
    ("s3.Object", "copyfrom", &["CopyObject"]),
    ("s3.Object", "copy", &["CopyObject"]),
    ("s3.Object", "uploadfile", UPLOAD),
    ("s3.Object", "uploadfileobj", UPLOAD),
    ("s3.Object", "downloadfile", &["GetObject"]),
    ("s3.Object", "downloadfileobj", &["GetObject"]),
    ("dynamodb.Table", "putitem", &["PutItem"]),
    ("dynamodb.Table", "getitem", &["GetItem"]),
    ("dynamodb.Table", "updateitem", &["UpdateItem"]),
    ("dynamodb.Table", "deleteitem", &["DeleteItem"]),
    ("dynamodb.Table", "query", &["Query"]),
    ("dynamodb.Table", "scan", &["Scan"]),
    ("dynamodb.Table", "batchwriter", &["BatchWriteItem"]),
    ("dynamodb.Table", "load", &["DescribeTable"]),
    ("dynamodb.Document", "get", &["GetItem"]),
    ("dynamodb.Document", "put", &["PutItem"]),
    ("dynamodb.Document", "update", &["UpdateItem"]),
    ("dynamodb.Document", "delete", &["DeleteItem"]),
    ("dynamodb.Document", "query", &["Query"]),
    ("dynamodb.Document", "scan", &["Scan"]),
    ("dynamodb.Document", "batchget", &["BatchGetItem"]),
    ("dynamodb.Document", "batchwrite", &["BatchWriteItem"]),
    ("dynamodb.Document", "transactget", &["TransactGetItems"]),
    ("dynamodb.Document", "transactwrite", &["TransactWriteItems"]),
    ("dynamodb.Mapper", "save", &["PutItem", "UpdateItem"]),
    ("dynamodb.Mapper", "load", &["GetItem"]),
    ("dynamodb.Mapper", "delete", &["DeleteItem"]),
    ("dynamodb.Mapper", "query", &["Query"]),
    ("dynamodb.Mapper", "scan", &["Scan"]),
    ("dynamodb.Mapper", "batchsave", &["BatchWriteItem"]),
    ("dynamodb.Mapper", "batchload", &["BatchGetItem"]),
    ("sqs.Queue", "sendmessage", &["SendMessage"]),
    ("sqs.Queue", "sendmessages", &["SendMessage"]),
    ("sqs.Queue", "receivemessages", &["ReceiveMessage"]),
    ("sqs.Queue", "deletemessages", &["DeleteMessage"]),
    ("sqs.Queue", "purge", &["PurgeQueue"]),
    ("sns.Topic", "publish", &["Publish"]),
    ("sns.Topic", "subscribe", &["Subscribe"]),
    // aws-cli's commands that are no operation of the API.
    ("logs", "tail", &["FilterLogEvents"]),
    ("eks", "updatekubeconfig", &["DescribeCluster"]),
    ("ecr", "getlogin", &["GetAuthorizationToken"]),
    ("ecr", "getloginpassword", &["GetAuthorizationToken"]),
    ("emr", "createcluster", &["RunJobFlow"]),
    ("emr", "addsteps", &["AddJobFlowSteps"]),
    ("cloudformation", "deploy", DEPLOY),
    ("cloudformation", "package", &[]),
];

const UPLOAD: &[&str] = &["PutObject", "AbortMultipartUpload"];
const DEPLOY: &[&str] =
    &["CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DescribeStacks", "GetTemplateSummary"];

/// The operations that a method called `method` (without signs, in lower case) of `object` calls. An object is a service,
/// or a service and what an SDK makes of its things: `s3.Bucket`.
pub(super) fn operations(object: &str, method: &str) -> Option<&'static [&'static str]> {
    HELPERS.iter().find(|(of, name, _)| *of == object && *name == method).map(|(.., operations)| *operations)
}

#[cfg(test)]
mod tests {
    use super::super::operations::Service;
    use super::*;

    #[test]
    fn every_helper_calls_operations_that_its_service_has() {
        for (object, method, called) in HELPERS {
            let service = Service::named(object.split('.').next().unwrap()).unwrap();
            for operation in called {
                assert!(service.operations.contains(operation), "{object}.{method}: {operation}");
            }
        }
        assert_eq!(operations("s3.Object", "put"), Some(&["PutObject"][..]));
        assert_eq!(operations("s3", "put"), None);
    }
}
