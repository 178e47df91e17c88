"""Clients in a world that fails: versions form one line, mutations happen once, and everybody ends up to date."""

from __future__ import annotations

from collections import Counter

import pytest

from shared.db.marshal import from_item
from shared.runtime.environment import use
from shared.sync.commits import announce
from shared.sync.session import handle
from tests.functions.callers import registry
from tests.runtime.backend import LAMBDA
from tests.sync.client import Client
from tests.sync.live import Live
from tests.sync.world import Fate, Killed, MortalEngine, MortalMailbox, MortalSockets

STEPS = 400


class Simulation:
    """Clients of two users, whose steps, and those of the actors, are mixed at random."""

    def __init__(self, seed: int) -> None:
        self.fate = Fate(seed)
        self.fate.calm = True
        self.live = Live(MortalEngine(self.fate), seed)
        self.mailbox = MortalMailbox(self.fate)
        self.live.replace(self.mailbox, MortalSockets(self.fate))
        self.clients = [Client(self.live, f"{user}{number}", user) for user in ("ada", "bob") for number in range(2)]
        self.created = 0
        self.streamed = 0
        self.fate.calm = False

    def run(self) -> None:
        for _ in range(STEPS):
            chance = self.fate.chance
            chance.choice(
                [self.create, self.speak, self.speak, self.speak, self.act, self.act, self.act, self.stream]
            )()
        self.fate.calm = True
        restful = 0
        for _ in range(2000):
            for step in (self.speak, self.act, self.stream):
                step()
            rests = not self.mailbox.waiting and not any(client.outbox for client in self.clients)
            restful = restful + 1 if rests else 0
            if restful == 3:
                return
        raise AssertionError("it does not come to rest")

    def create(self) -> None:
        if self.created < 40:
            self.created += 1
            self.fate.chance.choice(self.clients).create(f"p{self.created}")

    def speak(self) -> None:
        """Some clients listen, and their next frames arrive, a little out of order."""
        calm, self.fate.calm = self.fate.calm, True
        for client in self.clients:
            client.listen()
            if client.outbox and (calm or self.fate.chance.random() < 0.5):
                count = self.fate.chance.randint(1, 5)
                frames, client.outbox = client.outbox[:count], client.outbox[count:]
                self.fate.chance.shuffle(frames)
                client.socket.send(*frames)
        self.fate.calm = calm

    def act(self) -> None:
        """An actor handles a batch, or is killed and the batch comes again."""
        if not self.mailbox.waiting:
            return
        records = self.mailbox.take()
        try:
            with use(self.live.environment):
                handle({"Records": records}, LAMBDA, registry())
        except Killed:
            self.fate.dead = False
            self.mailbox.give_back(records)

    def stream(self) -> None:
        """The stream of commits delivers, or is killed and delivers again."""
        commits = self.live.backend.rows("commits")[self.streamed :]
        records = [{"eventName": "INSERT", "dynamodb": {"NewImage": from_item(commit)}} for commit in commits]
        try:
            announce({"Records": records}, self.live.environment)
            self.streamed += len(commits)
        except Killed:
            self.fate.dead = False


@pytest.mark.parametrize("seed", range(25))
def test_clients_come_to_agree_whatever_goes_wrong(seed: int) -> None:
    simulation = Simulation(seed)
    simulation.run()
    stored = Counter(row["name"] for row in simulation.live.backend.rows("projects"))
    settled = {name: done for client in simulation.clients for name, done in client.settled.items()}
    assert len(settled) == simulation.created, f"seed {seed}: promises that never settle"
    assert {name for name, done in settled.items() if done} == set(stored), f"seed {seed}"
    assert set(stored.values()) <= {1}, f"seed {seed}: mutations that happened twice"
    for client in simulation.clients:
        fresh = simulation.live.backend.as_user(client.user).call("projects:get")
        assert client.shown == fresh, f"seed {seed}: {client.name} is not up to date"
