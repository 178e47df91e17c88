"""How commands end: with a status, and if they failed with one line that says what to do.

0    done
1    refused or failed: by AWS, by the backend, by the operator's own "no", or because something was found
2    the command itself was wrong: an unknown option, function, table or setting
3    not reachable: no credentials, no network, no such stage, or the local cloud is not running
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

FAILED: Final = 1
MISUSED: Final = 2
UNREACHABLE: Final = 3

_BAD_CREDENTIALS: Final = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
"""What AWS answers to credentials that are none, or none any more."""

_CREDENTIALS: Final = "sign in to AWS with `aws sso login`, AWS_PROFILE or AWS_ACCESS_KEY_ID"


class Failure(Exception):
    """A command cannot do what it was asked; the message says why and what to do.

    Attributes:
        status: what the process exits with.
    """

    status = FAILED


class Misused(Failure):
    """What was asked makes no sense."""

    status = MISUSED


class Unreachable(Failure):
    """What the command needs is not there, or does not let us in."""

    status = UNREACHABLE


def explained(error: BaseException) -> tuple[str, int] | None:
    """Return the line and the status for an error that can be expected, or None: it is a mistake of this program."""
    for cause in _causes(error):
        told = _own(cause) or _of_aws(cause)
        if told:
            return told
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what an error came from, the first cause first: it says most."""
    chain = []
    following: BaseException | None = error
    while following is not None and following not in chain:
        chain.append(following)
        following = following.__cause__
    yield from reversed(chain)


def _own(error: BaseException) -> tuple[str, int] | None:
    from infra.local.failure import LocalCloudFailure
    from shared.archive.errors import ArchiveError
    from shared.db.engine import EngineError
    from shared.db.rebuild import RebuildFailed
    from shared.errors import PolarisError

    match error:
        case Failure():
            return str(error), error.status
        case LocalCloudFailure() | RebuildFailed() | ArchiveError():
            return str(error), FAILED
        case PolarisError():
            return f"{error.code}: {error.message}", FAILED
        case EngineError():
            return f"DynamoDB did not answer ({type(error).__name__}: {error}); try again", UNREACHABLE
    return None


def _of_aws(error: BaseException) -> tuple[str, int] | None:
    from botocore import exceptions as aws

    match error:
        case aws.ClientError():
            code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
            if code in _BAD_CREDENTIALS:
                return f"AWS does not take these credentials ({code}): {_CREDENTIALS}", UNREACHABLE
            return f"AWS refused {error.operation_name} ({code}): {message}", FAILED
        case aws.NoRegionError():
            return "No AWS region is chosen: set AWS_REGION, or a region for your AWS profile", UNREACHABLE
        case aws.HTTPClientError():
            return f"AWS cannot be reached: {error}", UNREACHABLE
        case aws.BotoCoreError():
            return f"There are no usable AWS credentials ({str(error).rstrip('.')}): {_CREDENTIALS}", UNREACHABLE
    return None
