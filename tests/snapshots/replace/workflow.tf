# AWS access key with its secret, .github/workflows/site.yml:5
# Replaced by a role for the pipeline's OpenID Connect token.
# Fill in REGION: the region, such as eu-west-1 (.github/workflows/site.yml:9).
# Fill in TOPIC: the value of the variable TOPIC (.github/workflows/site.yml:9).

# Once an account: import it where it is there already.
resource "aws_iam_openid_connect_provider" "shop_deploy" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "shop_deploy_trust" {
  statement {
    sid     = "Trust"
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["arn:aws:iam::210987654321:oidc-provider/token.actions.githubusercontent.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:acme/shop:ref:refs/heads/main"]
    }
  }
}

resource "aws_iam_role" "shop_deploy" {
  name               = "shop-deploy"
  assume_role_policy = data.aws_iam_policy_document.shop_deploy_trust.json
}

data "aws_iam_policy_document" "shop_deploy" {
  statement {
    sid       = "S3AcmeSite"
    actions   = ["s3:ListBucket"]
    resources = ["arn:aws:s3:::acme-site"]
  }

  statement {
    sid = "S3AcmeSiteObjects"
    actions = [
      "s3:AbortMultipartUpload",
      "s3:DeleteObject",
      "s3:PutObject",
    ]
    resources = ["arn:aws:s3:::acme-site/*"]
  }

  statement {
    sid       = "SnsTopic"
    actions   = ["sns:Publish"]
    resources = ["arn:aws:sns:REGION:210987654321:TOPIC"]
  }
}

resource "aws_iam_role_policy" "shop_deploy" {
  name   = "shop-deploy"
  role   = aws_iam_role.shop_deploy.id
  policy = data.aws_iam_policy_document.shop_deploy.json
}
