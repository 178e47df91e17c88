"""The physical name and ARN of everything in a stage.

Stacks find each other's resources by name rather than by exported values, so none of them pins another's change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aws_cdk import Aws

from infra.stage import Stage
from shared.job_settings import JobSettings
from shared.schema.table import SecondaryIndex, Table
from shared.settings import Settings

_AREAS: Final = frozenset({"apac", "au", "ca", "eu", "global", "jp", "us", "us-gov"})
"""What ids of Bedrock's inference profiles begin with, before that of the model."""


@dataclass(frozen=True)
class Names:
    """Names within one stage; partition, region and account are CloudFormation's unless given."""

    stage: Stage
    partition: str = Aws.PARTITION
    region: str = Aws.REGION
    account: str = Aws.ACCOUNT_ID
    url_suffix: str = Aws.URL_SUFFIX

    @property
    def prefix(self) -> str:
        """What every name begins with."""
        return f"polaris-{self.stage.name}"

    @property
    def settings(self) -> Settings:
        """What the functions are told of the deployment."""
        return Settings(
            table_prefix=f"{self.prefix}-",
            content_bucket=f"{self.prefix}-content-{self.account}-{self.region}",
            storage_bucket=f"{self.prefix}-storage-{self.account}-{self.region}",
            internal_key_secret=f"{self.prefix}-internal-key",
            signing_key_secret=f"{self.prefix}-signing-key",
            edge_key_secret=f"{self.prefix}-edge-key" if self.stage.edge else "",
            public_url_parameter=f"/polaris/{self.stage.name}/public-url",
            clerk_issuer=self.stage.clerk_issuer,
            stack_project_id=self.stage.stack_project_id,
            auth_providers=self.stage.auth_providers,
            project_order=self.stage.project_order,
            mailboxes=tuple(map(self.queue_url, self.queues("mailbox"))),
            sweeps=self.queue_url(self.delay_queue("sweeps")),
            sweep_segments=self.stage.sweep_segments,
            audit_minutes=self.stage.audit_minutes,
        )

    @property
    def job_settings(self) -> JobSettings:
        """What the functions are told of jobs."""
        return self.stage.jobs._replace(machines=self.machine_arn(""))

    @property
    def access_log(self) -> str:
        """The log group of the HTTP API's access log."""
        return f"/aws/vendedlogs/{self.prefix}-http-api"

    @property
    def websocket_stage(self) -> str:
        """The stage of the WebSocket API; it stands for the API in rights, since nobody can choose the API's id."""
        return self.prefix

    def websocket_endpoint(self, api_id: str) -> str:
        """Return the URL at which messages are posted to the sockets of the WebSocket API."""
        api = f"https://{api_id}.execute-api.{self.region}.{self.url_suffix}"
        if self.stage.execute_api_url:
            api = f"{self.stage.execute_api_url}/{api_id}"
        return f"{api}/{self.websocket_stage}"

    def sockets_arn(self, method: str) -> str:
        """Return the ARN of all sockets of the WebSocket API, for posting (`POST`) or closing them (`DELETE`)."""
        return self._arn("execute-api", f"*/{self.websocket_stage}/{method}/@connections/*")

    def queues(self, name: str) -> tuple[str, ...]:
        """Return the names of the FIFO queues that together are the queue `name`."""
        return tuple(f"{self.prefix}-{name}-{number}.fifo" for number in range(self.stage.mailboxes))

    def failed_messages(self, name: str) -> str:
        """Return the name of the FIFO queue of what could not be handled of the queue `name`."""
        return f"{self.prefix}-{name}-failed.fifo"

    def delay_queue(self, name: str) -> str:
        """Return the name of the queue `name` whose messages wait before they are handled."""
        return f"{self.prefix}-{name}"

    def failed_delayed(self, name: str) -> str:
        """Return the name of the queue of what could not be handled of the delay queue `name`."""
        return f"{self.delay_queue(name)}-failed"

    def failed_changes(self, table: str) -> str:
        """Return the name of the queue that says what could not be handled of a table's stream."""
        return f"{self.prefix}-{table}-failed"

    def queue_url(self, queue: str) -> str:
        """Return the URL of a queue."""
        return f"https://sqs.{self.region}.{self.url_suffix}/{self.account}/{queue}"

    def queue_arn(self, queue: str) -> str:
        """Return the ARN of a queue."""
        return self._arn("sqs", queue)

    def function(self, path: str) -> str:
        """Return the Lambda name of the function `path`, such as `projects:getById`, or of a door."""
        return f"{self.prefix}-{path.replace(':', '-')}"

    def function_arn(self, path: str) -> str:
        """Return the ARN of the Lambda of the function `path`, or of a door."""
        return self._arn("lambda", f"function:{self.function(path)}")

    def machine(self, name: str) -> str:
        """Return the name of the state machine `name`."""
        return f"{self.prefix}-{name}"

    def machine_arn(self, name: str) -> str:
        """Return the ARN of the state machine `name`."""
        return self._arn("states", f"stateMachine:{self.machine(name)}")

    def executions_arn(self, name: str) -> str:
        """Return the ARN of all executions of the state machine `name`."""
        return self._arn("states", f"execution:{self.machine(name)}:*")

    def model_arns(self, model_id: str) -> tuple[str, ...]:
        """Return the ARNs that stand for a model of Bedrock, or for an inference profile and the models behind it."""
        foundation = f"arn:{self.partition}:bedrock:*::foundation-model"
        if model_id.startswith("arn:"):
            return (model_id, f"{foundation}/*")
        area, _, model = model_id.partition(".")
        name = model if area in _AREAS else model_id
        return (f"{foundation}/{name}", self._arn("bedrock", f"inference-profile/{model_id}"))

    def table(self, table: Table) -> str:
        """Return the name of a DynamoDB table."""
        return self.settings.table_name(table.name)

    def table_arn(self, table: Table) -> str:
        """Return the ARN of a DynamoDB table."""
        return self._arn("dynamodb", f"table/{self.table(table)}")

    def stream_arn(self, table: Table) -> str:
        """Return the ARN of a table's stream, past and present ones."""
        return f"{self.table_arn(table)}/stream/*"

    def index_arn(self, table: Table, index: SecondaryIndex) -> str:
        """Return the ARN of a secondary index."""
        return f"{self.table_arn(table)}/index/{index.name}"

    def bucket_arn(self, bucket: str) -> str:
        """Return the ARN of a bucket; bucket names are global, so it names neither region nor account."""
        return f"arn:{self.partition}:s3:::{bucket}"

    def objects_arn(self, bucket: str, prefix: str) -> str:
        """Return the ARN of all objects of a bucket whose keys begin with `prefix`."""
        return f"{self.bucket_arn(bucket)}/{prefix}*"

    def secret_arn(self, secret: str) -> str:
        """Return the ARN of a secret; Secrets Manager adds a hyphen and six random characters to the name."""
        return self._arn("secretsmanager", f"secret:{secret}-??????")

    def parameter_arn(self, parameter: str) -> str:
        """Return the ARN of a Systems Manager parameter, whose name begins with a slash."""
        return self._arn("ssm", f"parameter{parameter}")

    def log_group(self, function: str) -> str:
        """Return the log group of a Lambda, at Lambda's own default place."""
        return f"/aws/lambda/{function}"

    def log_group_arn(self, log_group: str) -> str:
        """Return the ARN of a log group."""
        return self._arn("logs", f"log-group:{log_group}")

    def log_streams_arn(self, log_group: str) -> str:
        """Return the ARN of all streams of a log group."""
        return f"{self.log_group_arn(log_group)}:log-stream:*"

    def _arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"
