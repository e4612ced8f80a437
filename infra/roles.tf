# One role a function, with exactly what its code calls. tests/stack takes each statement away in
# turn and sees the function fail.

data "aws_iam_policy_document" "lambda" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "function" {
  for_each           = local.functions
  name               = "${var.name}-${each.key}"
  description        = "What the function ${each.key} of Rollcall may do"
  assume_role_policy = data.aws_iam_policy_document.lambda.json
}

data "aws_iam_policy_document" "function" {
  for_each = local.functions

  statement {
    sid = "Ledger"
    # Transactions are made of these; there is no right of their own.
    actions = [
      "dynamodb:GetItem",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
      "dynamodb:DeleteItem",
      "dynamodb:ConditionCheckItem",
    ]
    resources = [aws_dynamodb_table.ledger.arn, "${aws_dynamodb_table.ledger.arn}/index/due"]
  }
  statement {
    sid       = "Secret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.credentials.arn]
  }
  # A run also sends what an earlier run of another flow wrote down and could not send.
  statement {
    sid       = "Topics"
    actions   = ["sns:Publish"]
    resources = [for it in local.audiences : aws_sns_topic.this[it].arn]
  }
  # And so a manager's letter, which any of the functions may find waiting.
  dynamic "statement" {
    for_each = var.sender == "" ? [] : [1]
    content {
      sid     = "Letters"
      actions = ["ses:SendEmail"]
      # SES looks at the identity that it knows, which is the address itself or its domain.
      resources = [
        for it in [var.sender, split("@", var.sender)[1]] :
        "arn:${local.partition}:ses:${var.region}:${local.account}:identity/${it}"
      ]
      condition {
        test     = "StringEquals"
        variable = "ses:FromAddress"
        values   = [var.sender]
      }
    }
  }
  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.this.arn]
  }
  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.function[each.key].arn}:*"]
  }
  statement {
    sid       = "DeadLetters"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead[each.key].arn]
  }
  dynamic "statement" {
    for_each = each.key == "hr-event" ? [1] : []
    content {
      sid       = "Events"
      actions   = ["sqs:SendMessage"]
      resources = [aws_sqs_queue.events[0].arn]
    }
  }
  # Lambda reads the queue for the function, with the function's role.
  dynamic "statement" {
    for_each = each.key == "hr-event" ? [1] : []
    content {
      sid       = "Poll"
      actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
      resources = [aws_sqs_queue.events[0].arn]
    }
  }
}

resource "aws_iam_role_policy" "function" {
  for_each = local.functions
  name     = "rollcall"
  role     = aws_iam_role.function[each.key].id
  policy   = data.aws_iam_policy_document.function[each.key].json
}
