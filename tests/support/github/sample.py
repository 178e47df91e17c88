"""A repository to import: 600 files, and everything that is hard about them. The same one each time."""

from __future__ import annotations

import random

from tests.support.github.objects import EXECUTABLE, FILE, LINK, SUBMODULE, Node

FILES = 600
_SUBMODULE_COMMIT = b"5ca1ab1e" * 5


def sample(files: int = FILES) -> dict[str, Node]:
    """Return what the repository holds, by the paths: so many files, and a submodule besides."""
    chance = random.Random(600)
    found = _special(chance)
    folders = [""]
    for number in range(max(files // 12, 1)):
        folders.append(f"{chance.choice(folders)}part{number}/")
    while len(found) < files:
        number = len(found)
        folder = chance.choice(folders)
        if number % 10 == 0:
            found[f"{folder}image{number}.png"] = Node(FILE, b"\x89PNG\r\n\x1a\n" + chance.randbytes(400 + number))
        else:
            lines = [f"export const value{line} = {chance.randrange(10**6)};" for line in range(number % 40)]
            found[f"{folder}module{number}.ts"] = Node(FILE, "\n".join(lines).encode())
    found["libs/vendored"] = Node(SUBMODULE, _SUBMODULE_COMMIT)
    return found


def _special(chance: random.Random) -> dict[str, Node]:
    return {
        "README.md": Node(FILE, "# Sample\n\nÜber 600 files. 🙂\n".encode()),
        "empty.txt": Node(FILE, b""),
        "src/__init__.py": Node(FILE, b""),
        "run.sh": Node(EXECUTABLE, b"#!/bin/sh\nexec true\n"),
        "latest": Node(LINK, b"docs/v2/index.md"),
        "docs/v2/index.md": Node(FILE, b"# Two\r\n\r\nWith the line ends of Windows.\r\n"),
        "docs/größe.md": Node(FILE, "Größe\n".encode()),
        "docs/日本語/読む.txt": Node(FILE, "こんにちは\n".encode()),
        "docs/latin1.txt": Node(FILE, "naïve".encode("latin-1")),
        "docs/utf16.txt": Node(FILE, "UTF-16".encode("utf-16")),
        "docs/nul.txt": Node(FILE, b"a\0b"),
        "docs/bom.txt": Node(FILE, b"\xef\xbb\xbfwith a mark"),
        "data/large.csv": Node(FILE, b"1,2,3,4,5,6,7\n" * (3 * 2**20 // 14)),
        "data/large.bin": Node(FILE, chance.randbytes(300_000)),
        "data/text.json": Node(FILE, b'{"a": "' + b"x" * 200_000 + b'"}'),
        "a/b/c/d/e/f/g/h/deep.txt": Node(FILE, b"deep"),
    }
