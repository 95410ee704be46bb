# A stack of a release (docs/without-sam.md). CloudFormation makes it; Terraform passes the parameters on.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "template_url" {
  description = "The template's address, as `make release` prints it. Another release has another one."
  type        = string
}

resource "aws_cloudformation_stack" "enroll" {
  name         = "leadterra-enroll"
  template_url = var.template_url
  capabilities = ["CAPABILITY_IAM"]

  # Each is described in template.yaml. One that is not here has its default.
  parameters = {
    ConfigFile    = "enrollment.toml"
    AlarmEmail    = "you@example.com"
    WatchedSource = "website"
  }
}

output "webhook_url" {
  description = "Where the tools send to. With DomainName, the address of your own."
  value       = aws_cloudformation_stack.enroll.outputs["WebhookUrl"]
}

output "events_queue_arn" {
  description = "For EventBridge and SNS."
  value       = aws_cloudformation_stack.enroll.outputs["EventsQueueArn"]
}
