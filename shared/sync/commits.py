"""The stream of commit records: whoever committed, and however it ended, subscribers are told."""

from __future__ import annotations

from typing import Any

from shared.db.marshal import to_item
from shared.db.outcome import change_of
from shared.push.notices import Notices
from shared.push.subscriptions import Subscriptions
from shared.runtime.environment import Environment


def announce(event: dict[str, Any], environment: Environment) -> dict[str, Any]:
    """Tell everybody of the commits in a batch of the stream; an error has the batch sent again."""
    records = [record for record in event["Records"] if record["eventName"] == "INSERT"]
    changes = [change_of(to_item(record["dynamodb"]["NewImage"])) for record in records]
    Notices(Subscriptions(environment.database.store), environment.mailbox).send(*changes)
    return {}
