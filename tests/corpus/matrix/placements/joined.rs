//! Values put together from literals, as people do whom a scanner has stopped before, or whose lines are short.

use super::{Placement, at};

pub const ALL: &[Placement] = &[
    at(
        "Java +",
        "src/Keys.java",
        "  static final String ACCESS_KEY = \"«id 0..8»\" + \"«id 8..»\";\n  static final String AWS_SECRET_KEY = \"«secret 0..20»\" + \"«secret 20..»\";\n",
    ),
    at(
        "Java +, lines",
        "src/Aws.java",
        "  String accessKeyId = \"«id 0..6»\"\n      + \"«id 6..»\";\n  String secretAccessKey = \"«secret 0..13»\"\n      + \"«secret 13..26»\"\n      + \"«secret 26..»\";\n",
    ),
    at(
        "Java +, positional",
        "src/S3.java",
        "  new BasicAWSCredentials(\"«id 0..4»\" + \"«id 4..»\", \"«secret 0..20»\" + \"«secret 20..»\");\n",
    ),
    at(
        "Kotlin +",
        "Keys.kt",
        "const val AWS_ACCESS_KEY = \"«id 0..10»\" + \"«id 10..»\"\nconst val AWS_SECRET_KEY = \"«secret 0..10»\" + \"«secret 10..20»\" + \"«secret 20..»\"\n",
    ),
    at(
        "Python +",
        "keys.py",
        "AWS_ACCESS_KEY_ID = '«id 0..4»' + '«id 4..»'\nAWS_SECRET_ACCESS_KEY = '«secret 0..20»' + '«secret 20..»'\n",
    ),
    at(
        "Python, adjacent",
        "adjacent.py",
        "AWS_ACCESS_KEY_ID = \"«id 0..9»\" \"«id 9..»\"\nAWS_SECRET_ACCESS_KEY = \"«secret 0..18»\" \"«secret 18..»\"\n",
    ),
    at(
        "Python, parentheses",
        "wrapped.py",
        "aws_access_key_id = (\n    \"«id 0..10»\"\n    \"«id 10..»\"\n)\naws_secret_access_key = (\n    \"«secret 0..20»\"\n    \"«secret 20..»\"\n)\n",
    ),
    at(
        "Python, backslash",
        "continued.py",
        "aws_access_key_id = '«id 0..10»' \\\n    '«id 10..»'\naws_secret_access_key = '«secret 0..20»' \\\n    '«secret 20..»'\n",
    ),
    at(
        "JavaScript +",
        "keys4.js",
        "const accessKeyId = '«id 0..4»' + '«id 4..»';\nconst secretAccessKey = '«secret 0..20»' + '«secret 20..»';\n",
    ),
    at(
        "JavaScript +, lines",
        "lines.js",
        "  accessKeyId: \"«id 0..12»\" +\n    \"«id 12..»\",\n  secretAccessKey: \"«secret 0..24»\" +\n    \"«secret 24..»\",\n",
    ),
    at(
        "TypeScript, template",
        "keys.ts",
        "const accessKeyId = `«id 0..8»` + `«id 8..»`;\nconst secretAccessKey = `«secret 0..8»` + `«secret 8..»`;\n",
    ),
    at(
        "Go +",
        "keys.go",
        "const accessKeyID = \"«id 0..10»\" + \"«id 10..»\"\nconst secretAccessKey = \"«secret 0..20»\" +\n\t\"«secret 20..»\"\n",
    ),
    at(
        "Ruby +",
        "keys.rb",
        "access_key_id = '«id 0..10»' + '«id 10..»'\nsecret_access_key = '«secret 0..20»' + '«secret 20..»'\n",
    ),
    at(
        "Ruby, backslash",
        "wrapped.rb",
        "access_key_id = '«id 0..10»' \\\n  '«id 10..»'\nsecret_access_key = '«secret 0..20»' \\\n  '«secret 20..»'\n",
    ),
    at(
        "Ruby <<",
        "push.rb",
        "access_key_id = '«id 0..10»' << '«id 10..»'\nsecret_access_key = '«secret 0..20»' << '«secret 20..»'\n",
    ),
    at(
        "PHP .",
        "keys.php",
        "<?php\n$awsAccessKey = '«id 0..8»' . '«id 8..»';\n$awsSecretKey = '«secret 0..20»' . '«secret 20..»';\n",
    ),
    at(
        "PHP ., no spaces",
        "tight.php",
        "<?php define('AWS_KEY','«id 0..8»'.'«id 8..»'); define('AWS_SECRET','«secret 0..20»'.'«secret 20..»');\n",
    ),
    at(
        "Perl .",
        "keys.pl",
        "my $aws_access_key_id = \"«id 0..8»\" . \"«id 8..»\";\nmy $aws_secret_access_key = \"«secret 0..30»\" . \"«secret 30..»\";\n",
    ),
    at(
        "C# +",
        "Keys.cs",
        "const string AccessKey = \"«id 0..5»\" + \"«id 5..»\";\nconst string SecretKey = \"«secret 0..20»\" + @\"«secret 20..»\";\n",
    ),
    at(
        "VB &",
        "Keys.vb",
        "Const AwsAccessKey = \"«id 0..8»\" & \"«id 8..»\"\r\nConst AwsSecretKey = \"«secret 0..20»\" & _\r\n    \"«secret 20..»\"\r\n",
    ),
    at(
        "C, adjacent",
        "keys.h",
        "#define AWS_ACCESS_KEY_ID \"«id 0..10»\" \"«id 10..»\"\nstatic const char *aws_secret_access_key =\n    \"«secret 0..20»\"\n    \"«secret 20..»\";\n",
    ),
    at(
        "Swift +",
        "Keys.swift",
        "let accessKey = \"«id 0..7»\" + \"«id 7..»\"\nlet secretKey = \"«secret 0..20»\" + \"«secret 20..»\"\n",
    ),
    at(
        "Lua ..",
        "keys.lua",
        "local access_key = '«id 0..7»' .. '«id 7..»'\nlocal secret_key = '«secret 0..20»' .. '«secret 20..»'\n",
    ),
    at(
        "Elixir <>",
        "keys.exs",
        "access_key_id: \"«id 0..7»\" <> \"«id 7..»\",\nsecret_access_key: \"«secret 0..20»\" <> \"«secret 20..»\"\n",
    ),
    at(
        "SQL ||",
        "keys.sql",
        "UPDATE settings SET access_key_id = '«id 0..10»' || '«id 10..»', secret_access_key = '«secret 0..20»' || '«secret 20..»';\n",
    ),
    at(
        "PowerShell +",
        "keys.ps1",
        "$env:AWS_ACCESS_KEY_ID = '«id 0..10»' + '«id 10..»'\r\n$env:AWS_SECRET_ACCESS_KEY = '«secret 0..20»' + '«secret 20..»'\r\n",
    ),
    at(
        "shell, adjacent quotes",
        "keys.sh",
        "export AWS_ACCESS_KEY_ID=\"«id 0..10»\"\"«id 10..»\"\nexport AWS_SECRET_ACCESS_KEY='«secret 0..20»''«secret 20..»'\n",
    ),
    at(
        "shell, backslash",
        "continued.sh",
        "AWS_ACCESS_KEY_ID=«id 0..10»\\\n«id 10..»\nAWS_SECRET_ACCESS_KEY=«secret 0..20»\\\n«secret 20..»\n",
    ),
    at(
        "Groovy +",
        "keys.groovy",
        "def accessKey = '«id 0..8»' + '«id 8..»'\ndef secretKey = '«secret 0..20»' + '«secret 20..»'\n",
    ),
    at(
        "eight pieces",
        "eight.py",
        "aws_access_key_id = '«id 0..6»' + '«id 6..»'\naws_secret_access_key = '«secret 0..5»' + '«secret 5..10»' + '«secret 10..15»' + '«secret 15..20»' + '«secret 20..25»' + '«secret 25..30»' + '«secret 30..35»' + '«secret 35..»'\n",
    ),
    at(
        "id whole, secret joined",
        "half.py",
        "client = boto3.client('s3', aws_access_key_id='«id»', aws_secret_access_key='«secret 0..20»' + '«secret 20..»')\n",
    ),
    at("lone secret joined", "secret.py", "AWS_SECRET_ACCESS_KEY = '«secret 0..20»' + '«secret 20..»'\n"),
    at("lone id joined", "id.py", "AWS_ACCESS_KEY_ID = '«id 0..12»' + '«id 12..»'\n"),
];
