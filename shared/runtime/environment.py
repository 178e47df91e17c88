"""The parts of the deployment that a process works with, made once, when the first call needs them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from shared import aws
from shared.auth.administrators import Verifier, WithAdministrators
from shared.auth.late_verifier import LateVerifier
from shared.db.aws import open_store
from shared.db.database import Database
from shared.db.dynamo import DynamoEngine
from shared.db.metered import MeteredClient
from shared.job_settings import job_settings
from shared.limits.allowances import Allowances
from shared.limits.usage import Usage
from shared.public_url import PublicUrl, parameter_store
from shared.push.aws import open_mailbox, open_sockets
from shared.push.mailbox import Mailbox
from shared.push.notices import Notices
from shared.push.sockets import Sockets
from shared.push.subscriptions import Subscriptions
from shared.runtime.call_log import CallLog
from shared.runtime.services import AwsServices, Services
from shared.secrets import SecretKeys, SigningKey, secrets_manager
from shared.settings import Settings, settings
from shared.storage import StorageBucket


@dataclass(frozen=True, eq=False, repr=False)
class Environment:
    """The deployment as a call sees it.

    Attributes:
        database: the documents.
        storage: the binary files.
        verifier: turns tokens into identities.
        internal_key: what callers of internal functions must know.
        edge_key: what the edge proves itself by; None: there is no edge.
        settings: the deployment's settings.
        origin: fetches the origin that clients use, without a trailing slash.
        log: where each call is recorded.
        mailbox: carries what happens to sockets to their actors.
        sockets: where clients are sent what they watch.
        services: what jobs call besides the database.
        allowances: what callers may do at a time.
        usage: what owners have.
    """

    database: Database
    storage: StorageBucket
    verifier: Verifier
    internal_key: SecretKeys
    edge_key: SecretKeys | None
    settings: Settings
    origin: Callable[[], str]
    log: CallLog
    mailbox: Mailbox
    sockets: Sockets
    services: Services
    allowances: Allowances
    usage: Usage

    def metered(self) -> tuple[Environment, MeteredClient | None]:
        """Return this deployment with a meter of what its database consumes; None: that does not tell."""
        store = self.database.store
        if not isinstance(store.door, DynamoEngine):
            return self, None
        door, meter = store.door.metered()
        return replace(self, database=self.database.over(replace(store, door=door))), meter


_current: Environment | None = None


def environment() -> Environment:
    """Return this process's environment; on AWS it is made of the settings at the first call."""
    global _current  # noqa: PLW0603 - one per process is the point
    if _current is None:
        _current = aws_environment(settings())
    return _current


@contextmanager
def use(chosen: Environment) -> Iterator[Environment]:
    """Let every call of this process, in all threads, use the environment `chosen` meanwhile."""
    global _current  # noqa: PLW0603
    previous, _current = _current, chosen
    try:
        yield chosen
    finally:
        _current = previous


def aws_environment(here: Settings) -> Environment:
    """Return the deployment on AWS that the settings describe; its secrets are fetched when first needed."""
    store = open_store(here, SigningKey(_secret(here.signing_key_secret)))
    mailbox, allowances = open_mailbox(here), Allowances(store, here.limits)
    return Environment(
        database=Database(store, Notices(Subscriptions(store), mailbox).try_to_send),
        storage=StorageBucket(aws.late_client("s3"), here.storage_bucket),
        verifier=WithAdministrators(LateVerifier(here), store.signer, time.time),
        internal_key=_secret(here.internal_key_secret),
        edge_key=_secret(here.edge_key_secret) if here.edge_key_secret else None,
        settings=here,
        origin=PublicUrl(parameter_store(partial(aws.client, "ssm"), here.public_url_parameter)),
        log=CallLog(),
        mailbox=mailbox,
        sockets=open_sockets(here),
        services=AwsServices(job_settings()),
        allowances=allowances,
        usage=Usage(store, here.limits, allowances),
    )


def _secret(secret_id: str) -> SecretKeys:
    return SecretKeys(secrets_manager(partial(aws.client, "secretsmanager"), secret_id), time.time)
