"""The states of the assistant's work, in `process-message` and `generate-project`."""

from __future__ import annotations

from typing import Any, Final

from functions.system.conversations import get_conversation_by_id, update_conversation_title
from functions.system.files import (
    create_files,
    create_folder,
    delete_file,
    delete_file_by_path,
    get_file_by_id,
    get_project_entries,
    get_project_structure,
    list_files_by_path,
    read_file_by_path,
    rename_file,
    update_file,
    write_file_by_path,
)
from functions.system.messages import (
    append_tool_call,
    append_tool_result,
    get_message_by_id,
    get_message_context,
    stream_message_content,
)
from functions.system.projects import append_generation_event
from shared.agent.acting import act as run_tools
from shared.agent.beginning import begin as begin_work
from shared.agent.beginning import give_title
from shared.agent.thinking import think as ask_model
from shared.agent.work import Work
from shared.jobs.step import Step, step
from shared.jobs.task import Json
from shared.runtime.function import Function

_MACHINE: Final = "process-message"

_BEGINNING: Final = (get_message_context, get_conversation_by_id, append_generation_event)
_TITLE: Final = (get_message_by_id, get_conversation_by_id, update_conversation_title)
_THINKING: Final = (get_message_by_id, stream_message_content, append_generation_event)
_ACTING: Final = (
    append_tool_call,
    append_tool_result,
    append_generation_event,
    create_files,
    create_folder,
    delete_file,
    delete_file_by_path,
    get_file_by_id,
    get_project_entries,
    get_project_structure,
    list_files_by_path,
    read_file_by_path,
    rename_file,
    update_file,
    write_file_by_path,
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
