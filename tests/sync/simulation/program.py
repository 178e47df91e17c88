"""What users do, and when."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from shared import values
from shared.auth.identity import Identity
from shared.errors import OutcomeUnknown, PolarisError, TransientError
from shared.runtime.admission import Caller
from shared.runtime.call import run
from tests.sync.simulation.calls import Call, draw_call, draw_query
from tests.sync.simulation.client import Client
from tests.sync.simulation.javascript import JavaScript
from tests.sync.simulation.notes import REGISTRY
from tests.sync.simulation.process import Killed, Process
from tests.sync.simulation.python import Python

if TYPE_CHECKING:
    from tests.sync.simulation.world import World

USERS = ("ada", "bob")
LASTING_S = 3600.0


class Program:
    """The users of one world.

    Attributes:
        clients: theirs.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.clients: list[Client] = []
        self._tags = 0

    def begin(self) -> None:
        """Let users begin at random moments."""
        world, weather, dice = self._world, self._world.weather, self._world.random
        kinds = [JavaScript] * weather.javascript + [Python] * weather.python
        for number, kind in enumerate(kinds):
            user = dice.choice((*USERS, *USERS, None))
            begin = partial(self._begin, kind, f"{kind.__name__.lower()}{number}", user)
            world.scheduler.spawn(begin, dice.uniform(0, weather.span_s / 2))
        for _ in range(weather.writes):
            world.scheduler.spawn(self._write, dice.uniform(0, weather.span_s))

    def _begin(self, kind: type[Client], name: str, user: str | None) -> None:
        world, dice = self._world, self._world.random
        client = kind(world, name, user)
        self.clients.append(client)
        for _ in range(dice.randint(1, 2)):
            client.watch(*draw_query(world, dice, chunks=kind is JavaScript))
        left_s = world.weather.span_s - world.now_s + 300
        for _ in range(world.weather.acts):
            world.scheduler.spawn(partial(self._act, client), dice.uniform(0, left_s))
        cuts = int(world.weather.cuts) + (dice.random() < world.weather.cuts % 1)
        for _ in range(cuts):
            world.scheduler.spawn(partial(self._cut, client), dice.uniform(0, left_s))

    def _act(self, client: Client) -> None:
        world, dice = self._world, self._world.random
        act = dice.choice(("call", "call", "call", "watch", "leave", "sign", "sign", "burst"))
        if act == "watch":
            client.watch(*draw_query(world, dice, chunks=client.family == "js"))
        elif act == "leave" and client.queries:
            client.leave(dice.choice([*client.queries]))
        elif act == "sign" and isinstance(client, JavaScript):
            lives_s = dice.choice((LASTING_S, LASTING_S, dice.uniform(0, 10)))
            world.has_expired |= lives_s < LASTING_S
            client.sign_in(dice.choice((client.user, *USERS, None)), lives_s)
        else:
            for _ in range(3 if act == "burst" else 1):
                client.call(draw_call(world, self._tag()))

    def _cut(self, client: Client) -> None:
        world = self._world
        if world.random.random() < 0.3:
            world.gateway.close(client.socket)
        else:
            world.gateway.cut(client.socket, noticed=world.random.random() < 0.8)

    def _write(self) -> None:
        """Call a mutation over HTTP."""
        world, user = self._world, self._world.random.choice(USERS)
        call = draw_call(world, self._tag())
        call.askers.add(user)
        call.sendings = 1
        identity = Identity(user, "https://id.example", f"https://id.example|{user}", None, None, None, {}, 2e9)

        def work(process: Process) -> None:
            caller = Caller(identity, process.store.clock.now_ms() + process.get_remaining_time_in_millis())
            answer = run(REGISTRY[call.path], call.args, caller, process.environment)
            call.state, call.value = "done", values.loads(answer.value)

        try:
            world.http.invoke(work)
        except (Killed, OutcomeUnknown):
            return
        except TransientError:
            call.state = "failed"
        except PolarisError as error:
            call.state, call.why = "failed", error.message
        world.note(f"over HTTP {call}")

    def _tag(self) -> str:
        self._tags += 1
        return f"t{self._tags}"


def told_to_be_done(call: Call) -> bool:
    """Tell whether the caller knows that it is done."""
    return call.state in {"answered", "done"}
