"""The sets of tools, and what becomes of a call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from shared.agent.tools import by_id, by_path
from shared.agent.tools.scraping import scrape_urls
from shared.agent.tools.searching import find_files_by_pattern, search_files
from shared.agent.tools.tool import Here, Tool
from shared.job_settings import AgentTools
from shared.model.port import ToolSpec, ToolUse

_NO_TERMINAL: Final = "executeCommand"


class Toolbox:
    """Tools by their names."""

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools = {tool.name: tool for tool in tools}

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """What the model is told of them."""
        return tuple(tool.spec for tool in self._tools.values())

    def run(self, use: ToolUse, here: Here) -> str:
        """Return what a call comes to; errors as of `Tool.run`."""
        tool = self._tools.get(use.name)
        if tool is not None:
            return tool.run(use, here)
        if use.name == _NO_TERMINAL:
            return "Error: Terminal execution is unavailable. Use the tools for files instead."
        return f'Error: There is no tool called "{use.name[:100]}". There are: {", ".join(self._tools)}.'


LOOKING: Final = Toolbox([by_path.list_files, by_path.read_file, by_path.get_project_structure])
"""Tools that change nothing."""

GENERATING: Final = Toolbox(
    [
        by_path.read_file,
        by_path.write_file,
        by_path.delete_file,
        by_path.list_files,
        by_path.get_project_structure,
    ]
)
"""Tools to generate a project with."""

ASSISTING: Final[dict[AgentTools, Toolbox]] = {
    "paths": Toolbox(
        [
            by_path.read_file,
            by_path.write_file,
            by_path.delete_file,
            by_path.list_files,
            by_path.get_project_structure,
            search_files,
            find_files_by_pattern,
            scrape_urls,
        ]
    ),
    "ids": Toolbox(
        [
            by_id.list_files,
            by_id.read_files,
            by_id.update_file,
            by_id.create_files,
            by_id.create_folder,
            by_id.rename_file,
            by_id.delete_files,
            scrape_urls,
        ]
    ),
}
"""The assistant's tools, by how they name files."""
