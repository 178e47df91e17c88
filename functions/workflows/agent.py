"""The states of the assistant's work, in `process-message` and `generate-project`."""

from __future__ import annotations

from typing import Any, Final

from functions.system import conversations, files, messages, projects
from shared.agent.acting import act as run_tools
from shared.agent.beginning import begin as begin_work
from shared.agent.beginning import give_title
from shared.agent.thinking import think as ask_model
from shared.agent.work import Work
from shared.jobs.step import Step, step
from shared.jobs.task import Json
from shared.runtime.function import Function

_MACHINE: Final = "process-message"

_BEGINNING: Final = (
    messages.get_message_context,
    conversations.get_conversation_by_id,
    projects.append_generation_event,
)
_TITLE: Final = (
    messages.get_message_by_id,
    conversations.get_conversation_by_id,
    conversations.update_conversation_title,
)
_THINKING: Final = (messages.get_message_by_id, messages.stream_message_content, projects.append_generation_event)
_ACTING: Final = (
    messages.append_tool_call,
    messages.append_tool_result,
    projects.append_generation_event,
    files.create_files,
    files.create_folder,
    files.delete_file,
    files.delete_file_by_path,
    files.get_file_by_id,
    files.get_project_entries,
    files.get_project_structure,
    files.list_files_by_path,
    files.read_file_by_path,
    files.rename_file,
    files.update_file,
    files.write_file_by_path,
)


@step(_MACHINE, calls=_BEGINNING)
def begin(here: Step) -> Json:
    """Reads what is to be done: the conversation, or the description of a project."""
    return begin_work(_work(here, _BEGINNING))


@step(_MACHINE, calls=_TITLE, uses=("model",))
def title(here: Step) -> Json:
    """Names a conversation after its first message."""
    return give_title(_work(here, _TITLE))


@step(_MACHINE, calls=_THINKING, uses=("model",), timeout_s=300)
def think(here: Step) -> Json:
    """Asks the model for its next turn, and shows what it says as it comes."""
    return ask_model(_work(here, _THINKING))


@step(_MACHINE, calls=_ACTING, timeout_s=120)
def act(here: Step) -> Json:
    """Runs the tools that the model calls."""
    return run_tools(_work(here, _ACTING))


def _work(here: Step, functions: tuple[Function[Any], ...]) -> Work:
    named = {function.body.__name__: function for function in functions}

    def call(function: str, key: str | None = None, /, **arguments: Any) -> Any:
        return here.call(named[function], key, **arguments)

    return Work(here, call)
