"""Finding files by what is in them. A model's expressions may take for ever, so they are given some time only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from shared.agent.tools.glob import matches_glob
from shared.agent.tools.tool import Arguments, Here, tool

MAX_MATCHES: Final = 50
MAX_S: Final = 20.0
_PER_FILE_S: Final = 1.0
_MAX_PATTERN: Final = 1000
_MAX_LINE: Final = 200


class Search(Arguments):
    """Arguments of `searchFiles`."""

    pattern: str
    file_pattern: str | None = None
    case_sensitive: bool = False


class Glob(Arguments):
    """Arguments of `findFilesByPattern`."""

    pattern: str


@tool("searchFiles", Search, "searching files")
def search_files(here: Here, given: Search) -> str:
    """Search the text of the project's files for a regular expression, line by line.

    `filePattern` limits the search to paths that fit a glob, such as `src/**/*.ts`.
    """
    import regex  # noqa: PLC0415 - few calls need it

    if not given.pattern or len(given.pattern) > _MAX_PATTERN:
        return f"Invalid regex pattern: it must have between 1 and {_MAX_PATTERN} characters"
    try:
        pattern = regex.compile(given.pattern, 0 if given.case_sensitive else regex.IGNORECASE)
    except (regex.error, RecursionError, OverflowError) as error:
        return f"Invalid regex pattern: {error}"
    found: list[str] = []
    for entry in _files(here, given.file_pattern):
        if here.time_left_s < 0 or here.left_s - here.time_left_s > MAX_S:
            found.append("… (stopped: the search takes too long; limit it by filePattern)")
            break
        try:
            found += _lines(here, entry, pattern, MAX_MATCHES - len(found))
        except TimeoutError:
            return f"Invalid regex pattern: it takes too long on {entry['path']}"
        if len(found) >= MAX_MATCHES:
            found.append(f"… (stopped after {MAX_MATCHES} matches)")
            break
    return "\n".join(found) or f'No matches found for pattern "{given.pattern}"'


@tool("findFilesByPattern", Glob, "finding files")
def find_files_by_pattern(here: Here, given: Glob) -> str:
    """Find files whose paths fit a glob, such as `src/**/*.ts`; one without a slash means names in any folder."""
    found = [entry["path"] for entry in _files(here, given.pattern)]
    if not found:
        return f'No files found matching "{given.pattern}"'
    return "\n".join([f'Found {len(found)} file(s) matching "{given.pattern}":', *found[:MAX_MATCHES]])


def _files(here: Here, pattern: str | None) -> list[dict[str, Any]]:
    entries = here.call("get_project_entries", project_id=here.project_id)
    return sorted(
        (e for e in entries if e["type"] == "file" and (not pattern or matches_glob(pattern, e["path"]))),
        key=lambda entry: str(entry["path"]),
    )


def _lines(here: Here, entry: dict[str, Any], pattern: Any, most: int) -> Iterator[str]:
    file = here.call("get_file_by_id", file_id=entry["id"], project_id=here.project_id)
    content = (file or {}).get("content") or ""
    # Lines by themselves: an expression that spans lines would tell little.
    for number, line in enumerate(content.splitlines(), 1):
        if most <= 0:
            return
        if pattern.search(line[:10_000], timeout=_PER_FILE_S):
            most -= 1
            yield f"{entry['path']}:{number}: {line.strip()[:_MAX_LINE]}"
