"""Autumn's API: https://docs.useautumn.com."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Final
from urllib.parse import quote

from shared.billing.plan import Plan, plan_of
from shared.job_settings import JobSettings
from shared.json_api import JsonApi, NoAnswer
from shared.service_errors import BillingUnavailable

_API_VERSION: Final = "1.2"
"""Autumn answers a request in the version that it names, whatever has changed since."""


class Autumn:
    """Autumn, as the holder of a key sees it.

    Args:
        jobs: the deployment's settings of jobs.
        key: returns the secret key; asked only if the settings name its secret.
    """

    def __init__(self, jobs: JobSettings, key: Callable[[], str]) -> None:
        self._jobs = jobs
        self._key = key

    @property
    def is_configured(self) -> bool:
        """Whether the deployment has billing."""
        return bool(self._jobs.autumn_key_secret)

    def plan(self, customer_id: str) -> Plan | None:
        """Return the paid plan of a customer, or None: they have none, or Autumn does not know them.

        Raises:
            BillingUnavailable: Autumn does not answer.
            RuntimeError: there is no billing, or Autumn refuses the request.
        """
        if not self.is_configured:
            raise RuntimeError(
                "There is no billing: put Autumn's secret key into Secrets Manager, and name the secret in the "
                "setting autumn_key_secret and the plans in monthly_product_id and yearly_product_id"
            )
        headers = {"Authorization": f"Bearer {self._key()}", "x-api-version": _API_VERSION}
        try:
            answer = self._api.ask("GET", f"/v1/customers/{quote(customer_id, safe='')}", headers)
        except NoAnswer as error:
            raise BillingUnavailable(f"Autumn does not answer at present ({error}). Please try again.") from None
        if answer.status == 404:
            return None
        if answer.status != 200 or not isinstance(answer.body, dict):
            raise RuntimeError(
                f"Autumn refuses to describe a customer (status {answer.status}): check its secret key"
            )
        return plan_of({**answer.body, "id": customer_id}, self._jobs)

    @cached_property
    def _api(self) -> JsonApi:
        return JsonApi(self._jobs.autumn_api_url)
