"""Runs histories and judges them."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial

from tests.db.model import invariants
from tests.db.model.breakage import NOTHING, Breakage
from tests.db.model.checker import explain
from tests.db.model.client import Client
from tests.db.model.file_steps import FILE_STEPS
from tests.db.model.history import Call, History
from tests.db.model.looks import Observer, note_what_was_not_listed
from tests.db.model.project_steps import PROJECT_STEPS
from tests.db.model.specification import State
from tests.db.model.steps import draw
from tests.db.model.truth import state_of
from tests.db.model.weather import draw_weather
from tests.db.model.world import World

STEPS = (*PROJECT_STEPS, *FILE_STEPS)


def run(seed: int, breakage: Breakage = NOTHING) -> History:
    """Run the history of a seed; its `violations` and `corruption` tell what is wrong with it."""
    dice = random.Random(seed)
    weather = replace(draw_weather(dice), **breakage.weather)
    world = World(dice, weather, breakage)
    history = History(first=_state(world))
    client = Client(world, history)
    kinds = breakage.steps or dice.sample(STEPS, dice.randint(1, 6))
    for number in range(1, weather.calls + 1):
        call = Call(f"m{number}", draw(dice.choice(kinds), dice), has_key=dice.random() < weather.keys)
        history.calls.append(call)
        world.scheduler.spawn(partial(client.start, call), dice.uniform(0, weather.span_s))
    for _ in range(weather.looks):
        world.scheduler.spawn(Observer(world, history).look, dice.uniform(0, weather.span_s + 5))
    operator = None if weather.is_built else world.scheduler.spawn(world.rebuild, dice.uniform(0, weather.span_s))
    world.scheduler.run()
    if operator is not None and operator.exception() is not None:
        history.violations.append(f"the rebuild raised {operator.exception()!r}")
    history.last = _state(world)
    note_what_was_not_listed(world, history)
    history.corruption += invariants.corruption(world, history.calls)
    history.violations += invariants.contradictions(history.calls)
    if explain(history) is None:
        history.violations.append("no serial order explains what was told and seen")
    return history


def _state(world: World) -> State:
    return state_of(world.engine.tables, world.objects.bodies, world.names.tags)
