"""The thin edge: environment, AWS, Leadterra, logs and metrics. It imports core types, never the reverse."""
