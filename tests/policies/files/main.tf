data "aws_iam_policy_document" "deploy" {
  statement {
    sid       = "Everything"
    actions   = ["*"] #! administrator
    resources = ["*"]
  }
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.site.arn}/&{aws:username}/*"]
  }
}

data "aws_iam_policy_document" "site" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.site.arn}/*"]
    principals {
      type        = "AWS"
      identifiers = ["*"] #! public-principal
    }
  }
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = data.aws_iam_policy_document.site.json
}

resource "aws_iam_role" "worker" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
  inline_policy {
    name = "work"
    policy = jsonencode({
      Version = "2012-10-17"
      Statement = concat([
        {
          Effect   = "Allow"
          Action   = "dynamodb:PutItem"
          Resource = var.live ? aws_dynamodb_table.orders.arn : "*" #! wildcard-resource
        },
        ], var.more_statements)
    })
  }
}

resource "aws_iam_role_policy" "heredoc" {
  role   = aws_iam_role.worker.id
  policy = <<-EOF
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Action": ${jsonencode(var.actions)},
          "Resource": "arn:aws:s3:::${var.bucket}/$${aws:username}/*"
        },
        {
          "Effect": "Allow",
          "Action": "sqs:*",
          "Resource": "${aws_sqs_queue.jobs.arn}"
        }
      ]
    }
  EOF
}

resource "aws_iam_policy" "elsewhere" {
  policy = file("${path.module}/policy.json")
}

resource "aws_iam_user" "ci" { #! long-lived-user
  name = "ci"
}

resource "aws_iam_access_key" "ci" { #! long-lived-key
  user = aws_iam_user.ci.name
}

resource "aws_iam_user_policy" "ci" {
  user   = aws_iam_user.ci.name
  policy = data.aws_iam_policy_document.deploy.json
}
