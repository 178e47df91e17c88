"""What Amazon Bedrock answers when it does not do what it was asked: an error for the job's owner."""

from __future__ import annotations

from typing import Any, Final

from shared.service_errors import ModelRefused, ModelThrottled, ModelUnavailable, ServiceError

_THROTTLING: Final = ("throttlingexception", "servicequotaexceededexception", "toomanyrequestsexception")
_FAILING: Final = (
    "internalserverexception",
    "serviceunavailableexception",
    "modeltimeoutexception",
    "modelerrorexception",
    "modelstreamerrorexception",
    "modelnotreadyexception",
    "requesttimeout",
)
_LONGEST_QUOTE: Final = 300


def refusal(answer: dict[str, Any], model_id: str) -> ServiceError:
    """Return the error that an answer stands for.

    Args:
        answer: what botocore's `ClientError` holds; names of errors within streams begin with a small letter.
        model_id: which model was asked.
    """
    name = str(answer.get("Error", {}).get("Code", ""))
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    said = _quoted(answer)
    match name.lower():
        case code if code in _THROTTLING or (status == 429 and code not in _FAILING):
            return ModelThrottled(
                "The model is asked more than its service allows at present. Please try again later."
            )
        case code if code in _FAILING or status >= 500:
            return unavailable(name or f"status {status}")
        case "accessdeniedexception" | "unrecognizedclientexception" | "invalidsignatureexception":
            return ModelRefused(
                f"The model {model_id} may not be used: {said}. Check that the AWS account has access to it on "
                "Amazon Bedrock in the region that is set (`model_region`)."
            )
        case "resourcenotfoundexception":
            return ModelRefused(
                f"There is no model {model_id}: {said}. Check `model_id` and `model_region` of the stage."
            )
        case _:
            return ModelRefused(
                f"The model {model_id} does not take the request: {said}. If the conversation is long, start a new "
                "one; else check that the model can call tools while it streams."
            )


def unavailable(reason: str) -> ModelUnavailable:
    """Return the error of a model that failed, with a word on how."""
    return ModelUnavailable(f"The model does not answer at present ({reason}). Please try again later.")


def _quoted(answer: dict[str, Any]) -> str:
    text = " ".join(str(answer.get("Error", {}).get("Message") or "no reason given").split())
    return text[:_LONGEST_QUOTE].rstrip(".")
