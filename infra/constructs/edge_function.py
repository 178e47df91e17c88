"""The code that runs on CloudFront, before a request reaches anything of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from infra.cors import CORS_HEADERS, CORS_MAX_AGE_S, CORS_METHODS, CORS_ORIGINS
from infra.names import Names

_CORS = {
    "access-control-allow-origin": ",".join(CORS_ORIGINS),
    "access-control-allow-methods": ",".join(CORS_METHODS),
    "access-control-allow-headers": ",".join(CORS_HEADERS),
    "access-control-max-age": str(CORS_MAX_AGE_S),
}


def edge_code(source: str, **constants: Any) -> str:
    """Return the code in the file `source` with `CORS` and `constants` defined before it."""
    defined = {"CORS": {name: {"value": value} for name, value in _CORS.items()}, **constants}
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in defined.items())
    return head + Path(__file__).with_name(source).read_text()


def add_edge_function(scope: Construct, id: str, names: Names, code: str) -> cloudfront.FunctionAssociation:
    """Create a function and return how a behaviour runs it on its requests."""
    function = cloudfront.Function(
        scope,
        id,
        function_name=f"{names.prefix}-{id}",
        code=cloudfront.FunctionCode.from_inline(code),
        runtime=cloudfront.FunctionRuntime.JS_2_0,
    )
    return cloudfront.FunctionAssociation(function=function, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST)
