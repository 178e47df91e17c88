"""The runbook of docs/recovery.md, from beginning to end: `python -m tests.recovery`, which is `make recovery`."""
