"""`python -m shared.db rebuild`: build the records of new indexes. `python -m shared.db audit`: compare them all."""

from __future__ import annotations

import argparse
import sys

from shared.db.audit import audit
from shared.db.aws import open_store
from shared.db.rebuild import RebuildFailed, rebuild
from shared.db.unsigned import Unsigned
from shared.settings import settings


def main() -> int:
    """Run the command; 0: all is well, 1: something was found or could not be done."""
    parser = argparse.ArgumentParser(prog="python -m shared.db", description=__doc__)
    parser.add_argument("command", choices=["rebuild", "audit"])
    command = parser.parse_args().command
    store = open_store(settings(), Unsigned())
    try:
        lines = rebuild(store) if command == "rebuild" else audit(store)
    except RebuildFailed as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for line in lines or ["Everything agrees."]:
        sys.stdout.write(f"{line}\n")
    return 1 if command == "audit" and lines else 0


if __name__ == "__main__":
    sys.exit(main())
