"""A local AWS that ships with the product: moto, and an Amazon Connect held to the service model and its documentation.

    with in_process({"rate": {"perSecond": 2, "burst": 5}}) as sandbox:
        connect = boto3.client("connect", region_name="us-east-1")
        ...
        sandbox.stats()

Importing this imports no moto; the first use does. What the documentation leaves open is in `switches`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from reconciler.sandbox.place import ACCOUNT, INSTANCE_ARN, INSTANCE_ID, REGION

__all__ = [
    "ACCOUNT",
    "INSTANCE_ARN",
    "INSTANCE_ID",
    "REGION",
    "Control",
    "in_process",
    "install",
    "raise_quotas",
    "reset",
    "reset_stats",
    "seed",
    "session_data",
    "set_faults",
    "stats",
]


def install() -> None:
    """Teach moto, in this process, the Connect operations written here; idempotent."""
    from reconciler.sandbox import installation

    installation.install()


def seed(type: str, members: Mapping[str, Any], instance: str = INSTANCE_ID) -> str:
    """Put in place what no operation here creates, and answer its id: a ContactFlow, ContactFlowModule, User,
    PhoneNumber, EmailAddress, IntegrationAssociation, Contact; a Session of Q in Connect.

    `members` are the service model's, under its names: {"Name": "Main", "ContactFlowType": "CONTACT_FLOW"}. Of the type
    Contacts they are what `connect.contacts_made` makes many of, and the answer is how many.
    """
    from reconciler.sandbox import installation

    return installation.seed(type, members, instance)


def session_data() -> dict[str, dict[str, str]]:
    """What the sessions of Q in Connect hold, which none of its operations tells: {session id: {key: text}}."""
    from reconciler.sandbox import installation

    return installation.session_data()


def set_faults(faults: Mapping[str, Any] | None) -> None:
    """Replace the faults, switches and quotas (see `faults`); None or {} takes them all away."""
    from reconciler.sandbox.world import world

    world.set_faults(faults)


def raise_quotas(quotas: Mapping[str, Any]) -> None:
    """Say what AWS has raised for the instance; a quota that the faults set outweighs it."""
    from reconciler.sandbox.world import world

    world.raise_quotas(quotas)


def stats() -> dict[str, Any]:
    """{"calls": {"connect:CreateDataTable": 3}, "total": 3, "throttled": {}, "faults": {}}, as `counts` tells."""
    from reconciler.sandbox.world import world

    return world.counts.shown()


def reset_stats() -> None:
    """Counters only."""
    from reconciler.sandbox.world import world

    world.counts.clear()


def reset() -> None:
    """Empty everything, faults and counters too, and put the instance back. The clock stays."""
    from reconciler.sandbox import installation
    from reconciler.sandbox.faults import Faults
    from reconciler.sandbox.world import world

    with world.lock:
        world.restart(Faults(), world.clock, world.sleep)
        installation.empty_aws()


@dataclass(frozen=True)
class Control:
    """The sandbox of this process."""

    instance: str = INSTANCE_ARN

    seed = staticmethod(seed)
    session_data = staticmethod(session_data)
    set_faults = staticmethod(set_faults)
    raise_quotas = staticmethod(raise_quotas)
    stats = staticmethod(stats)
    reset_stats = staticmethod(reset_stats)
    reset = staticmethod(reset)


@contextmanager
def in_process(
    faults: Mapping[str, Any] | None = None,
    clock: Callable[[], float] | None = None,
    sleep: Callable[[float], None] | None = None,
) -> Iterator[Control]:
    """AWS within this process: botocore clients that are made inside are answered by the sandbox.

    `clock` (epoch seconds) and `sleep` make time virtual: buckets, timestamps and latency follow them.
    """
    import time

    from moto import mock_aws

    from reconciler.sandbox import installation
    from reconciler.sandbox.faults import read_faults
    from reconciler.sandbox.world import world

    asked = read_faults(faults)
    installation.install()
    with installation.account(), mock_aws():
        world.restart(asked, clock or time.time, sleep or time.sleep)
        installation.seed_instance()
        try:
            yield Control()
        finally:
            world.come_to_rest()
