# Who is told: a topic an audience, and one for alarms.

locals {
  audiences = ["it", "hr", "security", "manager"]
  subscriptions = merge([
    for topic, list in var.subscribers : { for to in list : "${topic} ${to}" => { topic = topic, to = to } }
  ]...)
}

resource "aws_sns_topic" "this" {
  for_each          = toset(concat(local.audiences, ["alarms"]))
  name              = "${var.name}-${each.key}"
  kms_master_key_id = aws_kms_key.this.arn
}

resource "aws_sns_topic_subscription" "this" {
  for_each  = local.subscriptions
  topic_arn = aws_sns_topic.this[each.value.topic].arn
  protocol  = startswith(each.value.to, "https://") ? "https" : "email"
  endpoint  = each.value.to
}

data "aws_iam_policy_document" "alarms_topic" {
  statement {
    sid       = "Alarms"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.this["alarms"].arn]
    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.this["alarms"].arn
  policy = data.aws_iam_policy_document.alarms_topic.json
}
