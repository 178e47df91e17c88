"""`python -m infra.cli`, or `polaris`."""

from __future__ import annotations

from infra.cli.app import app

if __name__ == "__main__":
    app(prog_name="polaris")
