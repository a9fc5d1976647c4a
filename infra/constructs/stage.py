"""One stage: a function, the queue that feeds it, its dead letters, log group and alarms."""

from collections.abc import Iterable
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs import grants
from infra.constructs.code import Code
from infra.constructs.data import Shelf, Store
from infra.constructs.observability import (
    count_line,
    watch_dead_letters,
    watch_function,
    watch_line,
    watch_queue,
)
from infra.constructs.queues import dead_letters, work_queue

RUNTIME = lambda_.Runtime.PYTHON_3_13
BATCH = 10


@dataclass(frozen=True)
class Size:
    """
    How long a function may run and how much memory, so also CPU, it gets.

    Args:
        timeout_seconds: 1 to 900.
        memory_mb: 128 to 10240; 1769 is one whole CPU.
    """

    timeout_seconds: int
    memory_mb: int


class Stage(Construct):
    """
    A function with everything that belongs to it and to nobody else.

    Each verb below sets the environment name and the permission together, so that a
    function never knows a place it may not use, nor may use one it does not know.
    """

    def __init__(
        self, scope: Construct, name: str, *, code: Code, size: Size, queue: bool = False
    ) -> None:
        """Create the function, with a queue of its own if it does queued work."""
        super().__init__(scope, name.capitalize())
        self.name = name
        self.log_group = logs.LogGroup(
            self, "Logs", retention=code.retention, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.log_group.grant_write(self.role)
        self.function = self._function(code, size)
        watch_function(self, self.function)
        self._queues: tuple[sqs.Queue, sqs.Queue] | None = None
        if queue:
            self._queues = self._make_queues(size.timeout_seconds)

    @property
    def queue(self) -> sqs.Queue:
        """
        Return the queue that feeds this stage.

        Raises:
            LookupError: the stage has no queue.
        """
        return self._both()[0]

    @property
    def dead_letters(self) -> sqs.Queue:
        """
        Return the queue where this stage's failed work waits.

        Raises:
            LookupError: the stage has no queue.
        """
        return self._both()[1]

    def knows(self, **names: str) -> None:
        """Set environment names that carry no permission."""
        for name, value in names.items():
            self.function.add_environment(name, value)

    def uses(self, env: str, store: Store, actions: Iterable[str]) -> None:
        """Let the function use a table."""
        self.knows(**{env: store.table.table_name})
        grants.allow_store(self.role, store, actions)

    def keeps(self, env: str, shelf: Shelf, actions: Iterable[str]) -> None:
        """Let the function use the objects of a bucket."""
        self.knows(**{env: shelf.bucket.bucket_name})
        grants.allow_shelf(self.role, shelf, actions)

    def opens(self, secret: secretsmanager.Secret) -> None:
        """Let the function read the secret."""
        self.knows(SECRET_ID=secret.secret_arn)
        grants.allow(self.role, ["secretsmanager:GetSecretValue"], [secret.secret_arn])

    def sends_to(self, *others: "Stage") -> None:
        """Let the function put work on the queues of other stages."""
        for other in others:
            self.knows(**{f"{other.name.upper()}_QUEUE_URL": other.queue.queue_url})
            other.queue.grant_send_messages(self.role)

    def reads_queue(self, queue: sqs.Queue, mapping_id: str, *, concurrency: int) -> None:
        """Feed the function from a queue, ten records at a time, each failing alone."""
        lambda_.EventSourceMapping(
            self,
            mapping_id,
            target=self.function,
            event_source_arn=queue.queue_arn,
            batch_size=BATCH,
            max_concurrency=concurrency,
            report_batch_item_failures=True,
        )
        queue.grant_consume_messages(self.role)

    def does_work(self, *, concurrency: int) -> None:
        """Feed the function from its own queue and let it lay work aside at once."""
        self.reads_queue(self.queue, "Work", concurrency=concurrency)
        self.knows(DEAD_LETTERS_URL=self.dead_letters.queue_url)
        self.dead_letters.grant_send_messages(self.role)

    def alarms_at(self, name: str, *, line: str) -> None:
        """Alarm when the function logs a line."""
        watch_line(self, self.log_group, line=line, name=name)

    def adds_up(self, name: str, *, line: str, value: str) -> None:
        """Add up a figure of a line that the function logs."""
        count_line(self, self.log_group, line=line, name=name, value=value)

    def _function(self, code: Code, size: Size) -> lambda_.Function:
        """Create the function from its own folder and the two layers."""
        return lambda_.Function(
            self,
            "Function",
            architecture=lambda_.Architecture.ARM_64,
            code=code.function(self.name),
            environment={"POWERTOOLS_SERVICE_NAME": self.name, "POWERTOOLS_LOG_LEVEL": "INFO"},
            handler=f"functions.{self.name}.handler.handler",
            layers=code.layers,
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            memory_size=size.memory_mb,
            role=self.role,
            runtime=RUNTIME,
            timeout=cdk.Duration.seconds(size.timeout_seconds),
        )

    def _make_queues(self, timeout_seconds: int) -> tuple[sqs.Queue, sqs.Queue]:
        """Create the queue and its dead-letter queue, and watch both."""
        dead = dead_letters(self, "DeadLetters")
        queue = work_queue(self, "Queue", dead, timeout_seconds=timeout_seconds)
        watch_queue(self, queue)
        watch_dead_letters(self, dead)
        return queue, dead

    def _both(self) -> tuple[sqs.Queue, sqs.Queue]:
        """Return the queue and its dead-letter queue."""
        if self._queues is None:
            message = f"stage {self.name} has no queue"
            raise LookupError(message)
        return self._queues
