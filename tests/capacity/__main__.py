"""Writes docs/capacity.md: `python -m tests.capacity`; with `--count` after counting everything anew."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("CDK_VALIDATION", "false")
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

from tests.capacity.document import PAGE, page
from tests.capacity.measured import measure, write_measured

if __name__ == "__main__":
    if "--count" in sys.argv:
        from tests.capacity.stage_counts import stage_counts, synthesised

        write_measured(measure() | {"stage": stage_counts(synthesised())})
    PAGE.write_text(page())
    print(f"{PAGE.relative_to(PAGE.parents[1])} is written.")
