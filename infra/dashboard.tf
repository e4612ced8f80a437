# One page to look at in the morning.

locals {
  charts = [
    { title = "Good runs", metric = "GoodRun", stat = "Sum" },
    { title = "People changed", metric = "PeopleChanged", stat = "Sum" },
    { title = "People held by findings or plans", metric = "PeopleHeld", stat = "Maximum" },
    { title = "Steps that failed, in people", metric = "PeopleFailed", stat = "Sum" },
    { title = "Plans that wait for a word", metric = "PlansHeld", stat = "Maximum" },
    { title = "Left to the next run, in people", metric = "PeopleRemaining", stat = "Maximum" },
    { title = "Minutes until a leaver was out", metric = "MinutesToRevoke", stat = "Maximum" },
    { title = "Calls to Okta", metric = "OktaCalls", stat = "Sum" },
    { title = "Milliseconds a run takes", metric = "Duration", stat = "Maximum" },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = [for number, it in local.charts : {
      type   = "metric"
      width  = 12
      height = 6
      x      = (number % 2) * 12
      y      = floor(number / 2) * 6
      properties = {
        title   = it.title
        region  = var.region
        stat    = it.stat
        period  = 300
        metrics = [for flow in keys(local.flows) : ["Rollcall", it.metric, "Flow", flow]]
      }
    }]
  })
}
