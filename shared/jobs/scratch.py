"""What the steps of a job hand to each other: objects of the content bucket, since a state holds 256 KB at most.

An object is written once and not changed, so that a step that is tried again finds what the first try left. They are
collected when the job is over (`shared.jobs.collection`).
"""

from __future__ import annotations

import json
from typing import Any, Final

from shared.db.content import Objects

PREFIX: Final = "jobs/"


class Scratch:
    """The objects of one job, by name.

    Args:
        objects: the content bucket.
        job_id: the job's.
    """

    def __init__(self, objects: Objects, job_id: str) -> None:
        self._objects = objects
        self._job_id = job_id

    def key(self, name: str) -> str:
        """Return the key of the object `name`."""
        return f"{PREFIX}{self._job_id}/{name}"

    def put(self, name: str, content: Any) -> None:
        """Write a JSON value."""
        self.put_bytes(name, _json(content))

    def keep(self, name: str, content: Any) -> Any:
        """Write a JSON value unless another call of the step has, and return the one that is there then."""
        return json.loads(self._objects.keep(self.key(name), _json(content)))

    def get(self, name: str) -> Any:
        """Return a JSON value, or None: there is no such object."""
        raw = self.get_bytes(name)
        return None if raw is None else json.loads(raw)

    def put_bytes(self, name: str, content: bytes) -> None:
        """Write an object."""
        self._objects.put(self.key(name), content)

    def get_bytes(self, name: str) -> bytes | None:
        """Return an object's bytes, or None: there is no such object."""
        return self._objects.get(self.key(name))


def _json(content: Any) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()
