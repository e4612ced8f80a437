# What somebody must hear of. Every alarm goes to the topic "alarms".

locals {
  alarm_topics = [aws_sns_topic.this["alarms"].arn]
}

# A function failed: its log says why, by name and with what to do.
resource "aws_cloudwatch_metric_alarm" "errors" {
  for_each            = local.functions
  alarm_name          = "${var.name}-${each.key}-errors"
  alarm_description   = "${each.key} failed; see /aws/lambda/${var.name}-${each.key} and the runbook in infra/README.md"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.this[each.key].function_name }
  statistic           = "Sum"
  period              = 900
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_topics
  ok_actions          = local.alarm_topics
}

# Runs are turned away: somebody else uses up the account's concurrency, or a run is stuck.
resource "aws_cloudwatch_metric_alarm" "throttles" {
  for_each            = local.functions
  alarm_name          = "${var.name}-${each.key}-throttles"
  alarm_description   = "${each.key} is turned away by Lambda"
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  dimensions          = { FunctionName = aws_lambda_function.this[each.key].function_name }
  statistic           = "Sum"
  period              = 900
  evaluation_periods  = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_topics
}

# Runs come near to the end of their time; large reorganizations belong into the state machine.
resource "aws_cloudwatch_metric_alarm" "duration" {
  for_each            = local.functions
  alarm_name          = "${var.name}-${each.key}-duration"
  alarm_description   = "${each.key} used more than 80 % of its time"
  namespace           = "AWS/Lambda"
  metric_name         = "Duration"
  dimensions          = { FunctionName = aws_lambda_function.this[each.key].function_name }
  statistic           = "Maximum"
  period              = 900
  evaluation_periods  = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.timeout * 800
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_topics
}

# An event was given up. The next run does the work; the message says what went wrong.
resource "aws_cloudwatch_metric_alarm" "dead" {
  for_each            = local.functions
  alarm_name          = "${var.name}-${each.key}-dead-letters"
  alarm_description   = "An event for ${each.key} was given up and lies in ${var.name}-${each.key}-dead"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead[each.key].name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_topics
}

# The dead man's alarm: no good run for too long, whatever the reason, silence included.
resource "aws_cloudwatch_metric_alarm" "alive" {
  for_each            = var.schedules_enabled ? local.flows : {}
  alarm_name          = "${var.name}-${each.key}-no-good-run"
  alarm_description   = "No good run of ${each.key} for ${each.value.alive_within} minutes"
  namespace           = "Rollcall"
  metric_name         = "GoodRun"
  dimensions          = { Flow = each.key }
  statistic           = "Sum"
  period              = each.value.alive_within >= 1440 ? 86400 : each.value.alive_within * 60
  evaluation_periods  = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = local.alarm_topics
  ok_actions          = local.alarm_topics
}

# A flow did not believe what it read (an empty or short roster): nothing was changed.
resource "aws_cloudwatch_metric_alarm" "doubt" {
  for_each            = local.functions
  alarm_name          = "${var.name}-${each.key}-stopped"
  alarm_description   = "${each.key} did not believe what it read, or failed; nothing was changed. IT has a message"
  namespace           = "Rollcall"
  metric_name         = "FailedRun"
  dimensions          = { Flow = each.key }
  statistic           = "Sum"
  period              = 900
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_topics
}

# Something waits for a person's word.
resource "aws_cloudwatch_metric_alarm" "waiting" {
  for_each            = local.flows
  alarm_name          = "${var.name}-${each.key}-plan-waits"
  alarm_description   = "${each.key} holds a plan back until somebody approves it: rollcall plans"
  namespace           = "Rollcall"
  metric_name         = "PlansHeld"
  dimensions          = { Flow = each.key }
  statistic           = "Maximum"
  period              = 3600
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_topics
}

# The promise: a leaver was cut off later than it says. A leaver entered late by HR counts from the
# moment at which UKG could say so.
resource "aws_cloudwatch_metric_alarm" "sla" {
  alarm_name          = "${var.name}-leavers-sla"
  alarm_description   = "A leaver was cut off more than ${var.leaver_minutes} minutes after it was due"
  namespace           = "Rollcall"
  metric_name         = "MinutesToRevoke"
  dimensions          = { Flow = "offboarding" }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.leaver_minutes
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_topics
}

# A leaver is not out yet although a run has tried: some of the steps failed or were not reached.
# With the dead man's alarm of offboarding this is what the promise "cut off in minutes" rests on.
resource "aws_cloudwatch_metric_alarm" "leavers" {
  alarm_name          = "${var.name}-leavers-late"
  alarm_description   = "A leaver still has access three runs after it should have ended"
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_topics

  metric_query {
    id          = "late"
    expression  = "failed + remaining"
    label       = "Leavers who are not out"
    return_data = true
  }
  dynamic "metric_query" {
    for_each = { failed = "PeopleFailed", remaining = "PeopleRemaining" }
    content {
      id = metric_query.key
      metric {
        namespace   = "Rollcall"
        metric_name = metric_query.value
        dimensions  = { Flow = "offboarding" }
        stat        = "Maximum"
        period      = 300
      }
    }
  }
}

# Somebody calls the webhook who cannot prove where he comes from.
resource "aws_cloudwatch_metric_alarm" "refused" {
  count               = var.webhook_enabled ? 1 : 0
  alarm_name          = "${var.name}-webhooks-refused"
  alarm_description   = "Many calls of the webhook were refused: an attack, or a secret that was rotated on one side only"
  namespace           = "Rollcall"
  metric_name         = "WebhooksRefused"
  dimensions          = { Flow = "hr-event" }
  statistic           = "Sum"
  period              = 900
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 20
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_topics
}
