# Every change of the ledger, as it happens, into a bucket that nobody can empty: managed pieces
# only. DynamoDB's stream -> EventBridge Pipe -> Firehose -> S3 with Object Lock.

locals {
  archive = var.audit_archive ? 1 : 0
}

resource "aws_s3_bucket" "archive" {
  count               = local.archive
  bucket              = "${var.name}-archive-${local.account}-${var.region}"
  object_lock_enabled = true
}

resource "aws_s3_bucket_versioning" "archive" {
  count  = local.archive
  bucket = aws_s3_bucket.archive[0].id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "archive" {
  count  = local.archive
  bucket = aws_s3_bucket.archive[0].id
  rule {
    default_retention {
      mode = "COMPLIANCE"
      days = var.audit_days
    }
  }
  depends_on = [aws_s3_bucket_versioning.archive]
}

resource "aws_s3_bucket_server_side_encryption_configuration" "archive" {
  count  = local.archive
  bucket = aws_s3_bucket.archive[0].id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.this.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "archive" {
  count                   = local.archive
  bucket                  = aws_s3_bucket.archive[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "archive" {
  count  = local.archive
  bucket = aws_s3_bucket.archive[0].id
  rule {
    id     = "cold"
    status = "Enabled"
    filter {}
    transition {
      days          = 90
      storage_class = "GLACIER_IR"
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
  depends_on = [aws_s3_bucket_versioning.archive]
}

data "aws_iam_policy_document" "archive_bucket" {
  count = local.archive
  statement {
    sid       = "OnlyTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.archive[0].arn, "${aws_s3_bucket.archive[0].arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "archive" {
  count  = local.archive
  bucket = aws_s3_bucket.archive[0].id
  policy = data.aws_iam_policy_document.archive_bucket[0].json
}

resource "aws_kinesis_firehose_delivery_stream" "archive" {
  count       = local.archive
  name        = "${var.name}-archive"
  destination = "extended_s3"
  extended_s3_configuration {
    role_arn            = aws_iam_role.archive["firehose"].arn
    bucket_arn          = aws_s3_bucket.archive[0].arn
    prefix              = "ledger/!{timestamp:yyyy/MM/dd}/"
    error_output_prefix = "errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/"
    compression_format  = "GZIP"
    buffering_interval  = 60
    buffering_size      = 5
    kms_key_arn         = aws_kms_key.this.arn
  }
  server_side_encryption {
    enabled  = true
    key_type = "CUSTOMER_MANAGED_CMK"
    key_arn  = aws_kms_key.this.arn
  }
}

resource "aws_pipes_pipe" "archive" {
  count              = local.archive
  name               = "${var.name}-archive"
  role_arn           = aws_iam_role.archive["pipes"].arn
  source             = aws_dynamodb_table.ledger.stream_arn
  target             = aws_kinesis_firehose_delivery_stream.archive[0].arn
  kms_key_identifier = aws_kms_key.this.arn
  source_parameters {
    dynamodb_stream_parameters {
      starting_position      = "TRIM_HORIZON"
      batch_size             = 100
      maximum_retry_attempts = -1
    }
  }
}

data "aws_iam_policy_document" "archive_trust" {
  for_each = toset(["firehose", "pipes"])
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_iam_role" "archive" {
  for_each           = var.audit_archive ? toset(["firehose", "pipes"]) : toset([])
  name               = "${var.name}-archive-${each.key}"
  description        = "Carries changes of the ledger to the archive"
  assume_role_policy = data.aws_iam_policy_document.archive_trust[each.key].json
}

data "aws_iam_policy_document" "archive" {
  for_each = var.audit_archive ? toset(["firehose", "pipes"]) : toset([])
  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.this.arn]
  }
  dynamic "statement" {
    for_each = each.key == "firehose" ? [1] : []
    content {
      sid       = "Write"
      actions   = ["s3:PutObject", "s3:AbortMultipartUpload"]
      resources = ["${aws_s3_bucket.archive[0].arn}/*"]
    }
  }
  dynamic "statement" {
    for_each = each.key == "firehose" ? [1] : []
    content {
      sid       = "Look"
      actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
      resources = [aws_s3_bucket.archive[0].arn]
    }
  }
  dynamic "statement" {
    for_each = each.key == "pipes" ? [1] : []
    content {
      sid       = "Read"
      actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"]
      resources = ["${aws_dynamodb_table.ledger.arn}/stream/*"]
    }
  }
  dynamic "statement" {
    for_each = each.key == "pipes" ? [1] : []
    content {
      sid       = "Hand"
      actions   = ["firehose:PutRecordBatch"]
      resources = [aws_kinesis_firehose_delivery_stream.archive[0].arn]
    }
  }
}

resource "aws_iam_role_policy" "archive" {
  for_each = var.audit_archive ? toset(["firehose", "pipes"]) : toset([])
  name     = "rollcall"
  role     = aws_iam_role.archive[each.key].id
  policy   = data.aws_iam_policy_document.archive[each.key].json
}
