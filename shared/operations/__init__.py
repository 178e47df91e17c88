"""What a deployment tells of itself: logs, metrics, queues, executions, tables."""
