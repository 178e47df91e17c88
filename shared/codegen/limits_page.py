"""`docs/limits.md`: what is too much, and what one is told then, from the constants that say so."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Final, NamedTuple

from shared.codegen.schema_page import HEADER
from shared.limit_settings import Limits


class Limit(NamedTuple):
    """A limit.

    Attributes:
        source: the constant, as `module.NAME` below `shared`, or `limits.name`, which a stage may choose.
        what: what it limits.
        beyond: what happens beyond it: an error's code, or words.
    """

    source: str
    what: str
    beyond: str

    @property
    def value(self) -> str:
        """The limit as people read it."""
        module, _, name = self.source.rpartition(".")
        if module == "limits":
            return f"{getattr(Limits(), name):,}{' MB' if name.endswith('_mb') else ''}"
        value: float = getattr(import_module(f"shared.{module}"), name)
        if name.endswith("_BYTES"):
            return _bytes(int(value))
        if name.endswith("_NS"):
            return f"{value / 1e9:,.0f} s"
        if name.endswith("_S"):
            return f"{value:,.0f} s"
        return f"{value:,.0f}"


_INTRODUCTION: Final = (
    "Messages name the limit and the actual number. What the codes mean is in [errors.md](errors.md). AWS adds\n"
    "its own: a client's WebSocket frame holds 32 KB and a message 128 KB, beyond which the socket is closed with\n"
    "1009; a WebSocket lasts two hours, after which clients connect again. Those of callers and owners are\n"
    "settings of a stage, told in [operations.md](operations.md#limits-of-callers).\n"
)
LIMITS: Final = {
    "Values": (
        Limit("values.MAX_NESTING", "levels of objects and arrays in a value", "`VALUE_TOO_LARGE`"),
        Limit("values.MAX_ARRAY_LENGTH", "elements of an array", "`VALUE_TOO_LARGE`"),
        Limit("values.MAX_FIELDS", "fields of an object", "`VALUE_TOO_LARGE`"),
        Limit("values.MAX_FIELD_NAME_LENGTH", "characters of a field's name", "`ARGUMENT_VALIDATION`"),
        Limit("db.codec.MAX_FIELD_BYTES", "a text field, such as a file's content", "`VALUE_TOO_LARGE`"),
        Limit("db.codec.MAX_ITEM_BYTES", "a document without its large texts", "`VALUE_TOO_LARGE`"),
    ),
    "Calls": (
        Limit("runtime.http_request.MAX_BODY_BYTES", "an HTTP request's body", "`PayloadTooLarge`"),
        Limit("runtime.http_request.MAX_ARGUMENTS_BYTES", "a call's arguments", "`VALUE_TOO_LARGE`"),
        Limit("runtime.result.MAX_RESULT_BYTES", "a result", "`VALUE_TOO_LARGE`, and nothing is committed"),
        Limit("auth.verifier.MAX_TOKEN_BYTES", "a token", "`InvalidAuthHeader`"),
        Limit("db.read_set.MAX_READS", "rows that a mutation decides on", "`TOO_MANY_READS`"),
        Limit("db.operations.MAX_OPERATIONS", "rows that a mutation's transaction touches", "`TOO_MANY_WRITES`"),
        Limit("db.range_read.MAX_DOCUMENTS", "documents that a query lists without pages", "`TOO_MANY_DOCUMENTS`"),
        Limit("db.page.MAX_PAGE", "documents that a page begins with", "the page is shorter"),
        Limit("db.page.MAX_PAGE_BYTES", "text in a page's documents", "the page is shorter, or has to be split"),
    ),
    "Callers": (
        Limit("limits.queries", "queries of an identity over HTTP in 10 s", "`RATE_LIMITED`"),
        Limit("limits.mutations", "mutations of an identity in 10 s", "`RATE_LIMITED`"),
        Limit("limits.anonymous", "calls from an address in 10 s, by those not signed in", "`RATE_LIMITED`"),
        Limit("limits.starts", "starts of jobs by an identity in 10 minutes", "`RATE_LIMITED`"),
        Limit("limits.uploads", "URLs for uploads for an identity in 10 minutes", "`RATE_LIMITED`"),
        Limit("limits.announced_mb", "large uploads that an identity announces in a day", "`LIMIT_REACHED`"),
        Limit("limits.openings", "sockets that an address opens in a minute", "429 instead of a socket"),
        Limit("limits.connections", "connections of an identity", "a FatalError, and the connection ends"),
    ),
    "Owners": (
        Limit("limits.files", "files and folders of a project", "`LIMIT_REACHED`"),
        Limit("limits.conversations", "conversations about a project", "`LIMIT_REACHED`"),
        Limit("limits.messages", "messages of a conversation", "`LIMIT_REACHED`"),
        Limit("limits.stored_mb", "uploads of a user", "`LIMIT_REACHED`"),
    ),
    "Live queries": (
        Limit("sync.state.MAX_QUERIES", "live queries of a connection", "those beyond fail"),
        Limit("sync.state.MAX_SUBSCRIPTIONS", "live queries, failed ones included", "the connection ends"),
        Limit("sync.ordering.MAX_HELD", "frames that wait for earlier ones", "the connection ends"),
        Limit("sync.state.MAX_FRAMES", "frames of a connection in 10 s", "the connection ends"),
        Limit("sync.state.MAX_CHANGES", "live queries added or removed in 10 s", "the connection ends"),
        Limit("sync.protocol.MAX_SESSION_LENGTH", "characters of a session's id", "the connection ends"),
        Limit("sync.parts.MAX_TEXT_BYTES", "messages that the transport sends in parts", "the connection ends"),
        Limit("sync.parts.MAX_PARTS", "parts of them", "the connection ends"),
        Limit("sync.parts.MAX_HELD_BYTES", "parts that wait for others", "the connection ends"),
        Limit("sync.posts.MAX_VALUE_BYTES", "a mutation's result; any result for PyPI's client", "`VALUE_TOO_LARGE`"),
        Limit("sync.actor.MAX_ATTEMPTS", "tries of a mutation that ends its process", "it fails"),
        Limit("sync.actor.MAX_AHEAD_NS", "how far a client may be ahead of the clock", "the connection ends"),
    ),
    "Names and files": (
        Limit(
            "domain.titles.MAX_CHARACTERS", "characters of a title of a project or conversation", "`INVALID_ARGUMENT`"
        ),
        Limit("domain.names.MAX_BYTES", "a file's or folder's name", "`INVALID_ARGUMENT`"),
        Limit("domain.paths.MAX_DEPTH", "names of a path", "`INVALID_ARGUMENT`"),
        Limit("domain.uploads.MAX_SMALL_BYTES", "a file that is posted to an upload URL", "`PayloadTooLarge`"),
        Limit("domain.uploads.MAX_LARGE_BYTES", "a file that is put into the bucket", "`INVALID_ARGUMENT`"),
    ),
    "The assistant": (
        Limit("agent.plan.MAX_STEPS", "times that the model is asked for a message", "the message ends there"),
        Limit("agent.opening.MAX_HISTORY", "messages before the user's that it reads", "older ones are left out"),
        Limit("agent.bounds.MAX_CONVERSATION_BYTES", "what it reads at once", "the oldest results are left out"),
        Limit("agent.acting.MAX_CALLS", "tools that it calls in one turn", "it is told so, and they are not run"),
        Limit("agent.bounds.MAX_RESULT_BYTES", "a tool's result", "the rest is cut"),
        Limit("agent.bounds.MAX_SHOWN_BYTES", "a tool's arguments or result in a message", "the rest is cut"),
        Limit("agent.tools.searching.MAX_MATCHES", "matches of a search", "the rest is left out"),
        Limit("agent.tools.searching.MAX_S", "time that a search takes", "it is told so"),
        Limit("agent.tools.glob.MAX_CHARACTERS", "characters of a pattern of paths", "it is told so"),
        Limit("agent.tools.scraping.MAX_URLS", "pages that it reads at once", "it is told so"),
        Limit("web.reader.MAX_BYTES", "a page", "the rest is cut"),
        Limit("web.reader.MAX_S", "time that a page takes", "it is told that the page cannot be read"),
        Limit("web.reader.MAX_REDIRECTS", "redirections of a page", "it is told that the page cannot be read"),
        Limit("web.markdown.MAX_MARKUP", "characters of a page's markup", "the rest is left out"),
    ),
    "Imports and exports": (
        Limit("jobs.import_plan.MAX_FILES", "files of a repository that is imported", "the import fails"),
        Limit("jobs.import_plan.MAX_TOTAL_BYTES", "a repository that is imported", "the import fails"),
        Limit("jobs.import_plan.MAX_FILE_BYTES", "a file of it", "the file is left out, which is told"),
        Limit("jobs.export_plan.MAX_BLOB_BYTES", "a file that is exported", "the file is left out, which is told"),
    ),
}


def limits_page() -> str:
    """Return the page."""
    lines = [
        HEADER.format(source="shared/codegen/limits_page.py"),
        "# Limits\n",
        _INTRODUCTION,
    ]
    for title, limits in LIMITS.items():
        lines += [f"## {title}\n", *_table(limits), ""]
    return "\n".join(lines)


def _table(limits: tuple[Limit, ...]) -> Iterator[str]:
    yield "| what | limit | beyond |"
    yield "| --- | --- | --- |"
    for limit in limits:
        yield f"| {limit.what} | {limit.value} | {limit.beyond} |"


def _bytes(count: int) -> str:
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count >= size and count % size == 0:
            return f"{count // size} {unit}"
    return f"{count:,} bytes"
