"""`python -m tests.e2e.live.caller {url} {token} {mutation} {args}`: prints the result or a refusal's data."""

from __future__ import annotations

import json
import sys

from convex import ConvexClient, ConvexError


def main(url: str, token: str, mutation: str, args: str) -> None:
    client = ConvexClient(url)
    client.set_auth(token)
    try:
        told = client.mutation(mutation, json.loads(args))
    except ConvexError as refused:
        told = refused.data
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
