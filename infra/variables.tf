# Everything that differs from one customer to the next. Secrets are none of it: they never pass
# through Terraform, whose state would keep them.

variable "region" {
  description = "The AWS region, for example eu-west-1."
  type        = string
  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "The region must look like eu-west-1."
  }
}

variable "name" {
  description = "What every resource is called, so that a rehearsal can live beside the real one."
  type        = string
  default     = "rollcall"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,24}$", var.name))
    error_message = "The name must be 3 to 25 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "tags" {
  description = "Tags of your own, put on everything."
  type        = map(string)
  default     = {}
}

variable "time_zone" {
  description = "The IANA zone of the nightly schedules, for example Europe/Berlin. Who has left is decided by each person's own zone, not by this one."
  type        = string
  default     = "UTC"
  validation {
    condition     = var.time_zone == "UTC" || can(regex("^[A-Z][A-Za-z_]+/[A-Za-z_/+-]+$", var.time_zone))
    error_message = "The time zone must be an IANA name such as Europe/Berlin, or UTC."
  }
}

variable "schedules_enabled" {
  description = "Whether the schedules run. Leave it false until you have seen dry runs and the first supervised run (README)."
  type        = bool
  default     = false
}

variable "schedules" {
  description = "Schedules that differ from the usual ones, by function: rate(...) or cron(...)."
  type        = map(string)
  default     = {}
  validation {
    condition = alltrue([
      for flow, expression in var.schedules :
      contains(["offboarding", "new-hire", "profile-sync", "contractor", "org-sync", "mfa-policy"], flow)
      && can(regex("^(rate\\([1-9][0-9]* (minute|minutes|hour|hours|day|days)\\)|cron\\([^ )]+( [^ )]+){5}\\))$", expression))
    ])
    error_message = "Each must be rate(5 minutes) or cron(30 1 * * ? *), with six fields, for one of the six flows."
  }
}

variable "subscribers" {
  description = "E-mail addresses (or https:// URLs) by topic: it, hr, security, manager, alarms. Each gets a mail to confirm."
  type        = map(list(string))
  default     = {}
  validation {
    condition     = alltrue([for topic, _ in var.subscribers : contains(["it", "hr", "security", "manager", "alarms"], topic)])
    error_message = "The topics are it, hr, security, manager and alarms."
  }
  validation {
    condition     = alltrue([for to in flatten(values(var.subscribers)) : can(regex("^([^@ ]+@[^@ ]+\\.[^@ ]+|https://.+)$", to))])
    error_message = "Each subscriber must be an e-mail address or an https:// URL."
  }
}

variable "sender" {
  description = "An address in whose name managers get letters of their own, by SES. SES must know it as verified in this region, by itself or by its domain. Empty: managers' messages go to the topic manager."
  type        = string
  default     = ""
  validation {
    condition     = var.sender == "" || can(regex("^[^@ ]+@[^@ ]+\\.[^@ ]+$", var.sender))
    error_message = "The sender must be an e-mail address, without a name around it."
  }
}

variable "webhook_enabled" {
  description = "Whether UKG's webhooks may call hr-event over a public URL. The secret must then hold \"webhook\" (README)."
  type        = bool
  default     = false
}

variable "drain_shards" {
  description = "Into how many parts the state machine splits a large reconciliation."
  type        = number
  default     = 4
  validation {
    condition     = var.drain_shards >= 1 && var.drain_shards <= 64 && floor(var.drain_shards) == var.drain_shards
    error_message = "There must be 1 to 64 shards."
  }
}

variable "leaver_minutes" {
  description = "Minutes after which a leaver who still has access rings an alarm."
  type        = number
  default     = 30
  validation {
    condition     = var.leaver_minutes >= 6
    error_message = "Offboarding runs every five minutes: fewer than six cannot be kept."
  }
}

variable "memory_mb" {
  description = "Memory of each function. 512 is enough for 100,000 people."
  type        = number
  default     = 512
  validation {
    condition     = var.memory_mb >= 256 && var.memory_mb <= 3008
    error_message = "The memory must be 256 to 3008 MB."
  }
}

variable "reserve_concurrency" {
  description = "Whether each flow has one reserved execution. Needs a quota of more than 110 concurrent executions; new accounts have 10."
  type        = bool
  default     = true
}

variable "log_days" {
  description = "How long logs are kept. They hold ids and no names."
  type        = number
  default     = 365
  validation {
    condition     = contains([30, 60, 90, 180, 365, 400, 545, 731, 1096, 1827, 2557], var.log_days)
    error_message = "CloudWatch takes 30, 60, 90, 180, 365, 400, 545, 731, 1096, 1827 or 2557 days."
  }
}

variable "audit_archive" {
  description = "Whether every change of the ledger is also written to a bucket that nobody can empty (S3 Object Lock)."
  type        = bool
  default     = false
}

variable "audit_days" {
  description = "How long nobody, not even the account's owner, can delete from the archive. It cannot be shortened later."
  type        = number
  default     = 2557
  validation {
    condition     = var.audit_days >= 1 && var.audit_days <= 3653
    error_message = "The archive must be kept for 1 to 3653 days."
  }
}

variable "deletion_protection" {
  description = "Whether the table is protected from deletion. Set it to false, apply, and only then destroy."
  type        = bool
  default     = true
}

variable "architecture" {
  description = "What the functions were built for: arm64, or x86_64 on an emulator."
  type        = string
  default     = "arm64"
  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "The architecture must be arm64 or x86_64."
  }
}

variable "package_dir" {
  description = "Where infra/deploy has put the packages."
  type        = string
  default     = "build"
}

variable "policy_path" {
  description = "Where the functions find the policy; the layer puts it into /opt."
  type        = string
  default     = "/opt/rollcall.yaml"
}

variable "emulated" {
  description = "True for an emulator of AWS, never for an account."
  type        = bool
  default     = false
}

variable "rehearsal" {
  description = "Whether payloads may move the clock and apply (ROLLCALL_TIME_TRAVEL). For emulators and sandboxes alone."
  type        = bool
  default     = false
  validation {
    condition     = !var.rehearsal || var.emulated
    error_message = "A rehearsal moves the clock of decisions about people: it is for an emulator."
  }
}
