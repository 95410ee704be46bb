"""The `leads` command: dev stack, console, failures, import. Never part of the Lambda artifact."""
