# The functions: one a flow, each with its own role, log and dead letters, all with the same
# environment. The policy is a layer: changing it is an atomic, versioned deployment.

locals {
  # How often a flow runs, and within how many minutes it must have had a good run.
  flows = {
    offboarding  = { every = "rate(5 minutes)", window = 1, alive_within = 20, timeout = 900 }
    new-hire     = { every = "rate(15 minutes)", window = 5, alive_within = 60, timeout = 900 }
    profile-sync = { every = "rate(30 minutes)", window = 10, alive_within = 120, timeout = 900 }
    contractor   = { every = "rate(1 hour)", window = 15, alive_within = 240, timeout = 900 }
    mfa-policy   = { every = "cron(0 3 * * ? *)", window = 30, alive_within = 1440, timeout = 900 }
    org-sync     = { every = "cron(30 1 * * ? *)", window = 30, alive_within = 1440, timeout = 900 }
  }
  webhook = var.webhook_enabled ? {
    hr-event = { every = null, window = 0, alive_within = 0, timeout = 900 }
  } : {}

  environment = merge(
    {
      ROLLCALL_SECRET_ID = aws_secretsmanager_secret.credentials.arn
      ROLLCALL_TABLE     = aws_dynamodb_table.ledger.name
      ROLLCALL_POLICY    = var.policy_path
    },
    { for it in local.audiences : "ROLLCALL_TOPIC_${upper(it)}" => aws_sns_topic.this[it].arn },
    var.sender == "" ? {} : { ROLLCALL_SENDER = var.sender },
    var.rehearsal ? { ROLLCALL_TIME_TRAVEL = "1" } : {},
  )
}

resource "aws_lambda_layer_version" "policy" {
  layer_name       = "${var.name}-policy"
  description      = "rollcall.yaml"
  filename         = "${var.package_dir}/policy.zip"
  source_code_hash = filebase64sha256("${var.package_dir}/policy.zip")
  # Every version that was in force stays, to go back to and for whoever asks later.
  skip_destroy = true
}

resource "aws_lambda_function" "this" {
  for_each         = local.functions
  function_name    = "${var.name}-${each.key}"
  description      = "Rollcall: ${each.key}"
  role             = aws_iam_role.function[each.key].arn
  runtime          = "provided.al2023"
  handler          = "bootstrap"
  architectures    = [var.architecture]
  filename         = "${var.package_dir}/${each.key}.zip"
  source_code_hash = filebase64sha256("${var.package_dir}/${each.key}.zip")
  layers           = [aws_lambda_layer_version.policy.arn]
  memory_size      = var.memory_mb
  timeout          = each.value.timeout
  kms_key_arn      = aws_kms_key.this.arn
  # One at a time: the ledger's lease would turn a second one away, and this spares the attempt.
  # Webhooks come in bursts, and each call takes milliseconds.
  reserved_concurrent_executions = var.reserve_concurrency ? (each.key == "hr-event" ? 5 : 1) : -1

  environment {
    variables = merge(
      local.environment,
      each.key == "hr-event" ? { ROLLCALL_EVENT_QUEUE = aws_sqs_queue.events[0].url } : {},
    )
  }
  dead_letter_config {
    target_arn = aws_sqs_queue.dead[each.key].arn
  }
  depends_on = [aws_iam_role_policy.function, aws_cloudwatch_log_group.function]
}

# The next run of a schedule does what a failed one did not, so one more try is enough, and an
# event that waited for ten minutes is not worth having.
resource "aws_lambda_function_event_invoke_config" "this" {
  for_each                     = local.functions
  function_name                = aws_lambda_function.this[each.key].function_name
  maximum_retry_attempts       = 1
  maximum_event_age_in_seconds = 600
}

resource "aws_cloudwatch_log_group" "function" {
  for_each          = local.functions
  name              = "/aws/lambda/${var.name}-${each.key}"
  retention_in_days = var.log_days
  kms_key_id        = aws_kms_key.this.arn
}

resource "aws_sqs_queue" "dead" {
  for_each                  = local.functions
  name                      = "${var.name}-${each.key}-dead"
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_key.this.arn
}
