"""Sending a worklist: through the queue, or straight to Leadterra."""
