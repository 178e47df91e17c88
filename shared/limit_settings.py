"""The limits that a stage may choose: a frozen view of one JSON object, which names only what differs."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

VARIABLE: Final = "POLARIS_LIMITS"
"""The environment variable that holds the object."""


class Limits(NamedTuple):
    """How much is too much; 0: there is no such limit.

    Attributes:
        queries: that one identity may call over HTTP in 10 s.
        mutations: that one identity may call in 10 s.
        anonymous: calls from one address in 10 s by those who are not signed in.
        starts: of jobs, such as answers of the assistant, imports and exports, by one identity in 10 minutes.
        uploads: URLs for uploads that one identity may ask for in 10 minutes.
        announced_mb: that one identity may announce as large uploads in a day, in millions of bytes.
        openings: sockets that one address may open in a minute.
        connections: sockets that one identity may have at a time.
        files: and folders, of a project; its queries list 8,192.
        conversations: of a project.
        messages: of a conversation; its queries list 8,192.
        stored_mb: that one user's uploads may come to, in millions of bytes.
    """

    queries: int = 2000
    mutations: int = 1000
    anonymous: int = 1000
    starts: int = 60
    uploads: int = 1000
    announced_mb: int = 10_000
    openings: int = 300
    connections: int = 100
    files: int = 8000
    conversations: int = 1000
    messages: int = 5000
    stored_mb: int = 5000


def limits_from(text: str) -> Limits:
    """Read limits from a JSON object; those that it does not name have their defaults.

    Raises:
        ValueError: it is no object of whole numbers of 0 or more, or names a limit that there is not.
    """
    given: Any = json.loads(text or "{}")
    if not isinstance(given, dict):
        raise ValueError(f'limits {text!r}: use a JSON object, such as {{"mutations": 2000}}')
    unknown = sorted(given.keys() - set(Limits._fields))
    if unknown:
        raise ValueError(f"limits: there is no {', '.join(unknown)}; there are {', '.join(Limits._fields)}")
    wrong = sorted(name for name, value in given.items() if type(value) is not int or value < 0)
    if wrong:
        raise ValueError(f"limits: use whole numbers, 0 for no limit, for {', '.join(wrong)}")
    return Limits(**given)
