"""Runs histories and judges them."""

from __future__ import annotations

import random
from contextlib import ExitStack
from dataclasses import dataclass, replace
from unittest.mock import patch

from tests.sync.simulation import verdict
from tests.sync.simulation.breakage import NOTHING, Breakage
from tests.sync.simulation.program import Program
from tests.sync.simulation.weather import Weather, draw_weather
from tests.sync.simulation.world import World

SETTLES_S = 90.0
"""Within what time after the last fault everybody knows everything."""
TIDY_S = 150.0
"""Within what time after the last socket was closed nothing is left of any."""


@dataclass
class History:
    """What happened, and what was wrong with it."""

    weather: Weather
    wrong: list[str]
    told: list[str]


def run(seed: int, breakage: Breakage = NOTHING, *, tell: bool = False) -> History:
    """Run the history of a seed."""
    dice = random.Random(seed)
    weather = replace(draw_weather(dice), **breakage.weather)
    world = World(dice, weather, breakage)
    world.told = [] if tell else None
    program = Program(world)
    with ExitStack() as stack:
        for rule in breakage.rules:
            broken = rule.broken(getattr(rule.owner, rule.name))
            stack.enter_context(patch.object(rule.owner, rule.name, broken))
        program.begin()
        world.scheduler.spawn(world.schedule.run)
        world.scheduler.spawn(lambda: _come_to_rest(world, program))
        world.scheduler.run()
    verdict.check_effects(world, program.clients)
    verdict.check_remains(world)
    verdict.check_numbers(world)
    return History(weather, world.wrong, world.told or [])


def _come_to_rest(world: World, program: Program) -> None:
    """Let it be calm after a while, look whether everybody agrees, and close all sockets."""
    world.scheduler.wait(world.weather.span_s)
    world.be_calm()
    world.scheduler.wait(SETTLES_S)
    world.note("now everybody has to agree")
    verdict.check_agreement(world, program.clients)
    for client in program.clients:
        client.stop()
    world.scheduler.wait(TIDY_S)
    world.over = True
