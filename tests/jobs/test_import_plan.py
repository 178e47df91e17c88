from __future__ import annotations

import random

import pytest

from shared.github.tree import TreeEntry
from shared.jobs.import_plan import MAX_FILE_BYTES, MAX_TOTAL_BYTES, PlannedFile, chunks_of, plan_of
from shared.service_errors import RepositoryTooLarge

SHA = "0" * 40


def blob(path: str, size_bytes: int = 1) -> TreeEntry:
    return TreeEntry(path, "100644", "blob", SHA, size_bytes)


def test_a_file_that_is_listed_twice_is_imported_once() -> None:
    plan = plan_of([blob("a"), blob("a")])
    assert [file.path for file in plan.files] == ["a"]
    assert plan.notes == [("a", "it is listed twice")]


def test_a_file_of_the_greatest_size_is_imported() -> None:
    assert plan_of([blob("a", MAX_FILE_BYTES)]).notes == []


def test_files_that_are_too_large_together_are_refused() -> None:
    count = MAX_TOTAL_BYTES // MAX_FILE_BYTES
    assert len(plan_of([blob(str(n), MAX_FILE_BYTES) for n in range(count)]).files) == count
    with pytest.raises(RepositoryTooLarge, match="at most 500 MB"):
        plan_of([*(blob(str(n), MAX_FILE_BYTES) for n in range(count)), blob("more")])


@pytest.mark.parametrize("type", ["tag", "", "link"])
def test_what_is_neither_file_nor_folder_is_left_out(type: str) -> None:
    assert plan_of([TreeEntry("a", "1", type, SHA, 0)]).notes == [("a", "it is neither a file nor a folder")]


@pytest.mark.parametrize("seed", range(20))
def test_portions_hold_every_file_once_and_no_two_share_a_folder(seed: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    sizes = [0, 10, 10_000, 3_000_000, MAX_FILE_BYTES]
    files = [PlannedFile(f"d{chance.randrange(40)}/{n}", SHA, chance.choice(sizes)) for n in range(400)]
    chunks = chunks_of(files)
    assert sorted(file for chunk in chunks for part in chunk for file in part) == sorted(files)
    folders = [{file.path.partition("/")[0] for part in chunk for file in part} for chunk in chunks]
    assert sum(map(len, folders)) == len(set().union(*folders))
    for part in (part for chunk in chunks for part in chunk):
        assert len(part) <= 25
        assert len(part) == 1 or sum(file.size_bytes for file in part) <= 4 * 2**20


def test_many_small_folders_share_a_portion() -> None:
    assert len(chunks_of([PlannedFile(f"d{n}/a", SHA, 10) for n in range(100)])) == 4
