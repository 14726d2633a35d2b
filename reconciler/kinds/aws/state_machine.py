"""State machines of AWS Step Functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import STATES
from reconciler.kinds.verbs import Listing, Update, Wait
from reconciler.kinds.words import Tagged
from reconciler.model import (
    AwsEnding,
    Does,
    IdOf,
    JsonDocument,
    Problem,
    Ref,
    RefTo,
    Scope,
    Spec,
    WrittenRecords,
)
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting, meanings

ARN = "arn:{partition}:states:{region}:{account}:stateMachine:{id}"
LARGEST = 1_048_576  # characters of a definition (service model)
_LOGGED = re.compile(r"[A-Za-z0-9_-]+")  # "To enable logging … the name should only contain" these (service model)


class StateMachineDefinition(JsonDocument):
    """The definition of a state machine, in the Amazon States Language."""

    has_file = True
    title = "State machine definition"
    example: ClassVar[dict[str, Any]] = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}


class LogGroupDestination(Spec):
    """A log group."""

    log_group_arn: Annotated[str, AwsEnding(":*")] = Field(
        pattern=r"^(.*\$\{.+\}.*|arn:aws[a-z-]*:logs:.+)$",
        description="The ARN of the log group. A name below /aws/vendedlogs/ keeps the account's log policy short.",
        examples=["${LogGroup//aws/vendedlogs/states/nightly.arn}"],
        json_schema_extra=expecting("the ARN of a log group"),
    )


class LogDestination(Spec):
    """Where the events go."""

    cloud_watch_logs_log_group: LogGroupDestination


class LoggingConfiguration(Spec):
    """The events of executions that AWS logs. The role of the machine needs the right to deliver logs."""

    level: Literal["ALL", "ERROR", "FATAL", "OFF"] = Field(
        description="The events.",
        json_schema_extra=meanings(
            ALL="All events.", ERROR="Errors.", FATAL="Errors that end an execution.", OFF="No events."
        ),
    )
    include_execution_data: bool = Field(
        False, description="True: the log has inputs and outputs too, which may be about customers."
    )
    destinations: tuple[LogDestination, ...] = Field((), max_length=1, description="The log group; one at most.")


class TracingConfiguration(Spec):
    """Traces of AWS X-Ray."""

    enabled: bool = Field(description="True: AWS X-Ray traces executions.")


class EncryptionConfiguration(Spec):
    """The key that encrypts the definition and the history of executions."""

    type: Literal["AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY"] = Field(
        description="Whose key it is.",
        json_schema_extra=meanings(AWS_OWNED_KEY="AWS's.", CUSTOMER_MANAGED_KMS_KEY="That of kmsKeyId."),
    )
    kms_key_id: str | None = Field(
        None,
        min_length=1,
        max_length=2048,
        description="The ARN of the KMS key, or of its alias.",
        examples=["arn:aws:kms:ca-central-1:111122223333:key/00000000-0000-4000-8000-000000000001"],
    )
    kms_data_key_reuse_period_seconds: int | None = Field(
        None, ge=60, le=900, description="The seconds that AWS uses one data key, from 60 to 900.", examples=[300]
    )


class StateMachine(Tagged):
    """A state machine: steps that call functions and services, and their order, repetitions and branches."""

    name: str = Field(
        pattern=r"^[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}$",
        description="The name, in up to 80 letters, digits and some signs. AWS cannot change it. Only names of "
        "letters, digits, - and _ can have a log.",
        examples=["contact-centre-prod-nightly"],
        json_schema_extra=expecting("a name of a state machine"),
    )
    definition: StateMachineDefinition = Field(
        description="The definition. ARNs in it may be references, such as those of functions and queues."
    )
    role: Annotated[str, RefTo("IamRole", by="Arn")] = Field(
        description="The name of the role that executions have.", examples=["contact-centre-prod-nightly"]
    )
    type: Literal["STANDARD", "EXPRESS"] = Field(
        "STANDARD",
        description="The type, which AWS cannot change later.",
        json_schema_extra=meanings(
            STANDARD="Executions of up to a year, each of whose steps is done once and billed.",
            EXPRESS="Executions of up to five minutes, billed by their number and time.",
        ),
    )
    logging_configuration: LoggingConfiguration = LoggingConfiguration(level="OFF")
    tracing_configuration: TracingConfiguration = TracingConfiguration(enabled=False)
    encryption_configuration: EncryptionConfiguration = EncryptionConfiguration(type="AWS_OWNED_KEY")


class StateMachineKind(Kind[StateMachine]):
    spec = StateMachine
    service = STATES
    identity = Identity("stateMachineArn", arn=ARN)
    reading = Reading(
        search=Listing("ListStateMachines", "stateMachines", {"maxResults": 1000}),
        describe=("DescribeStateMachine", ""),
        by_name=True,
        index="states:stateMachine",
    )
    writing = Writing(
        create="CreateStateMachine",
        delete="DeleteStateMachine",
        updates=(
            Update(
                "UpdateStateMachine",
                (
                    *("definition", "role", "logging_configuration", "tracing_configuration"),
                    "encryption_configuration",
                ),
            ),
        ),
        # A create answers an existing machine of equal definition, and ignores its role and tags (service model).
        overwrites=True,
        # A deleted machine is DELETING until its executions have ended (service model).
        wait=Wait("status", "ACTIVE", after=frozenset({Does.DELETE})),
    )
    deletion = Deletion(irreversible="its versions, its aliases and the history of its executions")
    unmanaged: ClassVar[Mapping[str, str]] = {
        "publish": "a person or a pipeline publishes versions",
        "versionDescription": "a person or a pipeline publishes versions",
    }

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        """Returns the name as the id, because the ARN follows from it."""
        arn = str(members.get("stateMachineArn") or members.get("Arn") or "")
        return str(members.get("name") or members.get("Id") or self.id_within(arn)), arn

    def named(self, name: str, scope: Scope) -> dict[str, Any]:
        return {self.identity.id_param: self.arn_of(name, scope)}

    def own_of(self, members: Mapping[str, Any]) -> dict[str, Any]:
        return {self.identity.id_param: self.id_and_arn(members)[1]}

    def own(self, ref: Ref, spec: StateMachine) -> dict[str, Any]:
        return {self.identity.id_param: IdOf(ref, arn=True)}

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        yield from _definition_problems(declared.get("definition"))
        logging, name = declared.get("loggingConfiguration"), declared.get("name")
        if isinstance(logging, Mapping) and logging.get("level", "OFF") != "OFF":
            if not logging.get("destinations"):
                yield Problem("error", ("loggingConfiguration",), "needs destinations at this level; add a log group")
            if isinstance(name, str) and not _LOGGED.fullmatch(name):
                message = "only a machine whose name has letters, digits, - and _ can have a log; rename it"
                yield Problem("error", ("loggingConfiguration", "level"), message)
        key = declared.get("encryptionConfiguration")
        if isinstance(key, Mapping) and (key.get("type") == "CUSTOMER_MANAGED_KMS_KEY") != bool(key.get("kmsKeyId")):
            message = "needs kmsKeyId with CUSTOMER_MANAGED_KMS_KEY, and none with AWS_OWNED_KEY"
            yield Problem("error", ("encryptionConfiguration",), message)


def _definition_problems(definition: Any) -> Iterator[Problem]:
    """Yields what AWS refuses in a definition and what can be seen without AWS: the names of states."""
    path = ("definition",)
    if not isinstance(definition, str | dict) or StateMachineDefinition.fault(definition):
        return
    document = StateMachineDefinition.of(definition)
    if len(document.text) > LARGEST:
        yield Problem("error", path, f"has {len(document.text):,} characters; AWS takes up to {LARGEST:,}")
    yield from (Problem("error", path, fault) for fault in _faults(document.value, ""))


def _faults(machine: Any, place: str) -> Iterator[str]:
    """Yields the faults of a machine, and of the machines inside its states."""
    states = machine.get("States") if isinstance(machine, dict) else None
    if not isinstance(states, dict) or not states:
        yield f"{place}has no States; AWS needs at least one"
        return
    if machine.get("StartAt") not in states:
        yield f"{place}StartAt names {machine.get('StartAt')!r}, which is none of its States"
    for name, state in states.items():
        inside = f"{place}state {name!r}: "
        if not isinstance(state, dict) or not state.get("Type"):
            yield f"{inside}has no Type"
            continue
        targets = [state.get("Next"), state.get("Default")]
        targets += [branch.get("Next") for key in ("Choices", "Catch") for branch in _maps(state.get(key))]
        for target in targets:
            if target is not None and target not in states:
                yield f"{inside}leads to {target!r}, which does not exist beside it"
        within = [*_maps(state.get("Branches")), *_maps([state.get(key) for key in ("ItemProcessor", "Iterator")])]
        for inner in within:
            yield from _faults(inner, inside)


def _maps(items: Any) -> list[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
