# What the next steps of the README need.

output "secret" {
  description = "Where credentials.json belongs: aws secretsmanager put-secret-value --secret-id ..."
  value       = aws_secretsmanager_secret.credentials.name
}

output "table" {
  description = "The ledger, for the command line: --ledger dynamodb:TABLE"
  value       = aws_dynamodb_table.ledger.name
}

output "functions" {
  description = "The functions by flow."
  value       = { for name, it in aws_lambda_function.this : name => it.function_name }
}

output "topics" {
  description = "The topics by audience."
  value       = { for name, it in aws_sns_topic.this : name => it.arn }
}

output "drain" {
  description = "The state machine that drains a large reconciliation, and its input."
  value = {
    state_machine = aws_sfn_state_machine.drain.arn
    input         = jsonencode({ shards = [for it in range(var.drain_shards) : { shard = it, of = var.drain_shards }] })
  }
}

output "webhook_url" {
  description = "What UKG's webhook calls."
  value       = var.webhook_enabled ? aws_apigatewayv2_api.webhook[0].api_endpoint : null
}
