# A reconciliation that does not fit into fifteen minutes: the state machine runs org-sync shard
# by shard, each until nothing of it remains. Started by hand, or by whoever reorganizes.

data "aws_iam_policy_document" "states_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["states.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_iam_role" "drain" {
  name               = "${var.name}-drain"
  description        = "Lets the state machine of Rollcall invoke org-sync"
  assume_role_policy = data.aws_iam_policy_document.states_trust.json
}

data "aws_iam_policy_document" "drain" {
  statement {
    sid       = "Invoke"
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_function.this["org-sync"].arn]
  }
}

resource "aws_iam_role_policy" "drain" {
  name   = "rollcall"
  role   = aws_iam_role.drain.id
  policy = data.aws_iam_policy_document.drain.json
}

resource "aws_sfn_state_machine" "drain" {
  name     = "${var.name}-drain"
  role_arn = aws_iam_role.drain.arn
  definition = jsonencode({
    Comment        = "Runs org-sync shard by shard until nothing remains"
    StartAt        = "Every shard"
    TimeoutSeconds = 86400
    States = {
      "Every shard" = {
        Type           = "Map"
        MaxConcurrency = 1
        ItemsPath      = "$.shards"
        End            = true
        ItemProcessor = {
          ProcessorConfig = { Mode = "INLINE" }
          StartAt         = "Run"
          States = {
            Run = {
              Type           = "Task"
              Resource       = aws_lambda_function.this["org-sync"].arn
              Parameters     = { "shard.$" = "$.shard", "of.$" = "$.of" }
              ResultSelector = { "remaining.$" = "$.remaining", "ending.$" = "$.ending" }
              ResultPath     = "$.answer"
              Next           = "Done?"
              # The nightly run has the lease, or Lambda is busy: come back.
              Retry = [{
                ErrorEquals     = ["Busy", "OutOfTime", "Lambda.TooManyRequestsException"]
                IntervalSeconds = 120
                BackoffRate     = 1
                MaxAttempts     = 60
              }]
            }
            "Done?" = {
              Type = "Choice"
              Choices = [
                # Something did not look right, and nothing was changed: a person must look.
                { Variable = "$.answer.ending", StringEquals = "failed", Next = "Stopped" },
                { Variable = "$.answer.remaining", NumericGreaterThan = 0, Next = "Run" },
              ]
              Default = "Done"
            }
            Stopped = { Type = "Fail", Error = "Doubt", Cause = "org-sync did not believe what it read; IT has a message" }
            Done    = { Type = "Succeed" }
          }
        }
      }
    }
  })
}
