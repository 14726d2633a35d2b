"""The resources that pipelines of all types have: log group, role, function, alarms, dashboard."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.kinds.composite import Child
from reconciler.kinds.pipelines.parts import FunctionSettings
from reconciler.kinds.pipelines.shipped import Shipped, shipped
from reconciler.model import Linked, Scope

if TYPE_CHECKING:
    from reconciler.kinds.pipelines.spec import Pipeline

ALIAS = "live"  # as a LambdaFunction names its alias
RUNTIME = "python3.13"
# A sandbox runs functions with this machine's Python, and compiled packages fit one version alone.
RUNTIME_HERE = f"python{sys.version_info.major}.{sys.version_info.minor}"
Fields = Mapping[str, Any]


def linked(kind: str, name: str, word: str = "arn") -> Linked:
    """Returns a text that stands for the ARN or the id of a resource."""
    return Linked(f"${{{kind}/{name}.{word}}}")


@dataclass(frozen=True)
class PipelineParts:
    """The names of a pipeline's resources, and the settings that come from the manifest or from the function.

    A pipeline with several functions has parts for each: `part` is the word for it in manifests and in names, `package`
    its folder.
    """

    spec: Pipeline
    scope: Scope
    part: str = ""
    package: str = ""

    @property
    def code(self) -> str:
        """The name of the function's folder."""
        return self.package or self.spec.type

    @property
    def shipped(self) -> Shipped:
        return shipped(self.code)

    @property
    def settings(self) -> FunctionSettings:
        """The settings of the function in the manifest."""
        return self.spec.functions.get(self.part, FunctionSettings()) if self.part else self.spec.function

    @property
    def place(self) -> tuple[str, ...]:
        """The path of these settings in the manifest."""
        return ("functions", self.part) if self.part else ("function",)

    @property
    def name(self) -> str:
        """The beginning of all names."""
        prefix = self.spec.name_prefix
        if prefix is None:
            prefix = f"{self.scope.stack}-{self.scope.environment}-".lower()
        return f"{prefix}{self.spec.name}"

    def named(self, part: str) -> str:
        return f"{self.name}-{part}"

    @property
    def function_name(self) -> str:
        return self.named(self.part) if self.part else self.name

    @property
    def log_group(self) -> str:
        return f"/aws/lambda/{self.function_name}"

    def child(self, kind: str, name: str, fields: Fields, *path: str | int) -> Child:
        """Returns a child with the tags of the pipeline. Fields that are `None` are absent."""
        tags = {"tags": dict(self.spec.tags)} if self.spec.tags and kind not in _WITHOUT_TAGS else {}
        return Child(kind, {"name": name, **fields, **tags}, path)

    def logs(self) -> Child:
        days = self.settings.log_retention_days or self.shipped.operations["logs"]["retentionDays"]
        return self.child("LogGroup", self.log_group, {"retentionInDays": days}, *self.place)

    def role(self, part: str, trust: Fields, policy: Fields, description: str) -> Child:
        """Returns a role below the path of the environment. `part` is empty for the function's own."""
        fields = {
            "path": f"/reconcile/{self.scope.stack}/{self.scope.environment}/",
            "description": description,
            "assumeRolePolicyDocument": trust,
            "inlinePolicies": [{"name": "main", "document": policy}],
            "permissionsBoundary": self.spec.permissions_boundary or self.scope.permissions_boundary or None,
        }
        return self.child("IamRole", self.named(part) if part else self.function_name, fields)

    def attachment(self, namespace: str | None) -> Iterator[Child]:
        """Yields the attachment of the role for COPY to a namespace, if the manifest names one."""
        if namespace:
            yield self.child("RedshiftRole", f"{namespace}/{self.named('copy')}", {}, "warehouse", "namespace")

    def function(self, environment: Mapping[str, str], **more: Any) -> Child:
        """Returns the function. `more` has the fields that only some types have."""
        settings, operations = self.settings, self.shipped.operations
        network = self.spec.network
        known = self.shipped.environment["properties"]
        own = {name: value for name, value in self.spec.environment.items() if name in known}
        variables = {**environment, **own}
        disk = settings.ephemeral_storage_megabytes or operations.get("ephemeralStorageMegabytes")
        fields = {
            "description": f"Pipeline {self.spec.name}{self.part and f': {self.part}'}",
            "runtime": RUNTIME_HERE if self.scope.is_sandbox else RUNTIME,
            "handler": self.shipped.handler,
            "role": self.function_name,
            "code": {"package": self.code},
            "timeout": settings.timeout_seconds or operations["timeoutSeconds"],
            "memorySize": settings.memory_megabytes or operations["memoryMegabytes"],
            "ephemeralStorage": {"size": disk} if disk else None,
            "environment": variables or None,
            "loggingConfig": {"logGroup": self.log_group},
            "vpcConfig": network
            and {"subnetIds": list(network.subnet_ids), "securityGroupIds": list(network.security_group_ids)},
            "provisionedConcurrency": settings.provisioned_concurrency,
            **more,
        }
        return self.child("LambdaFunction", self.function_name, fields, *self.place)

    @property
    def callee(self) -> Linked:
        """The ARN that callers of the function use: its alias if it has provisioned concurrency."""
        if self.settings.provisioned_concurrency:
            return linked("LambdaAlias", f"{self.function_name}/{ALIAS}")
        return linked("LambdaFunction", self.function_name)

    # Alarms and the dashboard.

    @property
    def topic(self) -> str:
        """The name of the topic that gets the alarms; empty without one."""
        alerts = self.spec.alerts
        if alerts is None:
            return ""
        return alerts.topic or (self.named("alerts") if alerts.emails else "")

    def alerts(self) -> Iterator[Child]:
        """Yields the topic for e-mails, with a subscription for each."""
        if self.spec.alerts is None or not self.spec.alerts.emails:
            return
        yield self.child("SnsTopic", self.topic, {}, "alerts", "emails")
        for email in self.spec.alerts.emails:
            fields = {"protocol": "email", "endpoint": email}
            yield self.child("SnsSubscription", f"{self.topic}/email:{email}", fields, "alerts", "emails")

    def alarm(self, name: str, rule: Fields, namespace: str, dimensions: Fields) -> Iterator[Child]:
        """Yields the alarm of a rule of `operations.json`, unless the manifest leaves it out."""
        wanted = self.spec.alerts.alarms if self.spec.alerts else {}
        if name in wanted and wanted[name] is None:
            return
        own = wanted.get(name)
        statistic = rule["statistic"]
        simple = {"statistic": statistic} if statistic in _STATISTICS else {"extendedStatistic": statistic}
        fields = {
            "namespace": namespace,
            "metricName": rule["metric"],
            "dimensions": [{"name": key, "value": value} for key, value in dimensions.items()],
            **simple,
            "period": (own and own.period_seconds) or rule["periodSeconds"],
            "evaluationPeriods": (own and own.evaluation_periods) or rule.get("evaluationPeriods", 1),
            "threshold": rule["threshold"] if own is None or own.threshold is None else own.threshold,
            "comparisonOperator": rule["comparison"],
            "treatMissingData": rule["missingData"],
            "alarmActions": [linked("SnsTopic", self.topic)] if self.topic else None,
            "okActions": [linked("SnsTopic", self.topic)] if self.topic else None,
        }
        short = name.removeprefix(f"{self.code.replace('_', '-')}-" if self.part else f"{self.spec.name}-")
        short = short.removeprefix(f"{self.spec.type}-") if self.part else short
        yield self.child("Alarm", f"{self.function_name}-{short}", fields, "alerts")

    def alarms(self) -> Iterator[Child]:
        """Yields the alarms of the function's own metrics."""
        operations = self.shipped.operations
        for name, rule in operations["alarms"].items():
            yield from self.alarm(name, rule, operations["namespace"], {operations["dimension"]: self.function_name})

    def dashboard(self, functions: Sequence[PipelineParts] = ()) -> Iterator[Child]:
        """Yields the dashboard: two rows for each of the functions, or for the only one."""
        if self.spec.dashboard:
            widgets = [it for at, one in enumerate(functions or (self,)) for it in one.widgets(2 * at)]
            yield self.child("Dashboard", self.name, {"dashboardBody": {"widgets": widgets}}, "dashboard")

    def widgets(self, first_row: int) -> Iterator[Fields]:
        """Yields the graphs of the function's own metrics, and below them those of AWS Lambda."""
        operations = self.shipped.operations
        own = [(operations["namespace"], metric, metric) for metric in operations["metrics"]]
        lambdas = [("AWS/Lambda", metric, metric) for metric in ("Invocations", "Errors", "Throttles", "Duration")]
        for row, metrics in enumerate((own, lambdas), first_row):
            for column, some in enumerate(_quarters(metrics)):
                place = {"x": 6 * column, "y": 6 * row, "width": 6, "height": 6}
                yield {"type": "metric", **place, "properties": self._widget(some, operations["dimension"])}

    def _widget(self, metrics: Sequence[tuple[str, str, str]], dimension: str) -> Fields:
        names = ", ".join(title for _, _, title in metrics)
        lines = [[namespace, metric, dimension, self.function_name] for namespace, metric, _ in metrics]
        return {"title": names, "metrics": lines, "region": self.scope.region, "stat": "Sum", "period": 300}


_WITHOUT_TAGS = frozenset({"Dashboard", "LambdaAssociation", "RedshiftRole", "S3Object", "Schedule", "SnsSubscription"})
_STATISTICS = frozenset({"Average", "Maximum", "Minimum", "SampleCount", "Sum"})


def _quarters(metrics: Sequence[tuple[str, str, str]]) -> Iterator[Sequence[tuple[str, str, str]]]:
    """Yields the metrics in up to four neighbouring groups of about equal size."""
    size = -(-len(metrics) // 4)
    for start in range(0, len(metrics), size):
        yield metrics[start : start + size]
