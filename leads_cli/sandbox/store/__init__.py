"""What the sandbox knows: campaigns, leads, requests."""
