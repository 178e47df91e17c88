"""The rules of the protocol, each taken away in turn.

What passes a door carries every rule: conditions of operations, rows of the platform's tables, the token, the commit
id. So each can be removed there, and the code under test stays as it is.
"""

from __future__ import annotations

from typing import Any, Final

from shared.db.engine import Check, Delete, Put, Update
from tests.db.model import broken_doors as doors
from tests.db.model.breakage import Breakage
from tests.db.model.broken_clocks import HeedlessClock, PredictableIds
from tests.db.model.broken_doors import unconditional
from tests.db.model.broken_objects import LateObjects, OneObjectPerDocument
from tests.db.model.file_steps import (
    Append,
    Attach,
    CreateFile,
    DeleteFile,
    Fill,
    Mark,
    Move,
    RefuseLate,
    Rename,
    Replace,
    Survey,
    Swap,
    Tally,
)
from tests.db.model.project_steps import (
    BeginMessage,
    CheckPair,
    CreateProject,
    DeleteProject,
    Describe,
    FinishMessage,
    NextMessage,
    RelyOnOwner,
    SetPair,
    Touch,
    Transfer,
    UpsertUser,
)
from tests.faults.weather import Faults

Weather = dict[str, Any]

BUSY: Final[Weather] = {"span_s": 0.1, "calls": 8}
CALM: Final[Weather] = BUSY | {"faults": Faults(way_s=0.05)}
STALLING: Final[Weather] = {"span_s": 1.0, "calls": 8, "faults": Faults(way_s=0.002, lost=0.2, patience_s=1.0)}
"""Some reads take so long that others get by."""
TEARING: Final[Weather] = BUSY | {"tear_s": 0.03}
INSISTENT: Final[Weather] = {"keys": 1.0, "repeats": 0.8}
STRAGGLING: Final[Weather] = {
    "span_s": 5.0,
    "keys": 0.0,
    "faults": Faults(way_s=0.02, late=0.5, late_s=10.0, patience_s=0.2),
}
"""Copies of transactions arrive long after they were given up."""
SILENT: Final[Weather] = {
    "span_s": 5.0,
    "calls": 8,
    "faults": Faults(way_s=0.02, unheard=0.5, late=0.45, patience_s=3.0),
}
"""Hardly a transaction is answered."""
LAGGING: Final[Weather] = {"lag_s": 40.0, "looks": 8}

_NAMES = (CreateFile, DeleteFile, Rename, Swap)
_FOLDERS = (CreateFile, Fill, Move, Tally)
_LISTS = (CreateFile, CreateProject, Move, Transfer)

