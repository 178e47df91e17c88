"""From what users do in a month to what is used of AWS."""

from __future__ import annotations

from math import ceil, exp
from typing import Final, NamedTuple

from tests.capacity.behaviour import Behaviour
from tests.capacity.measured import Measured
from tests.capacity.usage import Usage, total

MONTH_S: Final = 730 * 3600
MONTH_MINUTES: Final = 730 * 60
_KB: Final = 1e3
_GB: Final = 1e9

FUNCTION: Final = "call of a function"
"""A call of a Lambda behind HTTP or of a step, which may be traced; no unit that is charged for."""
ACTOR: Final = "call of session"
"""As `FUNCTION`, of the Lambda of connections' actors."""
DOOR: Final = "call of another door"
"""As `FUNCTION`, of the Lambdas that carry events."""

_GROUPS: Final = {FUNCTION: 30, ACTOR: 1, DOOR: 6}
"""Over how many Lambdas the calls are spread."""


class Model(NamedTuple):
    """What the computation starts from.

    Attributes:
        behaviour: what is assumed.
        measured: what was counted.
        traced: the kinds of Lambdas that X-Ray follows.
        system_lines: whether Lambda writes lines of its own about calls that went well.
        metrics: custom metrics for each function that is called.
    """

    behaviour: Behaviour
    measured: Measured
    traced: tuple[str, ...] = (FUNCTION, ACTOR)
    system_lines: bool = False
    metrics: float = 1

    def call(self, kind: str, duration: str, lines: float = 0) -> Usage:
        """Return what a call of a Lambda takes, but for what it does."""
        assumed = self.behaviour["lambda"]
        seconds = assumed[duration] / 1000
        return Usage({"lambda_call": 1, "lambda_gb_s": seconds * assumed["memory_gb"], kind: 1}) + self.logged(
            lines, calls=1
        )

    def logged(self, lines: float, calls: float) -> Usage:
        """Return what logging takes."""
        size = self.behaviour["bytes"]
        system = size["system_lines"] * calls if self.system_lines else 0.0
        gb = (lines * self.measured["call line bytes"] + system) / _GB
        return Usage.of(log_gb=gb, log_kept_gb=gb * size["compressed"])

    def function(self, name: str) -> Usage:
        """Return what a function takes in DynamoDB, by its name in `tests/functions/costs.json`."""
        cost: dict[str, float] = self.measured["functions"][name]
        written = cost.get("writeUnits", 0) + cost.get("indexUnits", 0)
        return Usage.of(read_unit=cost.get("readUnits", 0), write_unit=written)

    def query(self, name: str) -> Usage:
        """Return what a query over HTTP takes."""
        return self._request("query_ms") + self.function(name)

    def mutation(self, name: str) -> Usage:
        """Return what a mutation over HTTP takes; that the stream of commits tells of it is part of it."""
        return self._request("mutation_ms") + self.function(name) + self.announced("push told", alone=True)

    def _request(self, duration: str) -> Usage:
        kb = self.behaviour["shape"]["result_kb"]
        access = self.behaviour["bytes"]["access_line"] / _GB
        sent = Usage.of(edge_request=1, edge_gb=kb * _KB / _GB, http_request=1, log_gb=access)
        return sent + self.call(FUNCTION, duration, lines=1)

    def live(self, name: str) -> Usage:
        """Return what an event of a connection takes, by its name in `measured.json`."""
        taken: dict[str, float] = self.measured["live"][name]
        frames, batches, sends = (taken.get(key, 0) for key in ("frames", "batches", "sends"))
        gb = taken.get("posted_kb", 0) * _KB / _GB
        received = self.call(DOOR, "receive_ms") * frames
        handled = self.call(ACTOR, "session_ms") * batches
        return (
            received
            + handled
            + self.logged(taken.get("lines", 0), calls=0)
            + Usage.of(
                socket_message=frames + taken.get("posts", 0),
                fifo_request=frames + sends + 2 * batches,
                read_unit=taken.get("read_units", 0),
                write_unit=taken.get("write_units", 0),
                edge_gb=gb,
            )
        )

    def announced(self, name: str, *, alone: bool = False) -> Usage:
        """Return what the stream of commits takes to tell of a commit; `alone`: nobody watches."""
        share = 1 / self.behaviour["lambda"]["announced"]
        told = self.live(name)
        if alone:
            told = Usage({**told.amounts, "fifo_request": 0})
        return self.call(DOOR, "announce_ms") * share + told

    def mutation_by_socket(self, name: str) -> Usage:
        """Return what a mutation takes that a client sends who shows the editor's page."""
        return self.live(name) + self.announced(f"{name} told")

    def push(self, name: str = "push") -> Usage:
        """Return what it takes to show one client what somebody else has done."""
        return self.live(name)

    def streamed(self) -> Usage:
        """Return what it takes to show the text of an answer as it is written, to the one who asked."""
        shown = [
            self.function("system:streamMessageContent(content, messageId)")
            # The message's row grows; the first KB is in the function's own cost. The job's row is checked.
            + Usage.of(write_unit=2 * (ceil(kb + _ROW_KB) - 1) + 2, read_unit=1)
            + self.push("text")
            + self.announced("text told")
            for kb in self.measured["streamed kb"]
        ]
        return total(shown)

    def job(self, name: str) -> Usage:
        """Return what a job takes, by its name in `measured.json`; the model's tokens are not in it."""
        cost: dict[str, float] = self.measured["jobs"][name]
        objects = self.behaviour["lambda"]["job_objects"] * cost["calls"]
        machine = self.behaviour["bytes"]["machine_line"] * cost["transitions"] / _GB
        return self.call(FUNCTION, "job_ms", lines=1) * cost["calls"] + Usage.of(
            transition=cost["transitions"],
            read_unit=cost["read_units"],
            write_unit=cost["write_units"],
            log_gb=machine,
            object_put=objects,
            object_get=objects,
        )

    def connection_hour(self) -> Usage:
        """Return what an hour of a connection takes at which nothing happens."""
        minute: dict[str, float] = self.measured["idle minute of 1,000 connections"]["js"]
        each = 60 / 1000
        return Usage.of(
            socket_minute=60,
            socket_message=minute["pings"] * each,
            read_unit=minute["read_units"] * each,
        ) + self.live("audit") * (minute["told"] * each)

    def session(self) -> Usage:
        """Return what it takes to open a page, turn to others, and leave, whatever is done there."""
        user = self.behaviour["user"]
        opened = Usage.of(edge_request=1, write_unit=2) + self.call(DOOR, "connect_ms") + self.live("open")
        left = self.call(DOOR, "receive_ms") + self.live("close")
        server = self.query("projects:getById(id)") * user["http_queries"]
        return opened + self.live("turn") * (user["pages"] - 1) + left + server

    def editing_hour(self) -> Usage:
        """Return what an hour of editing takes besides the connection."""
        user = self.behaviour["user"]
        writes = self.mutation_by_socket("save") * user["saves"] + self.mutation_by_socket("create") * user["created"]
        pushes = self.push() * ((user["saves"] + user["created"]) * user["watchers"])
        return self.live("open file") * user["opened"] + writes + pushes

    def message(self) -> Usage:
        """Return what a message to the assistant takes, without the model."""
        return self.mutation_by_socket("message") + self.job(MESSAGE) + self.streamed()

    def stored(self) -> Usage:
        """Return what is kept of a user, by the month."""
        user = self.behaviour["user"]
        rows_kb = user["projects"] * user["files"] * (user["file_kb"] + _ROW_KB + _ENTRIES_KB)
        rows_kb += user["history"] * (user["message_kb"] + _ROW_KB + _ENTRIES_KB)
        rows_kb += self.commits() * _RECORD_KB * _RECORD_DAYS / 30.4
        gb = rows_kb * _KB / _GB
        objects_gb = user["uploads"] * 12 * user["upload_mb"] / 1000
        return Usage.of(row_gb=gb, recovery_gb=gb, object_gb=objects_gb)

    def commits(self) -> float:
        """Return how many mutations a user causes in a month."""
        return self.happenings()["commit"]

    def happenings(self) -> dict[str, float]:
        """Return how often things happen in a user's month."""
        user = self.behaviour["user"]
        hours = user["sessions"] * user["hours"]
        by_socket = hours * (user["saves"] + user["created"]) + user["messages"]
        texts = user["messages"] * len(self.measured["streamed kb"])
        by_jobs = user["messages"] * _COMMITS_OF_JOB
        calls = total(self.user_parts(besides_storage=True).values())
        return {
            "mutation by a socket": by_socket,
            "message": user["messages"],
            "shown text": texts,
            "commit": by_socket + texts + by_jobs,
            "call": calls["lambda_call"],
            "nothing": 0,
        }

    def user_parts(self, *, besides_storage: bool = False) -> dict[str, Usage]:
        """Return what a user takes in a month, by what for."""
        user = self.behaviour["user"]
        hours = user["sessions"] * user["hours"]
        files = (
            Usage.of(
                object_put=user["uploads"],
                object_get=user["downloaded_mb"] / user["upload_mb"],
                edge_request=user["downloaded_mb"] / user["upload_mb"],
                edge_gb=user["downloaded_mb"] / 1000,
                edge_in_gb=user["uploads"] * user["upload_mb"] / 1000,
            )
            + self.mutation("files:uploadFile(name, parentId, projectId, storageId)") * user["uploads"]
        )
        jobs = (
            self.job("an import of 100 files") * user["imports"]
            + self.job("an export of 100 files") * user["exports"]
            + self.job("a project of nine stages with five tools each") * user["generated"]
        )
        return {
            "sessions: opening, turning pages, leaving": self.session() * user["sessions"],
            "open connections": self.connection_hour() * hours,
            "editing": self.editing_hour() * hours,
            "messages, without the model": self.message() * user["messages"],
            "imports, exports, generated projects": jobs,
            "files up and down": files,
            **({} if besides_storage else {"storage": self.stored()}),
        }

    def tokens(self) -> Usage:
        """Return what the model reads and writes for a user in a month."""
        user = self.behaviour["user"]
        return Usage.of(token_in=user["tokens_in"], token_out=user["tokens_out"]) * user["messages"]

    def fixed(self, calls: float) -> Usage:
        """Return what a stage takes in a month, whoever uses it; metrics are charged in hours that have calls."""
        counted, idle = self.measured["stage"], self.behaviour["idle"]
        busy_hours = 1 - exp(-calls / 730 / idle["named"])
        sweeps = self.call(DOOR, "sweep_ms") * (3 * MONTH_MINUTES) + self.call(DOOR, "receive_ms") * MONTH_MINUTES
        polls = idle["poller_requests_per_minute"] * MONTH_MINUTES
        empty = self.measured["idle minute of nobody"]["read_units"]
        return sweeps + Usage.of(
            alarm=counted["alarm metrics"],
            secret=counted["secrets"],
            secret_get=idle["secret_gets_per_hour"] * 730,
            key_use=idle["key_uses_per_hour"] * 730 * busy_hours,
            metric=self.metrics * idle["named"] * busy_hours,
            fifo_request=polls,
            queue_request=polls + MONTH_MINUTES,
            read_unit=empty * MONTH_MINUTES,
        )

    def month(self, users: float) -> dict[str, Usage]:
        """Return what so many users take in a month, by what for, with what is the same for any number of them."""
        parts = {name: usage * users for name, usage in self.user_parts().items()}
        together = total(parts.values())
        calls = together["lambda_call"]
        parts["the stage itself"] = self.fixed(calls)
        return {name: self._charged(usage, total(parts.values())) for name, usage in parts.items()}

    def charged(self, usage: Usage) -> Usage:
        """Return the units that are charged for, traces among them, of a usage as dense as a million in a month."""
        return self._charged(usage, usage)

    def _charged(self, usage: Usage, whole: Usage) -> Usage:
        amounts = {unit: amount for unit, amount in usage.amounts.items() if unit not in _GROUPS}
        for group in self.traced:
            amounts["trace"] = amounts.get("trace", 0.0) + usage[group] * self._traced_share(whole[group], group)
        return Usage(amounts)

    def _traced_share(self, calls: float, group: str) -> float:
        """Return which share of calls is traced: the first of each Lambda in a second, and a few of the others."""
        rule = self.behaviour["traces"]
        per_s = calls / MONTH_S / _GROUPS[group]
        if per_s == 0:
            return 0.0
        first = min(1.0, rule["per_s"] * (1 - exp(-per_s)) / per_s)
        return first + rule["share"] * (1 - first)


_COMMITS_OF_JOB: Final = 30
"""Mutations that a message's job commits besides showing its text."""
MESSAGE: Final = "a message that takes five tools"
_ROW_KB: Final = 0.4
"""What a row has besides its text."""
_ENTRIES_KB: Final = 0.6
"""Its index entries, with the 100 bytes that DynamoDB adds to each."""
_RECORD_KB: Final = 0.8
_RECORD_DAYS: Final = 7
"""Records of commits: 14 days of those with a key, one of the others."""
