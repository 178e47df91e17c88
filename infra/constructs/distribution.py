"""CloudFront: the one origin that clients know.

/api/storage/upload       the HTTP API
/api/storage/*            files, from the storage bucket
/_console, /_console/*    the console, from the same bucket
/api/*/sync, /api/sync    the WebSocket API, or 501 while there is none
everything else           the HTTP API
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from aws_cdk import Annotations
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk.aws_certificatemanager import Certificate
from aws_cdk.aws_cloudfront_origins import HttpOrigin
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.console_files import PREFIX as CONSOLE
from infra.constructs.behavior import add_api_behavior, add_console_behavior, add_files_behavior, storage_origin
from infra.names import Names
from infra.stage import Stage
from shared.runtime.addresses import EDGE_HEADER
from shared.storage import PREFIX

SYNC_PATHS: Final = ("/api/*/sync", "/api/sync")
FILES_PATH: Final = f"/{PREFIX}*"
CONSOLE_PATHS: Final = (f"/{CONSOLE}*", f"/{CONSOLE.rstrip('/')}")


@dataclass(frozen=True)
class WebSocketOrigin:
    """Where a WebSocket API is served: `wss://{domain_name}/{stage}`."""

    domain_name: str
    stage: str


def add_distribution(
    scope: Construct, names: Names, *, api_domain_name: str, api_paths: list[str], websocket: WebSocketOrigin | None
) -> cloudfront.Distribution:
    """Create the distribution.

    Args:
        scope: the stack.
        names: of the stage.
        api_domain_name: host of the HTTP API.
        api_paths: paths of the HTTP API that would otherwise be taken for stored files.
        websocket: where the WebSocket API is, or None while there is none.
    """
    to_api = add_api_behavior(scope, names, websocket.stage if websocket else None)
    # CloudFormation puts the value in; whoever may look at the distribution can claim to call from any address.
    proof = {EDGE_HEADER: f"{{{{resolve:secretsmanager:{names.settings.edge_key_secret}}}}}"}
    api = HttpOrigin(api_domain_name, custom_headers=proof)
    storage = storage_origin(scope, names)
    socket = HttpOrigin(websocket.domain_name, custom_headers=proof) if websocket else api
    distribution = cloudfront.Distribution(
        scope,
        "Distribution",
        comment=names.prefix,
        default_behavior=to_api(api),
        additional_behaviors={
            **dict.fromkeys(api_paths, to_api(api)),
            FILES_PATH: add_files_behavior(scope, names, storage),
            **dict.fromkeys(CONSOLE_PATHS, add_console_behavior(scope, names, storage)),
            **dict.fromkeys(SYNC_PATHS, to_api(socket)),
        },
        http_version=cloudfront.HttpVersion.HTTP2_AND_3,
        **(_own_domain(scope, names.stage) if names.stage.domain_name else {}),
    )
    _acknowledge_findings(distribution)
    return distribution


def _own_domain(scope: Construct, stage: Stage) -> dict[str, Any]:
    return {
        "domain_names": [stage.domain_name],
        "certificate": Certificate.from_certificate_arn(scope, "Certificate", stage.certificate_arn),
        "minimum_protocol_version": cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
    }


def _acknowledge_findings(distribution: cloudfront.Distribution) -> None:
    acknowledge(distribution, "CFR1", "clients are everywhere")
    acknowledge(distribution, "CFR2", "the HTTP API throttles; a firewall is the account owner's choice and cost")
    acknowledge(distribution, "CFR3", "URLs of files are capabilities, which must not be written to logs")
    acknowledge(distribution, "CFR4", "without a domain of one's own, CloudFront's certificate sets the protocol")
    # The bucket's policy stands in the data stack, so that the two stacks do not come to depend on each other.
    Annotations.of(distribution).acknowledge_warning("@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac")
