"""What a stage has, as the cost model says."""

from __future__ import annotations

import re
from fnmatch import filter as matching

from tests.capacity.load import read_quotas
from tests.capacity.measured import read_measured
from tests.capacity.stage_counts import stage_counts
from tests.infra.conftest import Deployment


def test_a_stage_has_as_much_as_the_cost_model_says(of_product: Deployment) -> None:
    assert stage_counts(of_product.templates) == read_measured()["stage"], "run `make capacity`"


def test_the_alarms_that_tell_of_a_quota_are_there(of_product: Deployment) -> None:
    alarms = of_product.templates.resources("AWS::CloudWatch::Alarm")
    names = [alarm["AlarmName"].removeprefix("polaris-dev-") for alarm in alarms]
    told = {name for quota in read_quotas() for name in re.findall(r"`([^`]*)`", quota.seen)}
    assert [name for name in sorted(told) if not matching(names, name)] == []
