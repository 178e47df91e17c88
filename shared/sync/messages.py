"""The messages that clients are told, as texts (protocol section 3); results in them are encoded already."""

from __future__ import annotations

from typing import Any, Final, Literal

from shared.sync.protocol import Version, timestamp, written

PING: Final = '{"type":"Ping"}'
KEPT_ALIVE: Final = '{"type":"Ping","answer":true}'
"""What the gateway itself answers to a keep-alive; it does not say that anybody acts for the connection."""


def query_updated(query: int, value: str, journal: str | None) -> str:
    """Tell a query's result, which is encoded JSON text."""
    start = f'{{"type":"QueryUpdated","queryId":{query},"value":{value},"logLines":[],'
    return f'{start}"journal":{written(journal)}}}'


def query_failed(query: int, message: str, data: Any, journal: str | None) -> str:
    """Tell a query's failure; `data` is None for all but the app's own refusals."""
    told = {"type": "QueryFailed", "queryId": query, "errorMessage": message, "logLines": [], "journal": journal}
    return written(told | ({} if data is None else {"errorData": data}))


def query_removed(query: int) -> str:
    """Tell that a query is live no longer."""
    return f'{{"type":"QueryRemoved","queryId":{query}}}'


def transition(start: Version, end: Version, modifications: list[str]) -> str:
    """Take a client from one version to the next; the modifications are texts of this module."""
    versions = f'"startVersion":{written(start.wire())},"endVersion":{written(end.wire())}'
    return f'{{"type":"Transition",{versions},"modifications":[{",".join(modifications)}]}}'


def transition_chunk(transition_id: str, part: int, parts: int, chunk: str) -> str:
    """Carry a slice of the text of a Transition."""
    told = {"type": "TransitionChunk", "transitionId": transition_id, "partNumber": part, "totalParts": parts}
    return written(told | {"chunk": chunk})


def mutation_response(number: int, value: str, ns: int) -> str:
    """Tell a mutation's result, which is encoded JSON text, and when it was committed."""
    start = f'{{"type":"MutationResponse","requestId":{number},"success":true,"result":{value},'
    return f'{start}"ts":{written(timestamp(ns))},"logLines":[]}}'


def request_failed(kind: Literal["Mutation", "Action"], number: int, message: str, data: Any) -> str:
    """Tell that a request failed; `data` is None for all but the app's own refusals."""
    told = {"type": f"{kind}Response", "requestId": number, "success": False, "result": message, "logLines": []}
    return written(told | ({} if data is None else {"errorData": data}))


def fatal_error(message: str) -> str:
    """Tell that the connection ends, and that another one would fare no better."""
    return written({"type": "FatalError", "error": message})


def auth_error(message: str, base: int, *, by_update: bool) -> str:
    """Tell that a token is refused; `by_update`: the one just sent, otherwise one that was accepted before."""
    told = {"type": "AuthError", "error": message, "baseVersion": base, "authUpdateAttempted": by_update}
    return written(told)
