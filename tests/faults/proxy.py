"""A proxy between whoever calls AWS and MiniStack, on loopback, in which things go wrong by a seed."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import Counter, deque
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import partial
from io import BytesIO
from types import TracebackType
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector, web
from multidict import CIMultiDict
from yarl import URL

from tests.e2e.dev_server import free_port
from tests.faults.calls import Call, call_of
from tests.faults.deliveries import Sent
from tests.faults.dice import Dice, Strike
from tests.faults.index_lag import IndexLag, Typed
from tests.faults.refusals import Answer, refusal
from tests.faults.weather import CALM, Fault, Faults, Weather

_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "expect", "content-length"})
_NOTHING_ADDED: Final = ("Accept", "Accept-Encoding", "User-Agent", "Content-Type")
_IDLE_S: Final = 2.0
"""Less than what MiniStack keeps silent connections for, so that none breaks which is not meant to."""
_MOST_KEPT: Final = 1000
_AMBIGUOUS: Final = {Fault.UNHEARD, Fault.HUNG, Fault.IN_PROGRESS, Fault.FAILED_APPLIED}


@contextmanager
def proxied(target: str, weather: Weather = CALM, seed: int = 0) -> Iterator[Proxy]:
    """Run a proxy before the MiniStack at `target`."""
    with Proxy(target, free_port()) as proxy:
        proxy.set(weather, seed)
        yield proxy


class _Request:
    """A request that may be sent on more than once."""

    def __init__(self, request: web.BaseRequest, body: bytes) -> None:
        self.method = request.method
        self.target = request.raw_path
        self.headers: CIMultiDict[str] = CIMultiDict(
            (name, value) for name, value in request.headers.items() if name.lower() not in _HOP
        )
        self.body = body
        self.call = call_of(self.method, self.target, request.headers)


class Proxy:
    """Stands before the MiniStack at `target`.

    Attributes:
        endpoint: where it listens: the `AWS_ENDPOINT_URL` of whoever shall meet faults.
        struck: how often each fault has happened, by the door's name and the fault's: `struck["database", "lost"]`;
            old answers of indexes are `struck["database", "lag"]`.
    """

    def __init__(self, target: str, port: int) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"
        self.struck: Counter[tuple[str, str]] = Counter()
        self._target = target
        self._port = port
        self._weather = CALM
        self._dice = Dice(0)
        self._lag = IndexLag()
        self._sent: deque[Sent] = deque(maxlen=_MOST_KEPT)
        self._pending: set[asyncio.Task[Any]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="faults")
        self._session: ClientSession
        self._runner: web.AppRunner

    @property
    def weather(self) -> Weather:
        """What may go wrong now."""
        return self._weather

    def set(self, weather: Weather, seed: int = 0) -> None:
        """Change the weather; what the seed decides begins anew."""
        self._weather, self._dice = weather, Dice(seed)

    def __enter__(self) -> Proxy:
        self._thread.start()
        self._run(self._start()).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._run(self._stop()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def sent(self) -> list[Sent]:
        """Return the latest messages that queues have taken since this was last asked."""
        return [self._sent.popleft() for _ in range(len(self._sent))]

    def settle(self) -> None:
        """Wait until everything has arrived that is late."""
        self._run(self._settle()).result()

    def _run(self, step: Coroutine[Any, Any, None]) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(step, self._loop)

    async def _start(self) -> None:
        connector = TCPConnector(limit=0, keepalive_timeout=_IDLE_S)
        self._session = ClientSession(
            connector=connector, auto_decompress=False, timeout=ClientTimeout(total=None), trust_env=False
        )
        app = web.Application(client_max_size=0)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()

    async def _stop(self) -> None:
        for task in self._pending:
            task.cancel()
        await self._runner.cleanup()
        await self._session.close()

    async def _settle(self) -> None:
        while self._pending:
            await asyncio.wait(self._pending)

    async def _handle(self, incoming: web.Request) -> web.StreamResponse:
        request = _Request(incoming, await incoming.read())
        call, weather, dice = request.call, self._weather, self._dice
        strike = dice.strike(call, getattr(weather, call.door)) if call else None
        if call and strike:
            self.struck[call.door, strike.fault.value] += 1
            answer = await self._struck(request, call, strike, getattr(weather, call.door))
        else:
            answer = await self._passed(request, weather, dice)
        if answer is None:
            if incoming.transport:
                incoming.transport.abort()
            return web.Response()
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body)

    async def _struck(self, request: _Request, call: Call, strike: Strike, faults: Faults) -> Answer | None:
        """Let a fault happen to a call; None: no answer, the connection breaks."""
        fault, dice = strike
        if fault is Fault.SLOW:
            await asyncio.sleep(dice.uniform(0, faults.slow_s))
            return await self._forward(request)
        if fault is Fault.DOUBLED:
            answer = await self._forward(request)
            self._later(request, dice.uniform(0, faults.late_s))
            return answer
        if fault is Fault.LATE:
            self._later(request, dice.uniform(0, faults.late_s))
            return None
        if fault in _AMBIGUOUS:
            await self._forward(request)
        if fault is Fault.HUNG:
            await asyncio.sleep(faults.hung_s)
        if fault in {Fault.LOST, Fault.UNHEARD, Fault.HUNG}:
            return None
        return refusal(call, fault, request.body, dice.random())

    async def _passed(self, request: _Request, weather: Weather, dice: Dice) -> Answer | None:
        """Answer a call that meets no fault, but perhaps an index that lags."""
        operation = request.call.operation if request.call else ""
        if weather.lag_s and operation == "Query":
            answer = await self._lag.answer(json.loads(request.body), weather.lag_s, dice)
            if answer is not None:
                self.struck["database", "lag"] += 1
                return Answer(200, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(answer).encode())
        return await self._forward(request)

    def _later(self, request: _Request, delay_s: float) -> None:
        async def arrive() -> None:
            await asyncio.sleep(delay_s)
            await self._forward(request)

        task = self._loop.create_task(arrive())
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    async def _forward(self, request: _Request) -> Answer | None:
        """Send a request on; None: MiniStack does not answer."""
        lag_s = self._weather.lag_s
        if lag_s and request.call and request.call.operation == "TransactWriteItems":
            await self._lag.before(json.loads(request.body), lag_s, partial(self._ask, request))
        answer = await self._send(request.method, request.target, request.headers, request.body)
        if answer and answer.status == 200 and request.call and request.call.door == "queues":
            self._note(request, answer)
        return answer

    def _note(self, request: _Request, answer: Answer) -> None:
        """Remember the messages that a queue has taken, so that they can be delivered again."""
        asked, said = json.loads(request.body), json.loads(answer.body)
        entries, answers = asked.get("Entries", [asked]), said.get("Successful", [said])
        by_id = {entry.get("Id"): entry for entry in entries}
        queue = asked["QueueUrl"].rpartition("/")[2]
        self._sent += [Sent(queue, by_id[taken.get("Id")], taken, time.time()) for taken in answers]

    async def _send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer | None:
        with suppress(ClientError):
            async with self._session.request(
                method,
                URL(self._target + target, encoded=True),
                headers=headers,
                data=BytesIO(body) if body else None,
                allow_redirects=False,
                skip_auto_headers=_NOTHING_ADDED,
            ) as answer:
                dropped = _HOP - {"content-length"} if method == "HEAD" else _HOP
                kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in dropped]
                return Answer(answer.status, CIMultiDict(kept), await answer.read())
        return None

    async def _ask(self, of: _Request, operation: str, request: Typed) -> Typed:
        """Call an operation of DynamoDB in the name of who sent a request."""
        headers = CIMultiDict(of.headers)
        headers["X-Amz-Target"] = f"DynamoDB_20120810.{operation}"
        answer = await self._send("POST", "/", headers, json.dumps(request).encode())
        assert answer is not None, "MiniStack does not answer"
        assert answer.status == 200, answer.body
        return dict(json.loads(answer.body))
