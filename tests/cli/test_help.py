"""Help, documentation and completion are complete."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from infra.cli.app import app
from infra.local.workspace import ROOT
from tests.cli.command import polaris

PAGE = (ROOT / "docs/cli.md").read_text()


def commands(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command by the words that name it."""
    command = command or typer.main.get_command(app)
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


ALL = dict(commands())
named = pytest.mark.parametrize("path", ALL, ids=" ".join)


def test_there_are_the_commands_that_the_dashboard_and_the_convex_command_line_gave() -> None:
    wanted = "dev deploy run data logs env export import codegen function-spec token ranges-check console"
    assert set(wanted.split()) == {path[0] for path in ALL if len(path) == 1}


@named
def test_every_command_says_what_it_does(path: tuple[str, ...]) -> None:
    assert (ALL[path].help or "").strip()


@named
def test_every_option_and_argument_says_what_it_does(path: tuple[str, ...]) -> None:
    silent = [parameter.name for parameter in ALL[path].params if not getattr(parameter, "help", "")]
    assert silent == []


@named
def test_help_is_shown(path: tuple[str, ...]) -> None:
    result = polaris(*path, "--help")
    assert result.exit_code == 0
    assert " ".join(("Usage: polaris", *path)) in result.stdout


@named
def test_the_page_has_every_command_and_option(path: tuple[str, ...]) -> None:
    spelled = {max(p.opts, key=len) for p in ALL[path].params if p.param_type_name == "option"}
    missing = [option for option in spelled - {"--help"} if not re.search(rf"{option}\b", PAGE)]
    assert missing == []
    assert f"`polaris {' '.join(path)}".rstrip() in PAGE


def test_without_a_command_help_is_shown_and_the_usage_was_wrong() -> None:
    result = polaris()
    assert result.exit_code == 2
    assert "ranges-check" in result.output


def test_help_imports_nothing_that_takes_time() -> None:
    script = (
        "import sys, infra.cli.app\n"
        "heavy = {'boto3', 'botocore', 'aws_cdk', 'aiohttp', 'functions', 'pydantic', 'rich.markdown'}\n"
        "sys.exit(' '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_is_there_at_once() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def used_s(*arguments: str) -> float:
        # Of the processor, since tests share it with others.
        before_s = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True, capture_output=True)
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before_s

    least = "import typer; app = typer.Typer(); app.command()(lambda: None); app(['--help'])"
    ratios = [used_s("-m", "infra.cli", "--help") / used_s("-c", least) for _ in range(3)]
    assert min(ratios) < 2, ratios


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_made(shell: str) -> None:
    result = polaris(env={"_POLARIS_COMPLETE": f"source_{shell}"})
    assert result.exit_code == 0
    assert "_POLARIS_COMPLETE" in result.stdout


def completed(line: str) -> list[str]:
    """Return what bash is offered at the end of a line."""
    words = line.split(" ")
    told = {"_POLARIS_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    return polaris(env=told).stdout.split("\n")


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("polaris ran", "ranges-check"),
        ("polaris run projects:cre", "projects:create"),
        ("polaris data generation", "generationEvents"),
        ("polaris data projects --index by_o", "by_owner"),
        ("polaris logs --stage pr", "prod"),
        ("polaris env set model_i", "model_id"),
    ],
)
def test_what_is_begun_is_completed(line: str, offered: str) -> None:
    assert offered in completed(line)


def test_bash_itself_completes_the_path_of_a_function(tmp_path: Path) -> None:
    command = tmp_path / "polaris"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m infra.cli "$@"\n')
    command.chmod(0o755)
    script = tmp_path / "completion.sh"
    script.write_text(polaris(env={"_POLARIS_COMPLETE": "source_bash"}).stdout)
    told = f"""
        source {script}
        [[ $COMP_WORDBREAKS == *:* ]] && exit 1
        COMP_WORDS=(polaris run projects:cre); COMP_CWORD=2
        _polaris_completion polaris; echo "${{COMPREPLY[@]}}"
    """
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "--norc", "-c", told], env=environment, capture_output=True, text=True, check=True)
    assert "projects:create" in done.stdout.split()


@pytest.mark.parametrize(
    "told",
    [
        {"_POLARIS_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "polaris run projects:cre"},
        {
            "_POLARIS_COMPLETE": "complete_fish",
            "_TYPER_COMPLETE_ARGS": "polaris run projects:cre",
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        },
    ],
    ids=["zsh", "fish"],
)
def test_other_shells_complete_with_what_functions_do(told: dict[str, str]) -> None:
    offered = polaris(env=told).stdout
    assert "create" in offered
    assert "Create a project" in offered
