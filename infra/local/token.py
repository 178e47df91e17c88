"""`python -m infra.local.token ada ada@example.com`: prints a token of the running local cloud for somebody."""

from __future__ import annotations

import argparse
import os
import sys
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from infra.local.workspace import workspace_from


def main() -> int:
    """Print the token."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.token", description=__doc__)
    parser.add_argument("subject")
    parser.add_argument("email")
    asked = parser.parse_args()
    try:
        settings = (workspace_from(os.environ).state / "local.env").read_text()
        origin = dict(line.split("=", 1) for line in settings.splitlines())["POLARIS_URL"]
        query = urlencode({"subject": asked.subject, "email": asked.email})
        with urlopen(f"{origin}/dev/token?{query}") as answer:  # noqa: S310  # the URL is this project's own
            sys.stdout.write(answer.read().decode() + "\n")
    except (FileNotFoundError, URLError):
        sys.stderr.write("The local cloud is not running; start it with `make dev`\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
