"""What strangers wrote and the backend reads: pages, archives, patterns, tokens of sessions."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import pytest

from shared.agent.tools.glob import matches_glob
from shared.archive.checking import check_archive
from shared.archive.errors import ArchiveRefused
from shared.archive.layout import TABLES
from shared.web.reader import PageRefusedError
from tests.functions.rows import furnish
from tests.sync.live import Live, add, authenticate, connect, modify, mutation
from tests.web.pages import serving_pages


def test_a_name_is_resolved_once_and_only_what_was_checked_is_connected_to() -> None:
    answers = [["127.0.0.1"], ["169.254.169.254"]]

    def resolve(_host: str, _port: int) -> list[tuple[str, int]]:
        return [(address, pages.port) for address in answers.pop(0)]

    with serving_pages() as pages:
        pages.add("rebinding.example/", b"public")
        web = pages.web()
        web._resolve = resolve  # as a name server that changes its mind
        assert web.read("http://rebinding.example/") == "public"
        assert answers == [["169.254.169.254"]]
        with pytest.raises(PageRefusedError, match="not on the public internet"):
            web.read("http://rebinding.example/")


def test_every_hop_of_a_redirect_is_checked_anew() -> None:
    with serving_pages() as pages:
        pages.redirect("good.example/", "http://metadata.example/latest/meta-data/")
        pages.addresses["metadata.example"] = ["169.254.169.254"]
        with pytest.raises(PageRefusedError, match="not on the public internet"):
            pages.web().read("http://good.example/")
        assert pages.asked == ["good.example/"]


def test_an_archive_that_unpacks_to_very_much_is_read_in_pieces_and_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(TABLES, '{"name": "projects", "id": 2}\n')
        with archive.open("projects/documents.jsonl", "w") as entry:
            for _ in range(120):
                entry.write(bytes(1024 * 1024))
    assert bomb.stat().st_size < 1024 * 1024
    with pytest.raises(ArchiveRefused, match="longer than"):
        check_archive(bomb)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\..\\x", "_storage/../../x", "a\0b"])
def test_no_entry_of_an_archive_is_written_to_a_path_of_its_own(name: str, tmp_path: Path) -> None:
    path = tmp_path / "climbing.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(TABLES, "")
        archive.writestr(zipfile.ZipInfo(name), "x")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ArchiveRefused):
        check_archive(path)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("pattern", ["*" * 200, "{" * 100 + "}" * 100, "{a,b}" * 40, "**/" * 60, "?*" * 100])
def test_no_glob_takes_long(pattern: str) -> None:
    began = time.process_time()
    matches_glob(pattern, "a/" * 120 + "b")
    assert time.process_time() - began < 5  # a pattern that backtracks would take centuries


def test_a_session_that_somebody_else_uses_gives_nothing_away_and_takes_nothing_over() -> None:
    live = Live()
    first, second = live.socket(), live.socket()
    for socket, subject in ((first, "ada"), (second, "eve")):  # both say that they are the same session
        socket.send(connect(), authenticate(subject), modify(0, add(0, "projects:get")))
        socket.send(mutation(0, "projects:create", name="Apollo"))
    (answered,) = [message for message in first.told() if message["type"] == "MutationResponse"]
    (refused,) = [message for message in second.receive() if message["type"] == "MutationResponse"]
    assert (answered["success"], refused["success"]) == (True, False)
    assert answered["result"] not in str(refused)
    assert (len(first.results[0]), second.results[0]) == (1, [])


@pytest.mark.parametrize("journal", ["", "x", "A" * 400, '["a"]', "../x"])
def test_a_forged_journal_is_refused_and_the_connection_goes_on(journal: str) -> None:
    live = Live()
    rows = furnish(live.environment, "ada", "one", files=1)
    socket = live.socket()
    page = {"conversationId": rows.conversation, "paginationOpts": {"numItems": 1, "cursor": None}}
    forged = {**add(0, "conversations:getMessagesPaginated", **page), "journal": journal}
    socket.send(connect(), authenticate("ada"), modify(0, forged, add(1, "projects:get")))
    socket.told()
    assert [project["name"] for project in socket.results[1]] == ["one"]
    assert not socket.closed
