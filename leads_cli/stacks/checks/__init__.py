"""What `leads check --live` looks at: each module a subject, each look a list of findings. Nothing here prints."""
