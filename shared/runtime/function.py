"""`@query`, `@mutation` and their kin: a decorated function is a `Function`, and a `Function` is a Lambda handler.

    @query(reads=[Project])
    def get_by_id(ctx: QueryContext, *, id: Id[Project]) -> Project: ...

The wire name comes from where the function stands: `functions/projects.py`, `get_by_id` → `projects:getById`; every
module below `functions/system/` is the wire module `system`. A trailing underscore, which keeps a name off a Python
word, is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Concatenate, Generic, Literal, ParamSpec, TypeVar

from shared.db.access import Access
from shared.runtime.argument_errors import INTERNAL_KEY
from shared.runtime.arguments import Arguments
from shared.runtime.context import BulkContext, MutationContext, QueryContext
from shared.runtime.lambda_event import answer
from shared.schema.camel import camel_case
from shared.schema.document import Document

if TYPE_CHECKING:
    from shared.limits.allowances import Spending

P = ParamSpec("P")
R = TypeVar("R")
Kind = Literal["query", "mutation"]
Tables = Iterable[type[Document]]


@dataclass(frozen=True, eq=False)
class Function(Generic[R]):
    """A function of the app.

    Attributes:
        body: the decorated Python function; its first parameter is the context, the rest are keyword-only arguments.
        kind: whether clients call it as a query or as a mutation.
        internal: whether callers over HTTP must pass `internalKey` (IAM stands for it on direct invocation).
        bulk: whether it works in several transactions, each atomic, rather than in one.
        access: what it may touch.
        admin: whether it is for administrators; nobody else gets to know of it.
        spending: what a call counts as, if not as any query or mutation.
    """

    body: Callable[..., R]
    kind: Kind
    internal: bool
    bulk: bool
    access: Access
    admin: bool = False
    spending: Spending | None = None

    @property
    def module(self) -> str:
        """The wire module, such as `projects`."""
        return self.body.__module__.split(".")[1]

    @cached_property
    def name(self) -> str:
        """The wire name within the module, such as `getById`."""
        return camel_case(self.body.__name__.rstrip("_"))

    @cached_property
    def path(self) -> str:
        """How clients address it: `projects:getById`."""
        return f"{self.module}:{self.name}"

    @property
    def handler(self) -> str:
        """The Lambda handler string, such as `functions.projects.get_by_id`."""
        return f"{self.body.__module__}.{self.body.__name__}"

    @property
    def route(self) -> str:
        """The HTTP path of its own Lambda."""
        return f"/api/run/{self.module}/{self.name}"

    @property
    def visibility(self) -> Literal["public", "internal", "admin"]:
        """Who may call it."""
        return "admin" if self.admin else "internal" if self.internal else "public"

    @property
    def spends(self) -> Spending:
        """What a call counts as; see `shared.limits.allowances`."""
        return self.spending or ("queries" if self.kind == "query" else "mutations")

    @property
    def description(self) -> str:
        """The first line of its docstring."""
        return (self.body.__doc__ or "").strip().partition("\n")[0]

    @cached_property
    def arguments(self) -> Arguments:
        """The validator of its arguments, made from the signature."""
        return Arguments.of(self.body, with_internal_key=self.internal)

    @property
    def checks_internal_key(self) -> bool:
        """Whether it may be passed an internal key, and so has to know the right one."""
        return INTERNAL_KEY in self.arguments.parameters

    def __call__(self, event: dict[str, Any], context: Any) -> Any:
        """Handle a Lambda event: an API Gateway request, or `{"args": {...}}` from a trusted AWS caller."""
        return answer(self, event, context)


def query(*, reads: Tables = ()) -> Callable[[Callable[Concatenate[QueryContext, P], R]], Function[R]]:
    """Declare a public query that may read the tables `reads`."""
    return _declare("query", Access(reads=frozenset(reads)))


def mutation(
    *, reads: Tables = (), writes: Tables = (), binary: bool = False, spends: Spending | None = None
) -> Callable[[Callable[Concatenate[MutationContext, P], R]], Function[R]]:
    """Declare a public mutation: one transaction over the tables `reads` and `writes`."""
    return _declare("mutation", Access(frozenset(reads), frozenset(writes), binary), spends=spends)


def bulk_mutation(
    *, reads: Tables = (), writes: Tables = (), binary: bool = False
) -> Callable[[Callable[Concatenate[BulkContext, P], R]], Function[R]]:
    """Declare a public mutation that works in steps, each a transaction of its own (clients see one mutation)."""
    return _declare("mutation", Access(frozenset(reads), frozenset(writes), binary), bulk=True)


def internal_query(*, reads: Tables = ()) -> Callable[[Callable[Concatenate[QueryContext, P], R]], Function[R]]:
    """Declare a query for the app's own servers: callers must pass `internalKey`."""
    return _declare("query", Access(reads=frozenset(reads)), internal=True)


def internal_mutation(
    *, reads: Tables = (), writes: Tables = (), binary: bool = False
) -> Callable[[Callable[Concatenate[MutationContext, P], R]], Function[R]]:
    """Declare a mutation for the app's own servers: callers must pass `internalKey`."""
    return _declare("mutation", Access(frozenset(reads), frozenset(writes), binary), internal=True)


def internal_bulk_mutation(
    *, reads: Tables = (), writes: Tables = (), binary: bool = False
) -> Callable[[Callable[Concatenate[BulkContext, P], R]], Function[R]]:
    """Declare a `bulk_mutation` for the app's own servers: callers must pass `internalKey`."""
    return _declare("mutation", Access(frozenset(reads), frozenset(writes), binary), internal=True, bulk=True)


def admin_query(*, reads: Tables = ()) -> Callable[[Callable[Concatenate[QueryContext, P], R]], Function[R]]:
    """Declare a query for administrators."""
    return _declare("query", Access(reads=frozenset(reads)), admin=True)


def admin_mutation(
    *, reads: Tables = (), writes: Tables = (), binary: bool = False
) -> Callable[[Callable[Concatenate[MutationContext, P], R]], Function[R]]:
    """Declare a mutation for administrators."""
    return _declare("mutation", Access(frozenset(reads), frozenset(writes), binary), admin=True)


def admin_bulk_mutation(
    *, reads: Tables = (), writes: Tables = (), binary: bool = False
) -> Callable[[Callable[Concatenate[BulkContext, P], R]], Function[R]]:
    """Declare a `bulk_mutation` for administrators."""
    return _declare("mutation", Access(frozenset(reads), frozenset(writes), binary), bulk=True, admin=True)


def _declare(
    kind: Kind,
    access: Access,
    *,
    internal: bool = False,
    bulk: bool = False,
    admin: bool = False,
    spends: Spending | None = None,
) -> Callable[[Callable[..., R]], Function[R]]:
    def decorate(body: Callable[..., R]) -> Function[R]:
        return Function(body, kind, internal, bulk, access, admin, spends)

    return decorate
