"""A valid call of every function, given the rows to work on. A function without one fails the tests that use this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tests.functions.callers import Client
from tests.functions.rows import Rows

Arguments = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """A call that succeeds.

    Attributes:
        path: the function.
        arguments: from the caller's rows to the arguments.
        after: a call that it needs to have been made.
        case: tells apart the samples of a function that take the same arguments.
    """

    path: str
    arguments: Callable[[Rows], Arguments]
    after: Sample | None = None
    case: str = ""

    @property
    def given(self) -> set[str]:
        """The names of the arguments."""
        return {*self.arguments(_ANY)}

    @property
    def name(self) -> str:
        """The function's path, the names of the arguments, and the case."""
        return f"{self.path}({', '.join(sorted(self.given))}) {self.case}".rstrip()

    def run(self, client: Client, rows: Rows, *, before_it: Callable[[], None] = lambda: None) -> Any:
        """Let the owner of `rows` make the call, and return its value; `before_it` is called just before."""
        if self.after is not None:
            self.after.run(client, rows)
        before_it()
        return client.call(self.path, **self.arguments(rows))


_ANY: Final = Rows(*["-"] * len(Rows.__dataclass_fields__))

TEXT: Final = "let a = 1\n" * 50


def _in_project(rows: Rows, **more: Any) -> Arguments:
    return {"projectId": rows.project, **more}


def _in_folder(rows: Rows, **more: Any) -> Arguments:
    return {"projectId": rows.project, "parentId": rows.folder, **more}


def _of_message(rows: Rows, **more: Any) -> Arguments:
    return {"messageId": rows.message, **more}


_CALL: Final = {"id": "1", "name": "readFile", "args": {"path": "src/0.ts"}}

_FIRST_PAGE: Final = {"numItems": 4, "cursor": None, "id": 1}
_SHA256: Final = "A" * 43 + "="
_CANCEL: Final = Sample("system:cancelMessage", _of_message)
_START_TRIAL: Final = Sample("users:startTrial", lambda _: {"tier": "pro_monthly"})

_CLAIM: Final = Sample(
    "system:claimJob", lambda rows: _in_project(rows, kind="import-github-repo", jobId=f"import of {rows.project}")
)

_GENERATION: Final = Sample(
    "system:claimJob",
    lambda rows: _in_project(rows, kind="generate-project", jobId=f"generation of {rows.project}"),
    case="generation",
)
_TOKEN: Final = "gho_of_the_owner"
_EXPORT: Final = Sample(
    "system:startExport",
    lambda rows: _in_project(
        rows, ownerId=rows.subject, githubToken=_TOKEN, export={"mode": "create", "repoName": "new"}
    ),
)

_DELETE: Final = Sample("projects:deleteProject", lambda rows: {"id": rows.project})

