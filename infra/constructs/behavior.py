"""How CloudFront treats requests: those for the APIs, and those for stored files."""

from __future__ import annotations

from collections.abc import Callable

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.edge_function import add_edge_function, edge_code
from infra.cors import CORS_HEADERS, CORS_MAX_AGE_S, CORS_METHODS, CORS_ORIGINS
from infra.guards import API_GUARD, API_POLICY, CONSOLE_POLICY, FILES_POLICY, HSTS_S, RUNNING
from infra.names import Names


def add_api_behavior(
    scope: Construct, names: Names, websocket_stage: str | None
) -> Callable[[cloudfront.IOrigin], cloudfront.BehaviorOptions]:
    """Return what makes the behaviour towards an API at an origin: everything is passed on, nothing is cached.

    Args:
        scope: the stack.
        names: of the stage.
        websocket_stage: the stage of the WebSocket API, or None while there is none.
    """
    code = edge_code("api_request.js", WEBSOCKET_STAGE=websocket_stage)
    function = add_edge_function(scope, "api-request", names, code)
    headers = cloudfront.ResponseHeadersPolicy(
        scope,
        "ApiHeaders",
        response_headers_policy_name=f"{names.prefix}-api",
        cors_behavior=_cors(),
        custom_headers_behavior=_not_kept(),
        security_headers_behavior=_guarded(API_POLICY),
    )
    return lambda origin: cloudfront.BehaviorOptions(
        origin=origin,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
        cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
        # API Gateway refuses requests whose Host is not its own.
        origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        function_associations=[function],
        response_headers_policy=headers,
    )


def storage_origin(scope: Construct, names: Names) -> cloudfront.IOrigin:
    """Return the bucket of stored files as an origin."""
    bucket = s3.Bucket.from_bucket_attributes(
        scope, "Storage", bucket_name=names.settings.storage_bucket, region=names.region
    )
    return origins.S3BucketOrigin.with_origin_access_control(bucket)


def add_files_behavior(scope: Construct, names: Names, origin: cloudfront.IOrigin) -> cloudfront.BehaviorOptions:
    """Serve files from S3, uncached: a deleted file's URL must stop working.

    Files are whatever users uploaded and share the API's origin, so browsers may neither guess their type nor run
    them.
    """
    headers = cloudfront.ResponseHeadersPolicy(
        scope,
        "FileHeaders",
        response_headers_policy_name=f"{names.prefix}-files",
        cors_behavior=_cors(),
        security_headers_behavior=_guarded(FILES_POLICY),
    )
    return cloudfront.BehaviorOptions(
        origin=origin,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
        cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        function_associations=[
            add_edge_function(scope, "file-request", names, edge_code("file_request.js", RUNNING=RUNNING))
        ],
        response_headers_policy=headers,
    )


def add_console_behavior(scope: Construct, names: Names, origin: cloudfront.IOrigin) -> cloudfront.BehaviorOptions:
    """Serve the console's page and its files from S3, each for as long as it says itself."""
    headers = cloudfront.ResponseHeadersPolicy(
        scope,
        "ConsoleHeaders",
        response_headers_policy_name=f"{names.prefix}-console",
        security_headers_behavior=_guarded(CONSOLE_POLICY, framed=False),
    )
    return cloudfront.BehaviorOptions(
        origin=origin,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
        cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        function_associations=[add_edge_function(scope, "console-request", names, edge_code("console_request.js"))],
        response_headers_policy=headers,
    )


def _cors() -> cloudfront.ResponseHeadersCorsBehavior:
    return cloudfront.ResponseHeadersCorsBehavior(
        access_control_allow_origins=CORS_ORIGINS,
        access_control_allow_methods=CORS_METHODS,
        access_control_allow_headers=CORS_HEADERS,
        access_control_allow_credentials=False,
        access_control_max_age=Duration.seconds(CORS_MAX_AGE_S),
        origin_override=True,
    )


def _guarded(policy: str, *, framed: bool = True) -> cloudfront.ResponseSecurityHeadersBehavior:
    """Return the headers that guard answers with a content security policy; see `infra.guards`."""
    denied = cloudfront.ResponseHeadersFrameOptions(frame_option=cloudfront.HeadersFrameOption.DENY, override=True)
    return cloudfront.ResponseSecurityHeadersBehavior(
        content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
        content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
            content_security_policy=policy, override=True
        ),
        frame_options=None if framed else denied,
        referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
            referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=True
        ),
        strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
            access_control_max_age=Duration.seconds(HSTS_S), override=True
        ),
    )


def _not_kept() -> cloudfront.ResponseCustomHeadersBehavior:
    kept = cloudfront.ResponseCustomHeader(header="cache-control", value=API_GUARD["Cache-Control"], override=True)
    return cloudfront.ResponseCustomHeadersBehavior(custom_headers=[kept])
