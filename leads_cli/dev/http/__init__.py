"""The embedded API Gateway."""
