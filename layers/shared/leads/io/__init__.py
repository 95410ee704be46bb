"""The edge: environment, AWS, Leadterra, logs and metrics. The core never imports it."""