OUTCOMES = (
    Breakage("an outcome put over another", unconditional(Put, "commits", "key", "absent"), weather=INSISTENT),
    Breakage("a failed call without a record", doors.NoAbandonedRecord, steps=_NAMES, weather=SILENT),
    Breakage("a failed call that does not look at its record", doors.DeafToItsRecord, steps=_NAMES, weather=SILENT),
    Breakage("an error without a record", doors.UNRECORDED_ERROR, steps=(CreateProject, Transfer), weather=INSISTENT),
    Breakage("an error without checks", doors.UNCHECKED_ERROR, steps=(CheckPair, SetPair), weather=STALLING),
    Breakage("a value without checks", doors.UNCHECKED_VALUE, steps=(Survey, SetPair, CheckPair), weather=BUSY),
    Breakage(
        "a second run without a record",
        doors.FirstRunAloneIsRecorded,
        steps=(BeginMessage, FinishMessage),
        weather=STRAGGLING,
    ),
    Breakage("a new token and an outcome put over another", doors.NewTokenAndOutcomeOverwritten, weather=INSISTENT),
)
CLOCKS = (
    Breakage("a commit id without randomness", clock=PredictableIds, steps=_FOLDERS, weather={"tick_ns": 10**9}),
    Breakage("a clock that does not pass the versions read", clock=HeedlessClock, is_hidden=True),
)
DOCUMENTS = (
    Breakage("a document put over another version", unconditional(Put, "documents", "_version", "equals")),
    Breakage(
        "a document deleted in another version",
        unconditional(Delete, "documents", "_version", "equals"),
        steps=(DeleteFile, Append, Replace),
    ),
    Breakage(
        "a document read and not checked",
        unconditional(Check, "documents", "_version", "equals"),
        steps=(Fill, Tally, Transfer, Rename, Mark),
        weather=BUSY,
    ),
    Breakage(
        "a document found absent and not checked",
        unconditional(Check, "documents", "_id", "absent"),
        steps=(UpsertUser,),
        weather=TEARING,
    ),
    Breakage(
        "a predicate not checked",
        unconditional(Check, "documents", "ownerId", "equals"),
        steps=(RelyOnOwner, Transfer),
        weather=STALLING,
    ),
    Breakage(
        "a predicate of a document that is gone",
        unconditional(Check, "documents", "_id", "equals"),
        steps=(Attach, DeleteProject),
        weather=BUSY,
    ),
    Breakage(
        "a touch that does not check its predicate",
        unconditional(Update, "documents", "ownerId", "equals"),
        steps=(RelyOnOwner, Transfer),
        weather=STALLING,
    ),
    Breakage(
        "a touch that takes the version back",
        unconditional(Update, "documents", "_version", "less"),
        steps=(Touch, Describe),
        is_hidden=True,
    ),
)
CLAIMS = (
    Breakage("a claim put over another", unconditional(Put, "claims", "key", "absent"), steps=_NAMES),
    Breakage(
        "a free key not checked",
        unconditional(Check, "claims", "key", "absent"),
        steps=(Mark, CreateFile, RefuseLate),
        weather=BUSY,
    ),
    Breakage(
        "a held key not checked",
        unconditional(Check, "claims", "id", "equals"),
        steps=(NextMessage,),
        weather=BUSY,
    ),
)
RANGES = (
    Breakage(
        "a range changed after another version was read",
        unconditional(Update, "ranges", "version", "equals"),
        steps=(CreateProject, Transfer, Fill, Move),
        weather=BUSY,
    ),
    Breakage(
        "a range changed after it was found new",
        unconditional(Update, "ranges", "version", "absent"),
        steps=(Fill,),
        weather=BUSY,
    ),
    Breakage(
        "a range read and not checked",
        unconditional(Check, "ranges", "version", "equals"),
        steps=(Tally, Fill),
        weather=BUSY,
    ),
    Breakage(
        "a range found new and not checked",
        unconditional(Check, "ranges", "version", "absent"),
        steps=(Tally, Fill),
        weather=BUSY,
    ),
    Breakage("a count not kept", doors.COUNT_NOT_KEPT, steps=(CreateProject, Fill)),
    Breakage("a fingerprint not kept", doors.FINGERPRINT_NOT_KEPT, is_hidden=True),
    Breakage("a partial listing", doors.PartialListing, steps=_FOLDERS, weather=LAGGING),
    Breakage("a record swept away", doors.RecordSweptAway, steps=(Transfer, CreateProject), weather=CALM),
    Breakage("records believed before they are built", doors.ReadyAtOnce, weather={"is_built": False}),
)
INDEXES = (
    Breakage("no rows in `changes`", doors.NO_CHANGES_ROW, steps=_LISTS, weather=LAGGING),
    Breakage("`changes` not read", doors.ChangesNotRead, steps=_LISTS, weather=LAGGING),
    Breakage("a window shorter than the lag", doors.ShortWindow, steps=_LISTS, weather=LAGGING),
    Breakage("older documents listed", doors.DocumentsRemembered, steps=(Append, Rename), weather=LAGGING),
)
CONTENTS = (
    Breakage("an object written after its transaction", objects=LateObjects, steps=(Append, CreateFile)),
    Breakage("one object for all versions", objects=OneObjectPerDocument, steps=(Append, Survey), weather=BUSY),
)

BREAKAGES = (*OUTCOMES, *CLOCKS, *DOCUMENTS, *CLAIMS, *RANGES, *INDEXES, *CONTENTS)

REDUNDANT = {
    "a document is at the version that was read, so it still holds its keys, and a claim names who holds it": (
        Breakage("a claim passed on by another", unconditional(Put, "claims", "id", "equals"), steps=_NAMES),
        Breakage("a claim released by another", unconditional(Delete, "claims", "id", "equals"), steps=_NAMES),
    ),
    "an absent attribute is not less than anything, so a touch finds its document by its version": (
        Breakage(
            "a touch of a document that is gone",
            unconditional(Update, "documents", "_id", "equals"),
            steps=(Touch, DeleteProject),
        ),
    ),
    "a record that goes in the instant in which its range is empty says when absent what it said before": (
        Breakage("no record while a range is empty", doors.NoRecordOfNothing, steps=(Move, Fill, DeleteFile)),
    ),
    "the outcome is put if absent, so a transaction applies once whatever its token": (
        Breakage("a new token for every sending", doors.NewToken, weather=INSISTENT),
    ),
    "an earlier answer that is not looked up is found by the commit, which puts its outcome if absent": (
        Breakage("earlier answers not looked up", doors.NoReplay, weather=INSISTENT),
    ),
}
"""Rules that another one makes unnecessary, by why. They are kept as a second line of defence, or for speed."""
