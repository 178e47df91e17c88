"""`python -m tests.e2e.live.watcher {url} {token} {query} {args}`: prints each result as a line of JSON."""

from __future__ import annotations

import json
import sys

from convex import ConvexClient


def main(url: str, token: str, query: str, args: str) -> None:
    client = ConvexClient(url)
    client.set_auth(token)
    for value in client.subscribe(query, json.loads(args)):
        print(json.dumps(value), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
