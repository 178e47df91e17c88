"""What the edge answers when it does not pass a request on."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web


class Refusal(Exception):
    """A request that ends at the edge, with the `{code, message}` body that Convex clients expect of a failure."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers

    def response(self) -> web.Response:
        """Return the HTTP response."""
        body = {"code": self.code, "message": self.message}
        return web.json_response(body, status=self.status, headers=self.headers)
