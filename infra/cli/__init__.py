"""`polaris`, the command line: with the operator's own AWS credentials, straight on a stage's resources.

    __main__ → app.py ─ one module a command ─ deployment.py: a stage's names, settings, clients, data
                  └ command_line.py: how a command fails (failures.py has the statuses)

The stage `local` is the local cloud that `make dev` serves; its credentials are MiniStack's, which mean nothing.
What takes time to import is imported within commands, so that `--help` and completion answer at once.
"""
