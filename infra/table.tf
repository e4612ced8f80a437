# The ledger: one table. Its keys and its index are part of the product
# (shared/src/doors/ledger/dynamodb/item.rs); change nothing of them here alone.

resource "aws_dynamodb_table" "ledger" {
  name                        = var.name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  deletion_protection_enabled = var.deletion_protection
  stream_enabled              = true
  stream_view_type            = "NEW_IMAGE"

  attribute {
    name = "pk"
    type = "S"
  }
  attribute {
    name = "sk"
    type = "S"
  }
  attribute {
    name = "due_list"
    type = "S"
  }
  attribute {
    name = "due"
    type = "N"
  }

  # What time alone will change, the earliest first.
  global_secondary_index {
    name            = "due"
    hash_key        = "due_list"
    range_key       = "due"
    projection_type = "ALL"
  }

  ttl {
    attribute_name = "expires"
    enabled        = true
  }
  point_in_time_recovery {
    enabled = true
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.this.arn
  }
}
