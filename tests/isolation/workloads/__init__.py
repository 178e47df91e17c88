"""The workloads by name: each, and all at once."""

from __future__ import annotations

from typing import Final

from tests.isolation.workloads.bank import Bank
from tests.isolation.workloads.counters import Counters
from tests.isolation.workloads.lists import Lists
from tests.isolation.workloads.mixed import Mixed
from tests.isolation.workloads.names import Names
from tests.isolation.workloads.phantoms import Phantoms
from tests.isolation.workloads.registers import Registers
from tests.isolation.workloads.skew import Skew
from tests.isolation.workloads.workload import Workload

EACH: Final[dict[str, Workload]] = {
    workload.name: workload for workload in (Registers(), Lists(), Bank(), Names(), Counters(), Skew(), Phantoms())
}
WORKLOADS: Final[dict[str, Workload]] = {**EACH, Mixed.name: Mixed(EACH)}