SAMPLES: Final = (
    Sample("projects:get", lambda _: {}),
    Sample("projects:get", lambda rows: {"id": rows.project}),
    Sample("projects:getPartial", lambda _: {"limit": 6}),
    Sample("projects:getById", lambda rows: {"id": rows.project}),
    Sample("projects:create", lambda _: {"name": "new"}),
    Sample("projects:create", lambda _: {"name": "new", "language": "typescript"}),
    Sample("projects:createWithPrompt", lambda _: {"prompt": TEXT}),
    Sample("projects:generate", lambda _: {"description": "A page about otters"}),
    Sample("projects:generate", lambda _: {"description": "A page about otters", "projectName": "Otters"}),
    _GENERATION,
    Sample("projects:cancelGeneration", _in_project, after=_GENERATION),
    Sample("projects:rename", lambda rows: {"id": rows.project, "name": "renamed"}),
    Sample("projects:updateSettings", lambda rows: {"id": rows.project, "settings": {"devCommand": "make"}}),
    _DELETE,
    Sample("projects:getGenerationEvents", _in_project),
    Sample("projects:getGenerationEventsPaginated", lambda rows: _in_project(rows, paginationOpts=_FIRST_PAGE)),
    Sample("files:getFiles", _in_project),
    Sample("files:list", _in_project),
    Sample("files:getFile", lambda rows: {"id": rows.file}),
    Sample("files:getFilePath", lambda rows: {"id": rows.file}),
    Sample("files:getFolderContents", _in_project),
    Sample("files:getFolderContents", _in_folder),
    Sample("files:getFolderContent", _in_folder),
    Sample("files:createFile", lambda rows: _in_folder(rows, name="new.ts", content=TEXT)),
    Sample("files:createFolder", lambda rows: _in_folder(rows, name="new")),
    Sample("files:create", lambda rows: _in_folder(rows, name="new.ts", content=TEXT)),
    Sample("files:writeFile", lambda rows: _in_folder(rows, name="new.ts", content=TEXT)),
    Sample("files:writeFile", lambda rows: _in_folder(rows, name="0.ts", content=TEXT), case="existing"),
    Sample("files:writeFile", lambda rows: _in_project(rows, name="logo.png", content=TEXT), case="binary"),
    Sample("files:uploadFile", lambda rows: _in_folder(rows, name="new.png", storageId=rows.upload)),
    Sample("files:renameFile", lambda rows: {"id": rows.file, "newName": "new.ts"}),
    Sample("files:updateFile", lambda rows: {"id": rows.file, "content": TEXT}),
    Sample("files:updateFile", lambda rows: {"id": rows.binary, "content": TEXT}, case="binary"),
    Sample("files:deleteFile", lambda rows: {"id": rows.file}),
    Sample("files:deleteFile", lambda rows: {"id": rows.binary}, case="binary"),
    Sample("files:deleteFile", lambda rows: {"id": rows.folder}, case="folder"),
    Sample("files:generateUploadUrl", _in_project),
    Sample("files:beginLargeUpload", lambda rows: _in_project(rows, size=9, contentType="image/png", sha256=_SHA256)),
    Sample("files:finishLargeUpload", lambda rows: {"uploadId": rows.large_upload}),
    Sample("files:getDownloadUrl", lambda rows: {"id": rows.binary}),
    Sample("conversations:create", _in_project),
    Sample("conversations:getById", lambda rows: {"id": rows.conversation}),
    Sample("conversations:getByProject", _in_project),
    Sample("conversations:getMessages", lambda rows: {"conversationId": rows.conversation}),
    Sample(
        "conversations:getMessagesPaginated",
        lambda rows: {"conversationId": rows.conversation, "paginationOpts": _FIRST_PAGE},
    ),
    Sample("messages:send", lambda rows: {"conversationId": rows.conversation, "message": TEXT}),
    Sample("messages:cancel", _in_project),
    Sample("messages:cancelMessage", _of_message),
    Sample("github:cancelImport", _in_project, after=_CLAIM),
    Sample("github:cancelExport", _in_project, after=_EXPORT),
    Sample("github:resetExport", _in_project),
    Sample("users:getOrCreateUser", lambda _: {}),
    Sample("users:getSubscription", lambda _: {}),
    Sample("users:getBillingStatus", lambda _: {}),
    Sample("users:getProjectCount", lambda _: {}),
    _START_TRIAL,
    Sample("users:cancelTrial", lambda _: {}, after=_START_TRIAL),
    Sample("users:getUserByStackUserId", lambda rows: {"stackUserId": rows.subject}),
    Sample("users:getUserByAutumnCustomerId", lambda rows: {"autumnCustomerId": rows.customer}),
    Sample("users:updateSubscription", lambda rows: {"stackUserId": rows.subject, "projectLimit": -1}),
    Sample("users:syncUserFromClerk", lambda rows: {"stackUserId": rows.subject, "email": "new@example.com"}),
    Sample(
        "system:syncSubscription",
        lambda rows: {
            "stackUserId": rows.subject,
            "plan": {"customerId": rows.customer, "productId": "pro", "tier": "pro_monthly", "status": "active"},
        },
    ),
    Sample("system:syncSubscription", lambda rows: {"stackUserId": rows.subject, "email": "new@example.com"}),
    Sample("system:getConversationById", lambda rows: {"conversationId": rows.conversation}),
    Sample("system:updateConversationTitle", lambda rows: {"conversationId": rows.conversation, "title": "A bug"}),
    Sample(
        "system:updateConversationTitle",
        lambda rows: {"conversationId": rows.conversation, "title": "A bug", "expectedTitle": "New Conversation"},
    ),
    Sample(
        "system:createMessage",
        lambda rows: _in_project(rows, conversationId=rows.conversation, role="user", content=TEXT),
    ),
    Sample(
        "system:createMessage",
        lambda rows: _in_project(
            rows, conversationId=rows.conversation, role="assistant", content="", status="processing"
        ),
        after=_CANCEL,
    ),
    Sample("system:getMessageById", _of_message),
    Sample("system:getMessageContext", _of_message),
    Sample("system:getProcessingMessages", _in_project),
    Sample("system:getProccessingMessages", _in_project),
    Sample("system:getRecentMessages", lambda rows: {"conversationId": rows.conversation}),
    Sample("system:updateMessageContent", lambda rows: _of_message(rows, content=TEXT)),
    Sample("system:updateMessageStatus", lambda rows: _of_message(rows, status="cancelled")),
    _CANCEL,
    Sample(
        "system:streamMessageContent", lambda rows: _of_message(rows, content=TEXT, isComplete=True), case="whole"
    ),
    Sample("system:streamMessageContent", lambda rows: _of_message(rows, content=TEXT)),
    Sample(
        "system:beginAssistantTurn",
        lambda rows: {"conversationId": rows.conversation, "ownerId": rows.subject, "content": TEXT},
    ),
    Sample("system:updateMessageTriggerRunId", lambda rows: _of_message(rows, triggerRunId="run_1")),
    Sample("system:appendToolCall", lambda rows: _of_message(rows, toolCall=_CALL)),
    Sample("system:appendToolResult", lambda rows: _of_message(rows, toolCallId="0", result=TEXT)),
    Sample("system:getProjectById", _in_project),
    Sample("system:createProject", lambda rows: {"name": "repo", "ownerId": rows.subject}),
    Sample(
        "system:createProjectWithConversation",
        lambda rows: {"projectName": "new", "conversationTitle": "Hello", "ownerId": rows.subject},
    ),
    Sample(
        "system:startImport",
        lambda rows: {
            "ownerId": rows.subject,
            "name": "repo",
            "owner": "octocat",
            "repo": "repo",
            "githubToken": _TOKEN,
        },
    ),
    _EXPORT,
    _CLAIM,
    Sample("system:claimJob", lambda rows: _in_project(rows, kind="export-to-github", jobId="1"), case="export"),
    Sample(
        "system:finishJob",
        lambda rows: _in_project(rows, kind="import-github-repo", jobId=f"import of {rows.project}", status="failed"),
        after=_CLAIM,
        case="import",
    ),
    Sample("system:finishJob", lambda rows: _in_project(rows, kind="process-message", jobId=rows.message)),
    Sample("system:updateImportStatus", lambda rows: _in_project(rows, status="importing"), case="begun"),
    Sample("system:updateImportStatus", lambda rows: _in_project(rows, status="completed"), after=_CLAIM),
    Sample("system:updateProjectImportStatus", lambda rows: _in_project(rows, status="importing")),
    Sample("system:updateExportStatus", lambda rows: _in_project(rows, status="exporting")),
    Sample("system:updateProjectExportStatus", lambda rows: _in_project(rows, status="exporting")),
    Sample("system:reapStaleJobs", lambda _: {}),
    Sample("system:reapStaleJobs", lambda _: {"olderThanMs": 0}, after=_CLAIM),
    Sample("system:appendGenerationEvent", lambda rows: _in_project(rows, type="step", message="Wrote a.ts")),
    Sample("system:writeFileByPath", lambda rows: _in_project(rows, path="src/new.ts", content=TEXT)),
    Sample("system:writeFileByPath", lambda rows: _in_project(rows, path="logo.png", content=TEXT), case="binary"),
    Sample("system:readFileByPath", lambda rows: _in_project(rows, path="src/0.ts")),
    Sample("system:deleteFileByPath", lambda rows: _in_project(rows, path="src/0.ts")),
    Sample("system:deleteFileByPath", lambda rows: _in_project(rows, path="logo.png"), case="binary"),
    Sample("system:listFilesByPath", lambda rows: _in_project(rows, path="src")),
    Sample("system:getProjectStructure", _in_project),
    Sample("system:getAllProjectFiles", _in_project),
    Sample("system:getProjectFiles", _in_project),
    Sample("system:getProjectFilesWithUrls", _in_project),
    Sample("system:getProjectEntries", _in_project),
    Sample("system:getFileById", lambda rows: _in_project(rows, fileId=rows.file)),
    Sample("system:updateFile", lambda rows: {"fileId": rows.file, "content": TEXT}),
    Sample("system:updateFile", lambda rows: {"fileId": rows.binary, "content": TEXT}, case="binary"),
    Sample("system:createFile", lambda rows: _in_folder(rows, name="new.ts", content=TEXT)),
    Sample(
        "system:createFiles",
        lambda rows: _in_folder(rows, files=[{"name": f"new{n}.ts", "content": TEXT} for n in range(5)]),
    ),
    Sample("system:createFolder", lambda rows: _in_folder(rows, name="new")),
    Sample("system:createBinaryFile", lambda rows: _in_folder(rows, name="new.png", storageId=rows.upload)),
    Sample("system:renameFile", lambda rows: {"fileId": rows.file, "newName": "new.ts"}),
    Sample("system:deleteFile", lambda rows: {"fileId": rows.file}),
    Sample("system:deleteFile", lambda rows: {"fileId": rows.binary}, case="binary"),
    Sample("system:cleanup", _in_project),
    Sample("system:sweepDeletions", lambda _: {"limit": 5}),
    Sample("system:sweepDeletions", lambda _: {"limit": 5}, case="project", after=_DELETE),
    Sample("system:deleteProjectBatch", _in_project, after=_DELETE),
    Sample("system:generateUploadUrl", lambda _: {}),
    Sample(
        "system:importBatch",
        lambda rows: _in_project(
            rows,
            jobId=rows.message,
            entries=[
                {"path": "src/0.ts", "content": TEXT},
                {"path": "docs/new.md", "content": TEXT},
                {"path": "docs/new.png", "storageId": rows.upload},
                {"path": "lib", "type": "folder"},
            ],
        ),
    ),
)
"""At least one for every function."""
