"""From what a function declares to touch, to the statements of its role. No action is a wildcard.

reads T      → T, T's indexes, `changes` (recent commits), `claims` and `ranges` of its unique and guarded indexes
a public one → `allowances`, of which busy callers lease; the key of the edge, which tells their addresses
a mutation   → conditions on everything it reads, and `commits` (its outcome, whatever it writes); who is
               subscribed to what it changes, and their mailboxes
writes T     → T, `changes`, `claims`, `ranges`
large fields → the table's prefix of the content bucket; large results → `commits/`
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from infra.names import Names
from shared.db.access import Access
from shared.schema.document import Document
from shared.schema.index import BoundIndex
from shared.schema.platform import ALLOWANCES, CHANGES, CLAIMS, COMMITS, RANGES, SUBSCRIPTIONS
from shared.storage import PREFIX

Documents = frozenset[type[Document]]

_KEYS: Final = "keys of objects are made at run time"


@dataclass(frozen=True)
class Grant:
    """An IAM statement that allows `actions` on `resources`; one with a `*` in a resource says why."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    why: str = ""


def grants(access: Access, names: Names, *, mutates: bool, internal: bool, charges: bool) -> list[Grant]:
    """Return what a role needs.

    Args:
        access: the tables that are touched.
        names: of the stage.
        mutates: whether mutations are run.
        internal: whether callers' internal keys are checked.
        charges: whether calls are counted as the callers'.
    """
    return [
        *_reading(access.readable, names),
        *(_deciding(access.readable, names) if mutates else ()),
        *(notifying(names) if mutates else ()),
        *_writing(access.writes, names),
        *_content(access, names, mutates=mutates),
        *_binary(access, names),
        *_configuration(names, internal=internal),
        *(counting(names) if charges else ()),
    ]


def notifying(names: Names) -> Iterator[Grant]:
    """Yield what telling subscribers of a change takes."""
    yield Grant(("dynamodb:Query",), (names.table_arn(SUBSCRIPTIONS),))
    yield telling(names)


def telling(names: Names) -> Grant:
    """Return what putting messages into mailboxes takes."""
    return Grant(("sqs:SendMessage",), tuple(map(names.queue_arn, names.queues("mailbox"))))


def counting(names: Names) -> Iterator[Grant]:
    """Yield what counting callers takes, and believing the edge from where they call."""
    yield Grant(("dynamodb:UpdateItem",), (names.table_arn(ALLOWANCES),))
    if names.settings.edge_key_secret:
        yield Grant(("secretsmanager:GetSecretValue",), (names.secret_arn(names.settings.edge_key_secret),))


def _reading(documents: Documents, names: Names) -> Iterator[Grant]:
    tables = _tables(documents, names)
    if tables:
        yield Grant(("dynamodb:GetItem", "dynamodb:BatchGetItem"), tables)
    entries = [index for index in _indexes(documents) if index.has_entries]
    if entries:
        listed = (names.index_arn(index.document.table(), index.secondary_index()) for index in entries)
        yield Grant(("dynamodb:Query",), (*listed, names.table_arn(CHANGES)))
    if _having(documents, lambda index: index.unique):
        yield Grant(("dynamodb:GetItem",), (names.table_arn(CLAIMS),))
    if _having(documents, lambda index: index.unique or index.guarded):
        yield Grant(("dynamodb:GetItem",), (names.table_arn(RANGES),))


def _deciding(documents: Documents, names: Names) -> Iterator[Grant]:
    checked = [
        *_tables(documents, names),
        *([names.table_arn(CLAIMS)] if _having(documents, lambda index: index.unique) else ()),
        *([names.table_arn(RANGES)] if _having(documents, lambda index: index.guarded) else ()),
    ]
    if checked:
        yield Grant(("dynamodb:ConditionCheckItem",), tuple(checked))
    recording = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:ConditionCheckItem")
    yield Grant(recording, (names.table_arn(COMMITS),))


def _writing(documents: Documents, names: Names) -> Iterator[Grant]:
    tables = _tables(documents, names)
    if tables:
        yield Grant(("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"), tables)
    if _having(documents, lambda index: index.has_entries):
        yield Grant(("dynamodb:PutItem",), (names.table_arn(CHANGES),))
    if _having(documents, lambda index: index.unique):
        yield Grant(("dynamodb:PutItem", "dynamodb:DeleteItem"), (names.table_arn(CLAIMS),))
    if _having(documents, lambda index: index.guarded):
        yield Grant(("dynamodb:UpdateItem",), (names.table_arn(RANGES),))


def _content(access: Access, names: Names, *, mutates: bool) -> Iterator[Grant]:
    results = (names.objects_arn(names.settings.content_bucket, "commits/"),) if mutates else ()
    read = (*_spilled(access.readable, names), *results)
    written = (*_spilled(access.writes, names), *results)
    if read:
        yield Grant(("s3:GetObject",), read, _KEYS)
        # Without it, S3 answers 403 where there is no object, and a stale pointer looks like a missing right.
        yield Grant(("s3:ListBucket",), (names.bucket_arn(names.settings.content_bucket),))
    if written:
        yield Grant(("s3:PutObject",), written, _KEYS)


def _binary(access: Access, names: Names) -> Iterator[Grant]:
    if access.binary:
        objects = names.objects_arn(names.settings.storage_bucket, PREFIX)
        yield Grant(("s3:GetObject", "s3:PutObject", "s3:DeleteObject"), (objects,), _KEYS)


def _configuration(names: Names, *, internal: bool) -> Iterator[Grant]:
    settings = names.settings
    keys = [settings.signing_key_secret, *([settings.internal_key_secret] if internal else ())]
    yield Grant(("secretsmanager:GetSecretValue",), tuple(names.secret_arn(key) for key in keys))
    yield Grant(("ssm:GetParameter",), (names.parameter_arn(settings.public_url_parameter),))


def _tables(documents: Documents, names: Names) -> tuple[str, ...]:
    return tuple(names.table_arn(document.table()) for document in _sorted(documents))


def _spilled(documents: Documents, names: Names) -> tuple[str, ...]:
    large = [d for d in _sorted(documents) if any(map(d.can_spill, d.model_fields))]
    return tuple(names.objects_arn(names.settings.content_bucket, f"{d.table_name()}/") for d in large)


def _having(documents: Documents, quality: Callable[[BoundIndex[Document]], bool]) -> bool:
    return any(map(quality, _indexes(documents)))


def _indexes(documents: Documents) -> list[BoundIndex[Document]]:
    return [index for document in _sorted(documents) for index in document.indexes]


def _sorted(documents: Documents) -> list[type[Document]]:
    return sorted(documents, key=lambda document: document.number)
