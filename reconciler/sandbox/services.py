"""The services behind the door, and the differences between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.connect.models import connect_backends

from reconciler.sandbox import shapes
from reconciler.sandbox.connect import Connect
from reconciler.sandbox.emr import EmrServerless
from reconciler.sandbox.emr.backend import emr_backends
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.qconnect import QConnect
from reconciler.sandbox.qconnect.backend import qconnect_backends
from reconciler.sandbox.redshift import RedshiftServerless
from reconciler.sandbox.redshift.backend import redshift_backends
from reconciler.sandbox.redshift.namespaces import PASSED_TO
from reconciler.sandbox.redshift_data import RedshiftData
from reconciler.sandbox.redshift_data.backend import redshift_data_backends
from reconciler.sandbox.scheduler import Scheduler
from reconciler.sandbox.scheduler.backend import scheduler_backends
from reconciler.sandbox.world import World


@dataclass(frozen=True)
class Service:
    """A service. `name` is the name in SDKs and statistics, `signing_name` that of signatures and hosts."""

    name: str
    signing_name: str
    title: str
    message: str
    """The member of errors that holds the words."""
    invalid: tuple[str, ...]
    """The errors for requests that break the model; the first that an operation has."""
    of: Callable[[World, str, str], Any]
    """All operations of an account and a Region."""
    passed_to: str = ""
    """The principal to which requests hand over roles; empty if the roles of requests are not judged."""

    @property
    def is_by_target(self) -> bool:
        """Returns whether a header names the operation, as in JSON protocols without REST."""
        return bool(shapes.service(self.name).metadata["protocol"] == "json")

    def refusal_of(self, operation: str, wrong: str) -> Refused:
        known = shapes.errors_of(self.name, operation)
        return Refused(next((code for code in self.invalid if code in known), self.invalid[-1]), wrong)


def _connect(world: World, account: str, region: str) -> Connect:
    return Connect(world, connect_backends[account][region])


def _qconnect(world: World, account: str, region: str) -> QConnect:
    return QConnect(world, qconnect_backends[account][region])


def _scheduler(world: World, account: str, region: str) -> Scheduler:
    return Scheduler(world, scheduler_backends[account][region])


def _emr(world: World, account: str, region: str) -> EmrServerless:
    return EmrServerless(world, emr_backends[account][region])


def _redshift(world: World, account: str, region: str) -> RedshiftServerless:
    return RedshiftServerless(world, redshift_backends[account][region])


def _redshift_data(world: World, account: str, region: str) -> RedshiftData:
    return RedshiftData(world, redshift_data_backends[account][region])


CONNECT = Service(
    *("connect", "connect", "Amazon Connect", "Message"),
    invalid=("InvalidParameterException", "InvalidRequestException"),
    of=_connect,
)
QCONNECT = Service(
    *("qconnect", "wisdom", "Amazon Q in Connect", "message"), invalid=("ValidationException",), of=_qconnect
)
EMR = Service(
    *("emr-serverless", "emr-serverless", "Amazon EMR Serverless", "message"),
    invalid=("ValidationException",),
    of=_emr,
)
REDSHIFT = Service(
    *("redshift-serverless", "redshift-serverless", "Amazon Redshift Serverless", "message"),
    invalid=("ValidationException",),
    of=_redshift,
    passed_to=PASSED_TO,
)
REDSHIFT_DATA = Service(
    *("redshift-data", "redshift-data", "Amazon Redshift Data API", "Message"),
    invalid=("ValidationException",),
    of=_redshift_data,
)
SCHEDULER = Service(
    *("scheduler", "scheduler", "Amazon EventBridge Scheduler", "Message"),
    invalid=("ValidationException",),
    of=_scheduler,
)
_EVERY = (CONNECT, EMR, QCONNECT, REDSHIFT, REDSHIFT_DATA, SCHEDULER)
SERVICES = {service.signing_name: service for service in _EVERY}
