"""`python -m tests.support.github --port N`: serve a GitHub with the sample repository `octocat/sample`."""

from __future__ import annotations

import argparse
import threading
from contextlib import suppress

from tests.support.github.sample import sample
from tests.support.github.server import serving
from tests.support.github.state import GitHubState


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.github", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    state = GitHubState(tokens={"*": "octocat"})
    state.add("octocat", "sample", sample())
    with serving(state, parser.parse_args().port) as url, suppress(KeyboardInterrupt):
        print(url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
