# UKG's webhooks: a public URL whose callers prove themselves to the function, and a queue in
# which events are safe until they were worked on.

resource "aws_sqs_queue" "events" {
  count = var.webhook_enabled ? 1 : 0
  name  = "${var.name}-events"
  # Six times the function's timeout, as AWS advises for a queue that a function reads.
  visibility_timeout_seconds = 5400
  message_retention_seconds  = 345600
  kms_master_key_id          = aws_kms_key.this.arn
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead["hr-event"].arn
    maxReceiveCount     = 3
  })
}

resource "aws_lambda_event_source_mapping" "events" {
  count                              = var.webhook_enabled ? 1 : 0
  event_source_arn                   = aws_sqs_queue.events[0].arn
  function_name                      = aws_lambda_function.this["hr-event"].arn
  batch_size                         = 100
  maximum_batching_window_in_seconds = 10
  function_response_types            = ["ReportBatchItemFailures"]
  scaling_config {
    maximum_concurrency = 2
  }
}

# An HTTP API rather than a function URL: that one would need the right of everybody to invoke the
# function itself, and this one has a limit on calls of its own.
resource "aws_apigatewayv2_api" "webhook" {
  count                        = var.webhook_enabled ? 1 : 0
  name                         = "${var.name}-webhook"
  description                  = "Where UKG's webhooks call hr-event"
  protocol_type                = "HTTP"
  disable_execute_api_endpoint = false
}

resource "aws_apigatewayv2_integration" "webhook" {
  count                  = var.webhook_enabled ? 1 : 0
  api_id                 = aws_apigatewayv2_api.webhook[0].id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.this["hr-event"].invoke_arn
  payload_format_version = "2.0"
  timeout_milliseconds   = 10000
}

# UKG cannot sign as AWS does; the function checks its HMAC or its secret header instead.
resource "aws_apigatewayv2_route" "webhook" {
  count              = var.webhook_enabled ? 1 : 0
  api_id             = aws_apigatewayv2_api.webhook[0].id
  route_key          = "POST /"
  target             = "integrations/${aws_apigatewayv2_integration.webhook[0].id}"
  authorization_type = "NONE"
}

resource "aws_apigatewayv2_stage" "webhook" {
  count       = var.webhook_enabled ? 1 : 0
  api_id      = aws_apigatewayv2_api.webhook[0].id
  name        = "$default"
  auto_deploy = true
  default_route_settings {
    throttling_rate_limit  = 20
    throttling_burst_limit = 100
  }
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.webhook[0].arn
    format          = jsonencode({ at = "$context.requestTime", ip = "$context.identity.sourceIp", status = "$context.status", id = "$context.requestId" })
  }
}

resource "aws_cloudwatch_log_group" "webhook" {
  count             = var.webhook_enabled ? 1 : 0
  name              = "/aws/apigateway/${var.name}-webhook"
  retention_in_days = var.log_days
  kms_key_id        = aws_kms_key.this.arn
}

resource "aws_lambda_permission" "webhook" {
  count         = var.webhook_enabled ? 1 : 0
  statement_id  = "webhook"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this["hr-event"].function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.webhook[0].execution_arn}/*/*"
}
