"""The structures of a pipeline: what a manifest may say differently from what the function says of itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.model import JsonDocument, Spec, Unordered
from reconciler.model.spec import expecting, meanings

Days = Annotated[int, Field(ge=1, le=36500)]
Text = Annotated[str, Field(min_length=1)]


class FunctionSettings(Spec):
    """Settings of the function. The others come from its own `operations.json`."""

    memory_megabytes: int | None = Field(
        None, ge=128, le=10240, description="The memory, in megabytes, which also decides the share of a processor."
    )
    timeout_seconds: int | None = Field(
        None, ge=1, le=900, description="The seconds after which AWS ends an invocation."
    )
    ephemeral_storage_megabytes: int | None = Field(
        None,
        ge=512,
        le=10240,
        description="The disk of an invocation, the folder /tmp, in megabytes. AWS bills what is above 512.",
    )
    reserved_concurrency: int | None = Field(
        None, ge=0, description="The most invocations at a time; AWS keeps them free for this function."
    )
    provisioned_concurrency: int | None = Field(
        None,
        ge=1,
        description="The invocations for which AWS keeps the function ready; it bills them by the hour. The function "
        "then has the alias live, which its callers call.",
    )
    log_retention_days: int | None = Field(None, description="The days that AWS keeps its log.", examples=[30])


class ConnectSettings(Spec):
    """The permissions of Amazon Connect."""

    associate: bool = Field(True, description="True: flows may call the function, by a LambdaAssociation.")


class AlarmSettings(Spec):
    """The differences of one alarm. Its metric is the function's, and stays."""

    threshold: float | None = Field(None, description="The value that the metric is compared with.", examples=[10800])
    period_seconds: int | None = Field(
        None, ge=10, description="The seconds of one period: 10, 20, 30 or a multiple of 60.", examples=[3600]
    )
    evaluation_periods: int | None = Field(None, ge=1, description="The periods that decide together.", examples=[2])


class Alerts(Spec):
    """Who hears of an alarm, and which alarms there are."""

    topic: str | None = Field(
        None,
        min_length=1,
        description="The name of an SnsTopic, with a document of its own, that gets the alarms.",
        examples=["contact-centre-alerts"],
    )
    emails: Unordered[Text] = Field(
        (),
        description="Addresses that get the alarms by the pipeline's own topic.",
        examples=[["ops@example.com"]],
    )
    alarms: dict[str, AlarmSettings | None] = Field(
        {},
        description="Differences by the name of the alarm; null leaves an alarm out.",
        examples=[{"contact-calls-behind": {"threshold": 10800}}],
    )


class PipelineSchedule(Spec):
    """When AWS Scheduler invokes the function."""

    expression: Text = Field(
        description="When: cron(…), rate(…) or at(…), as in the kind Schedule.", examples=["cron(40 */2 * * ? *)"]
    )
    time_zone: Text = Field(description="The IANA time zone of the expression.", examples=["America/New_York"])
    input: JsonDocument | None = Field(
        None,
        description="The event. The time that the schedule was due is added to it.",
        examples=[{"dimensions": True}],
    )
    state: Literal["ENABLED", "DISABLED"] = Field(
        "ENABLED",
        description="The state.",
        json_schema_extra=meanings(ENABLED="AWS invokes the function.", DISABLED="AWS does not invoke it."),
    )
    flexible_minutes: int | None = Field(
        None, ge=1, le=1440, description="The minutes by which AWS may be late; without it, AWS is on time."
    )


class ExpireDays(Spec):
    """The days after which AWS deletes objects of the bucket."""

    load: Days = Field(30, description="Only for contact_calls: the days of files that a load has read.")
    raw: Days = Field(400, description="Only for contact_calls: the days of records as Amazon Connect answers them.")
    uploads: Days = Field(30, description="Only for agent_import: the days of files that are not rosters.")
    quarantine: Days = Field(7, description="Only for agent_import: the days of rosters that were read.")
    results: Days = Field(400, description="Only for agent_import: the days of result files.")


class RawDays(Spec):
    """The days after which AWS moves or deletes records as ConnectWise answers them."""

    infrequent: Days = Field(30, description="The days until AWS stores them for infrequent access.")
    archive: Days = Field(90, description="The days until AWS archives them. A rebuild must restore archived ones.")
    expire: Days = Field(400, description="The days until AWS deletes them.")


class PipelineBucket(Spec):
    """The bucket of the pipeline. Bucket names are unique in the world."""

    name: str = Field(min_length=3, max_length=63, description="The name of the bucket.", examples=["example-calls"])
    prefix: str = Field(
        "contact-calls", description="Only for contact_calls: the beginning of the keys.", examples=["contact-calls"]
    )
    expire_days: ExpireDays = ExpireDays()
    raw_days: RawDays = RawDays()
    superseded_days: Days = Field(
        7, description="Only for connectwise: the days until AWS deletes files that a compaction has replaced."
    )


class Warehouse(Spec):
    """The Redshift Serverless database that the pipeline fills. It is not created.

    A secret gives the function a user and a password; without one it signs in by its role.
    """

    namespace: str | None = Field(
        None,
        pattern=r"^[a-z0-9-]{3,64}$",
        description="The namespace of the database. A RedshiftRole attaches the pipeline's role for COPY to it, next "
        "to the roles of others. Leave it out if iamRoles of a RedshiftNamespace names the role.",
        examples=["analytics"],
        json_schema_extra=expecting("a name of 3 to 64 small letters, digits and hyphens"),
    )
    workgroup: str | None = Field(
        None, min_length=1, description="The workgroup; needed without a secret.", examples=["analytics"]
    )
    host: str | None = Field(
        None,
        min_length=1,
        description="The address of the workgroup; needed without a secret, which has it.",
        examples=["analytics.111122223333.ca-central-1.redshift-serverless.amazonaws.com"],
    )
    database: Text = Field("dev", description="The database.", examples=["dev"])
    secret: str | None = Field(
        None,
        min_length=1,
        description="The name of the secret with username, password, host, port and dbName. `reconcile secret set` "
        "gives it its value.",
        examples=["contact-calls/redshift"],
    )


class Deactivated(Spec):
    """The profiles of a deactivated agent. Amazon Connect cannot disable a user, so profiles must do it."""

    security_profile: Text = Field(
        description="The name of a security profile without permissions.", examples=["No access"]
    )
    routing_profile: str | None = Field(
        None,
        min_length=1,
        description="The name of a routing profile without queues. Without it, the agent's own stays.",
        examples=["No queues"],
    )


class AgentSettings(Spec):
    """How the agents of a spreadsheet become users."""

    remove: Literal["keep", "deactivate", "delete"] = Field(
        "keep",
        description="The effect on a user when the item of the agent is deleted from the roster table.",
        json_schema_extra=meanings(
            keep="The user stays as it is.",
            deactivate="The user gets the profiles of deactivated.",
            delete="The user is deleted, and no one can undo that.",
        ),
    )
    deactivated: Deactivated | None = Field(None, description="Needed for deactivate.")
    create_hierarchy_groups: bool = Field(
        False, description="True: groups of a path that do not exist are created. Otherwise the row is refused."
    )
    generate_passwords: bool = Field(
        False, description="True: agents without a password get a generated one, in Secrets Manager."
    )


class Network(Spec):
    """The network of the function, where the database is not public."""

    subnet_ids: Unordered[Text] = Field(min_length=1, max_length=16, description="Subnets.", examples=[["subnet-0a"]])
    security_group_ids: Unordered[Text] = Field(
        min_length=1, max_length=5, description="Security groups.", examples=[["sg-0a"]]
    )
