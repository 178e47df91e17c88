"""The arithmetic of the cost model, on small made-up inputs."""

from __future__ import annotations

from datetime import date
from math import inf
from pathlib import Path

import pytest

from tests.capacity.behaviour import read_behaviour, scaled
from tests.capacity.bills import SIZES, Bills
from tests.capacity.load import Quota, rates, read_quotas
from tests.capacity.markdown import about, money
from tests.capacity.measured import read_measured
from tests.capacity.month import DOOR, FUNCTION, MONTH_S, Model
from tests.capacity.prices import Price, Prices, read_prices
from tests.capacity.savings import read_savings
from tests.capacity.usage import Usage, total


def price(*tiers: tuple[float, float]) -> Price:
    return Price("Service", "unit", tiers, "memory", "https://example.com")


@pytest.fixture(scope="module")
def model() -> Model:
    return Model(read_behaviour(), read_measured())


@pytest.fixture(scope="module")
def bills(model: Model) -> Bills:
    return Bills(model, read_prices())


def test_usages_add_up_by_unit() -> None:
    assert total([Usage.of(a=1, b=2) * 3, Usage.of(b=1, c=4)]).amounts == {"a": 3, "b": 7, "c": 4}


def test_what_is_beyond_a_tier_has_the_price_of_the_next() -> None:
    tiered = price((2.0, 10), (1.0, 30), (0.5, inf))
    assert [tiered.usd(amount) for amount in (0, 10, 11, 30, 40)] == [0, 20, 21, 40, 45]


def test_a_bill_has_a_line_for_each_service() -> None:
    other = price((1.0, inf))._replace(service="Other")
    prices = Prices("here", date(2026, 1, 1), {"a": price((2.0, inf)), "b": other, "c": other})
    assert prices.bill(Usage.of(a=1, b=2, c=3)) == {"Service": 2, "Other": 5}


def test_a_unit_without_a_price_is_an_error_and_not_for_nothing() -> None:
    with pytest.raises(KeyError, match="unheard"):
        read_prices().bill(Usage.of(unheard=1))


def test_the_first_call_of_a_second_is_traced_and_a_share_of_the_others(model: Model) -> None:
    few = model.charged(Usage({FUNCTION: 1000}))
    many = model.charged(Usage({FUNCTION: 1e12}))
    assert few["trace"] == pytest.approx(1000, rel=0.01)
    share = model.behaviour["traces"]["share"]
    assert many["trace"] == pytest.approx(share * 1e12 + (1 - share) * 30 * MONTH_S, rel=0.01)


def test_what_only_carries_events_is_not_traced(model: Model) -> None:
    assert model.charged(Usage({DOOR: 1000}))["trace"] == 0


def test_a_quota_is_reached_by_as_many_users_as_add_up_to_it() -> None:
    assert Quota("", 500, "sockets", True, "", "", "").users({"sockets": 0.25}) == 2000


@pytest.mark.parametrize(("number", "told"), [(0.5, "0"), (12, "12"), (1234, "1,200"), (2e9, "above 100 million")])
def test_two_digits_of_a_number_count(number: float, told: str) -> None:
    assert about(number) == told


@pytest.mark.parametrize(("usd", "told"), [(0.004, "0.00"), (9.99, "9.99"), (1234.5, "1,234")])
def test_cents_are_told_where_they_matter(usd: float, told: str) -> None:
    assert money(usd) == told


def test_more_users_cost_more_and_each_of_them_less(bills: Bills) -> None:
    costs = [sum(bills.month(users).values()) for users in SIZES]
    assert costs == sorted(costs)
    each = [cost / users for cost, users in zip(costs, SIZES, strict=True)]
    assert each == sorted(each, reverse=True)


def test_whoever_does_more_costs_more(bills: Bills) -> None:
    grows = {name: bills.changed("user", name, 2) for name in bills.model.behaviour["user"]}
    assert [name for name, change in grows.items() if change < 0] == []
    assert grows["messages"] > grows["saves"] > 0


def test_an_assumption_is_changed_alone() -> None:
    behaviour = {"user": {"a": 2.0, "b": 3.0}, "shape": {"c": 1.0}}
    assert scaled(behaviour, "user", "a", 0.5) == {"user": {"a": 1.0, "b": 3.0}, "shape": {"c": 1.0}}


def test_the_load_grows_with_the_peak(model: Model) -> None:
    higher = model._replace(behaviour=scaled(model.behaviour, "shape", "peak", 2))
    for name, rate in rates(model).items():
        assert rates(higher)[name] == pytest.approx(2 * rate)


def test_every_price_says_what_it_is_of_where_it_is_from_and_how_it_was_checked() -> None:
    for told in read_prices().of.values():
        assert told.source.startswith("https://")
        assert told.checked in {"memory", "stored copy"}
        assert told.service
        assert told.unit


def test_every_quota_grows_with_something_that_is_known(model: Model) -> None:
    assert {quota.grows for quota in read_quotas()} <= rates(model).keys()


def test_every_change_made_something_cheaper_and_names_a_test_that_exists(bills: Bills) -> None:
    for saving in read_savings():
        before, after = (
            bills.prices.usd(usage * saving.times(bills.model) + fixed) for usage, fixed in saving.both()
        )
        assert after < before
        file, _, name = saving.test.strip("`").partition("::")
        assert f"def {name}(" in (Path(__file__).parents[2] / file).read_text()
