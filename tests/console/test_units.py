"""What the console decides without a page: forms, addresses, lists, graphs; the rest is in `tests/e2e`."""

from __future__ import annotations

import subprocess

from infra.local.workspace import ROOT


def test_the_units_of_the_console_keep_their_promises() -> None:
    vitest = ["node_modules/.bin/vitest", "run", "--reporter=verbose"]
    done = subprocess.run(vitest, cwd=ROOT / "infra/console", capture_output=True, text=True, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
