"""The local cloud in bad weather: `make dev` whose functions reach everything through a proxy."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from infra.local.workspace import ROOT
from tests.e2e.dev_server import DevServer, free_port
from tests.faults.proxy import Proxy
from tests.faults.weather import CALM, Weather


class FaultyServer(DevServer):
    """A `DevServer` that a test starts and stops, and whose weather it chooses.

    Attributes:
        proxy: what stands between the functions and MiniStack; point clients of the test's own at `proxy.endpoint`
            to have them meet the same faults.
        cloud: MiniStack itself, for whoever looks at what is really there.
    """

    def __init__(self, state: Path, root: Path = ROOT) -> None:
        port = free_port()
        self.proxy = Proxy(f"http://127.0.0.1:{port}", free_port())
        self.cloud = f"http://127.0.0.1:{port}"
        super().__init__(state, root, settings={"POLARIS_FUNCTIONS_ENDPOINT": self.proxy.endpoint})
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

    def stop(self) -> int:
        """End it in calm weather, as a supervisor does, and return its status."""
        self.set(CALM)
        try:
            return super().stop()
        finally:
            self.proxy.__exit__(None, None, None)

    def set(self, weather: Weather, seed: int = 0) -> None:
        """Change the weather; what the seed decides begins anew."""
        self.proxy.set(weather, seed)
