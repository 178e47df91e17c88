"""Projects: made, generated, deleted, and counted."""

from __future__ import annotations

from pydantic import Field

from functions.projects import create, create_with_prompt, delete_project, generate
from functions.routes.usage import USAGE, refused_usage, require_room, usage_of
from shared.errors import LimitReached
from shared.runtime.route import Fields, Json, Request, route
from shared.schema.document import Id
from shared.schema.tables import Project


class NewProject(Fields):
    """A project without files."""

    name: str = Field(min_length=1, title="Project name")


class Prompt(Fields):
    """What the assistant begins a project with."""

    prompt: str = Field(min_length=1, title="Prompt")


class Description(Fields):
    """A project that the assistant writes."""

    description: str
    project_name: str | None = None


class Deleted(Fields):
    """A project."""

    project_id: Id[Project] = Field(title="Project ID")


@route(
    "POST /api/projects/create",
    fields=NewProject,
    calls=(create, *USAGE),
    failed="Failed to create project",
    tells={LimitReached: refused_usage},
)
def make(request: Request[NewProject]) -> Json:
    """Creates a project."""
    project = request.call(create, name=request.fields.name)
    return {"projectId": project, "tracked": True, **usage_of(request)}


@route(
    "POST /api/projects/create-with-prompt",
    fields=Prompt,
    calls=(create_with_prompt, *USAGE),
    failed="Failed to create project",
    tells={LimitReached: refused_usage},
)
def make_with_prompt(request: Request[Prompt]) -> Json:
    """Creates a project and lets the assistant begin with what a prompt says."""
    return {"projectId": request.call(create_with_prompt, prompt=request.fields.prompt)}


@route(
    "POST /api/projects/generate",
    fields=Description,
    calls=(generate, *USAGE),
    failed="Failed to generate project",
    tells={LimitReached: refused_usage},
)
def write(request: Request[Description]) -> Json:
    """Creates a project and lets the assistant write all of it."""
    fields = request.fields
    begun = request.call(generate, description=fields.description, project_name=fields.project_name or None)
    return {"success": True, "projectId": begun["projectId"], "runId": begun["jobId"], "eventId": begun["jobId"]}


@route("DELETE /api/projects/delete", fields=Deleted, calls=(delete_project,), failed="Failed to delete project")
def remove(request: Request[Deleted]) -> Json:
    """Deletes a project."""
    request.call(delete_project, id=request.fields.project_id)
    return {"success": True, "message": "Project deleted and usage updated"}


@route(
    "POST /api/projects/check-limit",
    fields=Fields,
    calls=USAGE,
    failed="Failed to check the project limit",
    tells={LimitReached: refused_usage},
)
def check_limit(request: Request[Fields]) -> Json:
    """Tells whether the caller may have another project."""
    return {"allowed": True, **require_room(request)}


@route("PUT /api/projects/check-limit", fields=Fields, calls=(), failed="Failed to track the project")
def track(_: Request[Fields]) -> Json:
    """Tells that projects are counted, which needs nobody's help here."""
    return {"tracked": True}
