"""The assistant: its prompts, its tools, what it has said so far, and the steps of its work."""
