"""The spec of a pipeline."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reconciler.kinds.pipelines.parts import (
    AgentSettings,
    Alerts,
    ConnectSettings,
    FunctionSettings,
    Network,
    PipelineBucket,
    PipelineSchedule,
    Warehouse,
)
from reconciler.kinds.pipelines.spark_parts import SparkSettings
from reconciler.model import Resource
from reconciler.model.spec import expecting, meanings


class Pipeline(Resource):
    """Functions that this tool ships, with roles, log groups, alarms and a dashboard, and with what the type needs.

    Each of these is a resource with its own address, named by the prefix, the pipeline and its part.
    """

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,39}$",
        description="The name, in up to 40 small letters, digits and hyphens.",
        examples=["session-data"],
        json_schema_extra=expecting("a name of a pipeline"),
    )
    type: Literal["agent_import", "connectwise", "contact_calls", "session_data"] = Field(
        description="The purpose, which decides its functions.",
        json_schema_extra=meanings(
            agent_import="Makes users of Amazon Connect from spreadsheets that are uploaded to a bucket.",
            connectwise="Keeps the history of tickets, time entries, companies and contacts of ConnectWise, for many "
            "tenants, in a lake and in Redshift.",
            contact_calls="Loads finished contacts of Amazon Connect into Redshift.",
            session_data="Carries parameters of contact flows into sessions of Amazon Q in Connect.",
        ),
    )
    name_prefix: str | None = Field(
        None,
        pattern=r"^([a-z0-9][a-z0-9-]{0,39})?$",
        description="The beginning of the names of all resources. Without it, it is the stack and the environment with "
        'hyphens, because an account may have several environments; "" for none.',
        examples=["contact-centre-prod-"],
    )
    environment: dict[str, str] = Field(
        {},
        description="Environment variables of the function. With several functions, each gets those that it knows.",
        examples=[{"DEBUG_LOG": "true"}],
    )
    function: FunctionSettings = Field(FunctionSettings(), description="Only for types with one function.")
    functions: dict[str, FunctionSettings] = Field(
        {},
        description="Only for types with several functions: their settings, by part. The parts of agent_import are "
        "upload and roster.",
        examples=[{"roster": {"memoryMegabytes": 512}}],
    )
    connect: ConnectSettings | None = Field(None, description="Only for session_data. Without it, flows may call it.")
    schedules: dict[str, PipelineSchedule] = Field(
        {}, description="Only for connectwise and contact_calls: the schedules, by name."
    )
    bucket: PipelineBucket | None = Field(None, description="Not for session_data. The other types need it.")
    warehouse: Warehouse | None = Field(None, description="Only for connectwise and contact_calls, which need it.")
    mappings: str | None = Field(
        None,
        min_length=1,
        description="Only for connectwise: the folder with the mappings, relative to the manifest. Without it, the "
        "shipped ones count.",
        examples=["mappings/connectwise"],
    )
    concurrency: int | None = Field(
        None,
        ge=1,
        le=900,
        description="Only for connectwise: the pairs of tenant and table that are worked on at a time; 10 without it.",
        examples=[10],
    )
    spark: SparkSettings | None = Field(
        None,
        description="Only for connectwise: a Spark job does the work of tenants that are too large for a function. "
        "Without it, the function transform does all work.",
    )
    uploads: str | None = Field(
        None,
        min_length=1,
        description="Only for agent_import: a folder, relative to the manifest. Apply uploads its files, and uploads "
        "one again when it has changed. Spreadsheets there have no passwords.",
        examples=["agents"],
    )
    agents: AgentSettings = Field(AgentSettings(), description="Only for agent_import.")
    kms_key: str | None = Field(
        None,
        pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9A-Za-z-]+$",
        description="Only for agent_import: the ARN of the KMS key that encrypts bucket, tables and passwords. Without "
        "it, AWS's own keys do.",
        examples=["arn:aws:kms:ca-central-1:111122223333:key/00000000-0000-4000-8000-000000000001"],
        json_schema_extra=expecting("the ARN of a KMS key"),
    )
    network: Network | None = None
    alerts: Alerts | None = Field(None, description="Who gets the alarms. Without it, they have no action.")
    dashboard: bool = Field(True, description="True: there is a dashboard with the metrics of the function.")
    permissions_boundary: str | None = Field(
        None,
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:policy/.+$",
        description="The ARN of the policy that limits all roles of the pipeline. Without it, the environment's.",
        examples=["arn:aws:iam::111122223333:policy/reconcile-boundary"],
        json_schema_extra=expecting("the ARN of a managed policy"),
    )
    tags: dict[str, str] = Field({}, description="Tags of all its resources.", examples=[{"Team": "customer-service"}])
