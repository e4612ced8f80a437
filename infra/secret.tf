# The secret, empty: its value is put by a person (README) and never passes through Terraform.

resource "aws_secretsmanager_secret" "credentials" {
  name                    = "${var.name}/credentials"
  description             = "credentials.json of Rollcall: UKG, Okta, and how webhooks prove themselves"
  kms_key_id              = aws_kms_key.this.arn
  recovery_window_in_days = var.emulated ? 0 : 30
}
