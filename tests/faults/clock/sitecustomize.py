"""Sets the clock of a function's process wrong. Python imports this first, from the processes' `PYTHONPATH`.

The file `skew.json` beside the log of the functions says how far, and is looked at again from time to time: that a
clock jumps is one more thing that happens to processes.
"""

import json
import os
import random
import time
from pathlib import Path

LOOKS_EVERY_S = 0.2

if "_LAMBDA_FUNCTION_ARN" in os.environ:
    _file = Path(os.environ["POLARIS_FUNCTIONS_LOG"]).with_name("skew.json")
    _now_ns, _monotonic = time.time_ns, time.monotonic
    _looked_s, _offset_ns = -1.0, 0

    def _offset() -> int:
        global _looked_s, _offset_ns  # noqa: PLW0603 - a process has one clock
        if _monotonic() - _looked_s > LOOKS_EVERY_S:
            _looked_s = _monotonic()
            try:
                told = json.loads(_file.read_text())
            except FileNotFoundError:
                told = {"seed": 0, "skew_s": 0}
            dice = random.Random(f"{told['seed']}/{os.getpid()}")
            _offset_ns = int(dice.uniform(-told["skew_s"], told["skew_s"]) * 1e9)
        return _offset_ns

    def _skewed_ns() -> int:
        return _now_ns() + _offset()

    def _skewed() -> float:
        return _skewed_ns() / 1e9

    time.time_ns, time.time = _skewed_ns, _skewed
