from __future__ import annotations

from shared.domain.trees import paths_of, reachable
from shared.schema.document import Id
from shared.schema.tables import File, FileType, Project

PROJECT = Project.mint_id(bytes(16))


def id_of(number: int) -> Id[File]:
    return File.mint_id(bytes([number]) * 16)


def file(number: int, parent: int | None = None, type: FileType = "folder") -> File:
    return File(
        id=id_of(number),
        creation_time=float(number),
        project_id=PROJECT,
        parent_id=None if parent is None else id_of(parent),
        name=f"n{number}",
        type=type,
        updated_at=0.0,
    )


def numbers(files: list[File]) -> list[float]:
    return [file.creation_time for file in files]


def test_files_stay_in_the_order_in_which_they_were_created() -> None:
    assert numbers(reachable([file(1), file(2), file(3, 1), file(4), file(5, 3)])) == [1, 2, 3, 4, 5]


def test_a_folder_comes_before_what_is_in_it_even_if_its_clock_was_ahead() -> None:
    assert numbers(reachable([file(1, 3), file(2), file(3, 4), file(4)])) == [4, 3, 1, 2]


def test_what_hangs_below_a_folder_that_is_gone_is_left_out() -> None:
    assert numbers(reachable([file(1), file(3, 2), file(4, 3), file(5, 1)])) == [1, 5]


def test_folders_in_a_circle_are_left_out() -> None:
    assert numbers(reachable([file(1, 2), file(2, 1), file(3, 2), file(4)])) == [4]


def test_a_path_names_the_folders_from_the_root_down() -> None:
    files = [file(1), file(2, 1), file(3, 2, "file")]
    assert [*paths_of(files).values()] == ["n1", "n1/n2", "n1/n2/n3"]
