"""Collecting what nothing refers to."""

from __future__ import annotations

from typing import Final

from shared.jobs.collection import ACCESS, collect_page
from shared.jobs.task import Json, Task, task

_RESERVED_S: Final = 30
"""What is left of a call's time when it begins no further page: one takes a few seconds."""


@task("machine:collect-garbage", access=ACCESS, uses=("collection",), timeout_s=90)
def collect(here: Task) -> Json:
    """Removes for a minute what nothing refers to, beginning where the last call has ended."""
    progress = collect_page(here.environment, here.event)
    while not progress["done"] and here.time_left_s > _RESERVED_S:
        progress = collect_page(here.environment, progress)
    return progress
