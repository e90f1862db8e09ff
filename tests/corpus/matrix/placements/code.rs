//! Source code: how each language hands values to the SDK.

use super::{Placement, at};

pub const ALL: &[Placement] = &[
    at(
        "Java BasicAWSCredentials",
        "src/S3.java",
        "    AWSCredentials credentials = new BasicAWSCredentials(\"«id»\", \"«secret»\");\n    AmazonS3 s3 = AmazonS3ClientBuilder.standard().withCredentials(new AWSStaticCredentialsProvider(credentials)).build();\n",
    ),
    at(
        "Java BasicAWSCredentials, lines",
        "src/Upload.java",
        "    BasicAWSCredentials awsCreds = new BasicAWSCredentials(\n            \"«id»\",\n            \"«secret»\");\n",
    ),
    at(
        "Java AwsBasicCredentials",
        "src/Client.java",
        "    S3Client s3 = S3Client.builder().credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(\"«id»\", \"«secret»\"))).build();\n",
    ),
    at(
        "Java session credentials",
        "src/Session.java",
        "    new BasicSessionCredentials(\"«id»\",\n        \"«secret»\",\n        \"«token»\");\n",
    ),
    at(
        "Java constants",
        "src/Constants.java",
        "public final class Constants {\n    public static final String AWS_ACCESS_KEY = \"«id»\";\n    public static final String AWS_SECRET_KEY = \"«secret»\";\n}\n",
    ),
    at(
        "Java constants, plain names",
        "src/Keys.java",
        "    private static final String ACCESS_KEY = \"«id»\";\n    private static final String SECRET_KEY = \"«secret»\";\n",
    ),
    at(
        "Android resource",
        "res/values/strings.xml",
        "<resources>\n    <string name=\"aws_access_key\">«id»</string>\n    <string name=\"aws_secret_key\">«secret»</string>\n</resources>\n",
    ),
    at(
        "Kotlin",
        "src/S3.kt",
        "val client = S3Client { credentialsProvider = StaticCredentialsProvider { accessKeyId = \"«id»\"; secretAccessKey = \"«secret»\" } }\n",
    ),
    at(
        "Scala Spark",
        "Job.scala",
        "sc.hadoopConfiguration.set(\"fs.s3n.awsAccessKeyId\", \"«id»\")\nsc.hadoopConfiguration.set(\"fs.s3n.awsSecretAccessKey\", \"«secret»\")\n",
    ),
    at(
        "Groovy",
        "build.gradle",
        "repositories {\n  maven {\n    url \"s3://repo/releases\"\n    credentials(AwsCredentials) {\n      accessKey \"«id»\"\n      secretKey \"«secret»\"\n    }\n  }\n}\n",
    ),
    at(
        "Python boto3 client",
        "upload.py",
        r#"import boto3

s3 = boto3.client(
    "s3",
    aws_access_key_id="«id»",
    aws_secret_access_key="«secret»",
)
"#,
    ),
    at(
        "Python boto3 session",
        "session.py",
        "session = boto3.Session(aws_access_key_id='«id»', aws_secret_access_key='«secret»', aws_session_token='«token»')\n",
    ),
    at(
        "Python boto, positional",
        "backup.py",
        "conn = boto.connect_s3('«id»', '«secret»')\nbucket = conn.get_bucket('backup')\n",
    ),
    at(
        "Python constants",
        "settings.py",
        "DEBUG = False\nAWS_ACCESS_KEY_ID = '«id»'\nAWS_SECRET_ACCESS_KEY = '«secret»'\nAWS_STORAGE_BUCKET_NAME = 'static'\n",
    ),
    at(
        "Python environ default",
        "config.py",
        "KEY = os.environ.get('AWS_ACCESS_KEY_ID', '«id»')\nSECRET = os.environ.get('AWS_SECRET_ACCESS_KEY', '«secret»')\n",
    ),
    at("Python s3fs", "load.py", "fs = s3fs.S3FileSystem(key='«id»', secret='«secret»')\n"),
    at(
        "Python dict",
        "creds.py",
        "CREDS = {'key': '«id»',\n         'secret': '«secret»',\n         'region': 'us-east-1'}\n",
    ),
    at(
        "JavaScript config",
        "s3.js",
        "AWS.config.update({ accessKeyId: '«id»', secretAccessKey: '«secret»', region: 'us-east-1' });\n",
    ),
    at(
        "JavaScript client",
        "client.mjs",
        "const client = new S3Client({\n  region: \"us-east-1\",\n  credentials: {\n    accessKeyId: \"«id»\",\n    secretAccessKey: \"«secret»\",\n  },\n});\n",
    ),
    at(
        "JavaScript minified",
        "app.min.js",
        "!function(e){var t=new AWS.S3({accessKeyId:\"«id»\",secretAccessKey:\"«secret»\",region:\"us-east-1\"});e.s3=t}(window);",
    ),
    at(
        "JavaScript minified, names gone",
        "main.a1b2c3.js",
        "var a=\"«id»\",b=\"«secret»\",c=new d.S3({accessKeyId:a,secretAccessKey:b});",
    ),
    at(
        "TypeScript environment",
        "environment.prod.ts",
        "export const environment = {\n  production: true,\n  awsAccessKey: '«id»',\n  awsSecretKey: '«secret»',\n};\n",
    ),
    at(
        "JavaScript process.env",
        "env.js",
        "process.env.AWS_ACCESS_KEY_ID = process.env.AWS_ACCESS_KEY_ID || '«id»';\nprocess.env.AWS_SECRET_ACCESS_KEY = process.env.AWS_SECRET_ACCESS_KEY || '«secret»';\n",
    ),
    at(
        "Go static credentials",
        "s3.go",
        "\tsess := session.New(&aws.Config{\n\t\tRegion:      aws.String(\"us-east-1\"),\n\t\tCredentials: credentials.NewStaticCredentials(\"«id»\", \"«secret»\", \"\"),\n\t})\n",
    ),
    at(
        "Go static credentials provider",
        "client.go",
        "\tcfg.Credentials = credentials.NewStaticCredentialsProvider(\n\t\t\"«id»\",\n\t\t\"«secret»\",\n\t\t\"\",\n\t)\n",
    ),
    at("Go constants", "keys.go", "const (\n\taccessKey = \"«id»\"\n\tsecretKey = \"«secret»\"\n)\n"),
    at("Go raw strings", "raw.go", "accessKeyID := `«id»`\nsecretAccessKey := `«secret»`\n"),
    at(
        "Ruby credentials",
        "s3.rb",
        "creds = Aws::Credentials.new('«id»', '«secret»')\ns3 = Aws::S3::Client.new(credentials: creds)\n",
    ),
    at(
        "Ruby hash",
        "fog.rb",
        "config.fog_credentials = {\n  :provider              => 'AWS',\n  :aws_access_key_id     => '«id»',\n  :aws_secret_access_key => '«secret»',\n}\n",
    ),
    at(
        "PHP array",
        "s3.php",
        "<?php\n$s3 = new Aws\\S3\\S3Client([\n    'version' => 'latest',\n    'credentials' => [\n        'key'    => '«id»',\n        'secret' => '«secret»',\n    ],\n]);\n",
    ),
    at(
        "PHP define",
        "wp-config.php",
        "<?php\ndefine( 'AWS_ACCESS_KEY_ID', '«id»' );\ndefine( 'AWS_SECRET_ACCESS_KEY', '«secret»' );\n",
    ),
    at(
        "PHP env default",
        "config/filesystems.php",
        "'s3' => [\n    'driver' => 's3',\n    'key' => env('AWS_KEY', '«id»'),\n    'secret' => env('AWS_SECRET', '«secret»'),\n],\n",
    ),
    at("C# credentials", "S3.cs", "var client = new AmazonS3Client(\"«id»\", \"«secret»\", RegionEndpoint.USEast1);\n"),
    at(
        "C# constants",
        "Keys.cs",
        "private const string AccessKey = \"«id»\";\nprivate const string SecretKey = @\"«secret»\";\n",
    ),
    at(
        "Rust credentials",
        "src/main.rs",
        "let credentials = Credentials::new(\"«id»\", \"«secret»\", None, None, \"static\");\n",
    ),
    at(
        "Swift",
        "AppDelegate.swift",
        "let provider = AWSStaticCredentialsProvider(accessKey: \"«id»\", secretKey: \"«secret»\")\n",
    ),
    at(
        "Objective-C",
        "Constants.h",
        "#define ACCESS_KEY_ID          @\"«id»\"\n#define SECRET_KEY             @\"«secret»\"\n",
    ),
    at("C++", "main.cpp", "Aws::Auth::AWSCredentials credentials(\"«id»\", \"«secret»\");\n"),
    at("C", "config.h", "#define AWS_KEY \"«id»\"\n#define AWS_SECRET \"«secret»\"\n"),
    at(
        "Perl",
        "s3.pl",
        "my $s3 = Amazon::S3->new({ aws_access_key_id => '«id»', aws_secret_access_key => q{«secret»} });\n",
    ),
    at(
        "R",
        "load.R",
        "Sys.setenv(\"AWS_ACCESS_KEY_ID\" = \"«id»\",\n           \"AWS_SECRET_ACCESS_KEY\" = \"«secret»\")\n",
    ),
    at(
        "Elixir",
        "config.exs",
        "config :ex_aws,\n  access_key_id: [\"«id»\", :instance_role],\n  secret_access_key: [\"«secret»\", :instance_role]\n",
    ),
    at("Clojure", "core.clj", "(def cred {:access-key \"«id»\"\n           :secret-key \"«secret»\"})\n"),
    at("Lua", "s3.lua", "local aws = require('aws').new { access_key = '«id»', secret_key = '«secret»' }\n"),
    at("Dart", "lib/keys.dart", "const accessKey = '«id»';\nconst secretKey = '«secret»';\n"),
    at("VBScript", "upload.vbs", "Const AWS_ACCESS_KEY = \"«id»\"\r\nConst AWS_SECRET_KEY = \"«secret»\"\r\n"),
];
