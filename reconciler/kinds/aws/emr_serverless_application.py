"""Applications of Amazon EMR Serverless, which run jobs of Apache Spark or Hive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from reconciler.kinds.aws.emr_application_parts import (
    ApplicationNetwork,
    AutoStart,
    AutoStop,
    DiskEncryptionConfiguration,
    IdentityCenterConfiguration,
    ImageConfiguration,
    InteractiveConfiguration,
    JobLevelCostAllocation,
    MaximumCapacity,
    SchedulerConfiguration,
    Structure,
)
from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import EMR
from reconciler.kinds.verbs import Listing, Update, Wait
from reconciler.kinds.words import Tagged
from reconciler.model.spec import expecting, meanings

LIVING = ["CREATING", "CREATED", "STARTING", "STARTED", "STOPPING", "STOPPED"]
RUNNING = ("STARTING", "STARTED", "STOPPING")
RESTING = ("CREATED", "STOPPED")  # "in a stopped or created state in order to be updated" (service model)


class EmrServerlessApplication(Tagged):
    """An application that runs jobs of Apache Spark or Hive. AWS changes it only while it is stopped."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9._/#-]{1,64}$",
        description="The name, in up to 64 letters, digits, and . _ / # -. AWS allows two of one name, and this "
        "tool does not.",
        examples=["contact-centre-prod-etl"],
        json_schema_extra=expecting("a name of an application"),
    )
    release_label: str = Field(
        pattern=r"^[A-Za-z0-9._/-]{1,64}$",
        description="The release of Amazon EMR.",
        examples=["emr-7.9.0"],
        json_schema_extra=expecting("a release such as emr-7.9.0"),
    )
    type: Literal["SPARK", "HIVE"] = Field(
        description="The engine, which AWS cannot change later.",
        json_schema_extra=meanings(SPARK="Apache Spark.", HIVE="Apache Hive."),
    )
    architecture: Literal["X86_64", "ARM64"] = Field(
        "X86_64",
        description="The processors of the workers.",
        json_schema_extra=meanings(X86_64="Processors with x86.", ARM64="AWS Graviton processors."),
    )
    auto_start_configuration: AutoStart = AutoStart(enabled=True)
    auto_stop_configuration: AutoStop = AutoStop(enabled=True)
    maximum_capacity: MaximumCapacity | None = None
    initial_capacity: Structure | None = Field(
        None,
        description="Workers by type that wait for jobs, as the API reference has them. AWS bills them.",
    )
    network_configuration: ApplicationNetwork | None = None
    image_configuration: ImageConfiguration | None = None
    worker_type_specifications: Structure | None = Field(None, description="Images by type of worker.")
    runtime_configuration: tuple[Structure, ...] | None = Field(
        None, description="Settings of the engine, by classification."
    )
    monitoring_configuration: Structure | None = Field(None, description="Where logs go, as the API reference has it.")
    disk_encryption_configuration: DiskEncryptionConfiguration | None = None
    interactive_configuration: InteractiveConfiguration | None = None
    scheduler_configuration: SchedulerConfiguration | None = None
    identity_center_configuration: IdentityCenterConfiguration | None = None
    job_level_cost_allocation_configuration: JobLevelCostAllocation | None = None


class EmrServerlessApplicationKind(Kind[EmrServerlessApplication]):
    spec = EmrServerlessApplication
    service = EMR
    identity = Identity("applicationId", arn="arn:{partition}:emr-serverless:{region}:{account}:/applications/{id}")
    # The index is asked for the service, because no page says how it spells the type of resource.
    reading = Reading(
        search=Listing("ListApplications", "applications", {"maxResults": 50, "states": LIVING}),
        describe=("GetApplication", "application"),
        describes_each=True,
        index="emr-serverless",
    )
    writing = Writing(
        create="CreateApplication",
        delete="DeleteApplication",
        updates=(
            Update(
                "UpdateApplication",
                tuple(f for f in EmrServerlessApplication.model_fields if f not in ("name", "type", "tags")),
            ),
        ),
        overwrites=True,  # a second create would make a second application
        wait=Wait("state", "CREATED"),
    )
    deletion = Deletion(breaks="until it is created again, no job can run in it")

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        """Returns the identity. A list calls the id `id`."""
        id = members.get("applicationId") or members.get("id") or members.get("Id")
        return str(id or ""), str(members.get("arn") or members.get("Arn") or "")

    def is_one(self, members: Mapping[str, Any]) -> bool:
        return members.get("state") != "TERMINATED"

    def costs(self, spec: EmrServerlessApplication) -> str:
        return "the initial capacity, once started," if spec.initial_capacity else ""

    def unready(self, members: Mapping[str, Any]) -> str:
        state = members.get("state")
        return "" if state in (None, *RESTING, *RUNNING) else f"is still {state}"

    def decided(self, members: Mapping[str, Any]) -> Mapping[str, str]:
        """Returns the fields that AWS does not change now: an application changes only while it is stopped."""
        if members.get("state") not in RUNNING:
            return {}
        stop = f"aws emr-serverless stop-application --application-id {self.id_and_arn(members)[0]}"
        why = f"cannot change while the application is started; wait until it stops, or stop it with: {stop}"
        return dict.fromkeys(self.writing.updates[0].fields, why)

    def is_moving(self, members: Mapping[str, Any]) -> bool:
        return bool(self.unready(members))

    def read_field(self, field: str, value: Any) -> Any:
        return str(value).upper() if field == "type" else value
