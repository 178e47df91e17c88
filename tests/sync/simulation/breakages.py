"""The rules of live queries, each taken away in turn.

What passes the doors of a process (writes, messages, posts) carries most rules, so they are removed there; the others
are one public name of the product each.
"""

from __future__ import annotations

from typing import Any, Final

from tests.db.model import broken_doors as of_the_model
from tests.faults.weather import Faults
from tests.sync.simulation import broken_clients as clients
from tests.sync.simulation import broken_doors as doors
from tests.sync.simulation import broken_rules as rules
from tests.sync.simulation.breakage import Breakage

Weather = dict[str, Any]

BUSY: Final[Weather] = {"writes": 8, "acts": 6, "span_s": 2.0}
MILD: Final[Weather] = BUSY | {
    "database": Faults(way_s=0.005),
    "skew_s": 0.0,
    "disorder_s": 0.02,
    **dict.fromkeys(
        ("crash", "impatience", "queue_failed", "post_lost", "post_unheard", "post_throttled", "cuts"), 0.0
    ),
}
"""Weather in which no connection has to be closed."""
SOON: Final[Weather] = {"post_s": 0.5, "stream_s": 0.05, "stream_doubled": 0.0}
"""The stream tells of commits before actors have posted."""
LAGGING: Final[Weather] = BUSY | {"lag_s": 40.0}
CRASHING: Final[Weather] = BUSY | {"crash": 0.5}
DEAF: Final[Weather] = BUSY | {"post_unheard": 0.3, "post_lost": 0.3}
DISORDERLY: Final[Weather] = BUSY | {"disorder_s": 0.2, "database": Faults(way_s=0.001)}
SLOW: Final[Weather] = {"writes": 15, "acts": 4, "span_s": 1.0, "database": Faults(way_s=0.05), "disorder_s": 0.05}

LATE: Final[Weather] = {
    **BUSY,
    "database": Faults(way_s=0.005, late=0.15, late_s=4.0, patience_s=0.1),
    "disorder_s": 0.05,
    "cuts": 0.0,
    "javascript": 2,
    "acts": 10,
    "span_s": 15.0,
}

READING = (
    Breakage("no rows in `changes`", doors.as_in_the_model(of_the_model.NO_CHANGES_ROW), weather=LAGGING),
    Breakage("`changes` not read", doors.as_in_the_model(of_the_model.ChangesNotRead), weather=LAGGING),
    Breakage(
        "subscribed after reading",
        doors.SubscribedLate,
        weather=SLOW | SOON,
    ),
    Breakage("watchers looked for in an index", doors.EventuallyConsistentSubscriptions, weather=SLOW),
    Breakage("no subscriptions while queries run again", doors.SubscriptionsForgotten, weather=SLOW),
    Breakage("a failed query not watched", rules=(rules.FAILURES_UNWATCHED,), weather=BUSY),
    Breakage("documents remembered between Transitions", rules=(rules.REMEMBERING,), weather=BUSY),
    Breakage("documents read anew by each query", rules=(rules.FORGETTING,), weather=SLOW),
)
OWNERSHIP = (
    Breakage(
        "an unconditional claim", doors.without(doors.is_claim, "state", "lastSequence", "gen"), weather=CRASHING
    ),
    Breakage("a crash not noticed", doors.without(doors.is_claim, "state"), weather=CRASHING | {"post_s": 0.1}),
    Breakage(
        "no sequence numbers",
        doors.without(doors.is_claim, "lastSequence"),
        rules=(rules.SEEN_AGAIN,),
        weather=MILD | {"ack_lost": 0.5, "visibility_s": 1.0},
    ),
    Breakage("an older memory of a connection believed", doors.without(doors.is_claim, "gen"), weather=BUSY),
    Breakage(
        "a release by another", doors.without(doors.is_release, "state", "gen"), weather=BUSY | {"impatience": 0.5}
    ),
    Breakage("removed rows", doors.RemovedRowsCount, weather=LATE),
    Breakage("released before posting", doors.ReleasedBeforeItPosts, gateway=clients.PostsLate, weather=CRASHING),
)
POSTING = (
    Breakage("posts repeated", gateway=clients.PostsRepeated, weather=DEAF),
    Breakage("posts without an answer believed", gateway=clients.PostsBelieved, weather=DEAF),
    Breakage("answers after their Transition", gateway=clients.AnswersLate),
    Breakage("no empty Transitions", gateway=clients.EmptyTransitionsLeftOut),
    Breakage("sockets never closed", gateway=clients.NeverCloses, weather=DEAF),
    Breakage("results told on an earlier connection left out", rules=(rules.TOLD_BEFORE,), weather=DEAF),
)
EVENTS = (
    Breakage("no ticks", queue=clients.losing("tick"), weather=DISORDERLY),
    Breakage("no notices at all", queue=clients.losing("changed")),
    Breakage(
        "no stream",
        rules=(rules.NO_STREAM,),
        weather={"crash": 0.1, "writes": 4, "acts": 1, "javascript": 3, "cuts": 0.0},
    ),
    Breakage("frames not de-duplicated", queue=clients.NO_DEDUPLICATION, weather=MILD | {"frame_doubled": 0.3}),
    Breakage("told before it can be seen", rules=(rules.TOLD_TOO_EARLY,), weather=BUSY | SOON | {"tear_s": 0.3}),
    Breakage("partial notices", queue=clients.PARTIAL_NOTICES, weather=BUSY),
    Breakage("nobody told that a socket is closed", queue=clients.losing("disconnect")),
    Breakage("no Pings", gateway=clients.NoPings),
)
ORDER = (
    Breakage("no base versions", rules=(rules.WITHOUT_GATE,), weather=DISORDERLY),
    Breakage("requests as they come", rules=(rules.AS_THEY_COME,), weather=DISORDERLY),
    Breakage("early frames not kept", doors.NO_HELD_FRAMES, weather=DISORDERLY),
    Breakage("commits before what was shown", rules=(rules.EARLIER,), weather=BUSY | {"skew_s": 1.0}),
    Breakage("what was seen elsewhere not heeded", rules=(rules.HEEDLESS,), weather=DEAF | {"skew_s": 1.0}),
)
MUTATIONS = (
    Breakage("requests not recorded", doors.RequestsNotRecorded, weather=DEAF),
    Breakage("failures not recorded", doors.as_in_the_model(of_the_model.UNRECORDED_ERROR), weather=DEAF),
    Breakage("results shared by all who ask", rules=(rules.REGARDLESS_OF_WHO_ASKS,), weather=BUSY),
    Breakage("results shared however old", rules=(rules.HOWEVER_OLD,), weather=BUSY | {"javascript": 4}),
)

BREAKAGES = (*READING, *OWNERSHIP, *POSTING, *EVENTS, *ORDER, *MUTATIONS)

REDUNDANT: dict[str, tuple[Breakage, ...]] = {
    "clients take what they know already": (Breakage("all told again", rules=(rules.TOLD_ALWAYS,)),),
}
"""Rules that another one makes unnecessary, by why. They are kept as a second line of defence, or for speed."""
