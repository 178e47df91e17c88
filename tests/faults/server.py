"""The local cloud in bad weather: `make dev` whose functions reach everything through a proxy."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Final

from infra.local.workspace import ROOT
from tests.e2e.dev_server import DevServer, free_port
from tests.faults.deliveries import Deliverer
from tests.faults.mischief import Mischief
from tests.faults.proxy import Proxy
from tests.faults.weather import CALM, Weather

CLOCK: Final = Path(__file__).with_name("clock")
"""The folder from which functions' processes import a wrong clock."""


class FaultyServer(DevServer):
    """A `DevServer` that a test starts and stops, and whose weather it chooses.

    Attributes:
        proxy: what stands between the functions and MiniStack; point clients of the test's own at `proxy.endpoint`
            to have them meet the same faults.
        deliverer: delivers records of streams and queues once more.
        cloud: MiniStack itself, for whoever looks at what is really there.
    """

    def __init__(self, state: Path, root: Path = ROOT) -> None:
        port = free_port()
        self.proxy = Proxy(f"http://127.0.0.1:{port}", free_port())
        self.cloud = f"http://127.0.0.1:{port}"
        settings = {"POLARIS_FUNCTIONS_ENDPOINT": self.proxy.endpoint, "POLARIS_FUNCTIONS_PATH": str(CLOCK)}
        super().__init__(state, root, settings=settings)
        state.mkdir(parents=True, exist_ok=True)
        (state / "ministack.port").write_text(str(port))

    def __enter__(self) -> FaultyServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it in calm weather and wait until it says that it is ready."""
        self.proxy.__enter__()
        super().start()
        self.deliverer = Deliverer(self.cloud)
        self._mischief = Mischief(self.deliverer, self.ministack, self.proxy.sent, self.proxy.struck)

    @property
    def ministack(self) -> int:
        """The number of MiniStack's process."""
        return int((self.state / "ministack.pid").read_text())

    @property
    def raised(self) -> list[str]:
        """What functions raised when something was delivered again, or was garbage."""
        return self._mischief.raised

    def stop(self) -> int:
        """End it in calm weather, as a supervisor does, and return its status."""
        self.set(CALM)
        self.deliverer.close()
        try:
            return super().stop()
        finally:
            self.proxy.__exit__(None, None, None)

    def set(self, weather: Weather, seed: int = 0) -> None:
        """Change the weather; what the seed decides begins anew."""
        self.proxy.set(weather, seed)
        skew_clocks(self.state, seed, weather.skew_s)
        self._mischief.begin(weather, seed)


def skew_clocks(state: Path, seed: int, skew_s: float) -> None:
    """Set the clocks of functions wrong by up to `skew_s`; they may be looking at the file meanwhile."""
    written = state / "skew.json.new"
    written.write_text(json.dumps({"seed": seed, "skew_s": skew_s}))
    written.replace(state / "skew.json")
