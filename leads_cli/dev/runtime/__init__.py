"""The embedded Lambda: functions in processes, and the pollers of their queues."""
