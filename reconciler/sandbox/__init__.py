"""A local AWS that ships with the product: moto, and an Amazon Connect that follows the service model and its docs.

    with in_process({"rate": {"perSecond": 2, "burst": 5}}) as sandbox:
        connect = boto3.client("connect", region_name="us-east-1")
        ...
        sandbox.stats()

Importing this module does not import moto; its first use does. `switches` holds what the documentation leaves open.
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
    "advance",
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
    """Adds the sandbox's Connect operations to moto in this process. Calling it twice does no harm."""
    from reconciler.sandbox import installation

    installation.install()


def seed(type: str, members: Mapping[str, Any], instance: str = INSTANCE_ID) -> str:
    """Creates a resource that no operation of the sandbox creates, and returns its id.

    Types: ContactFlow, ContactFlowModule, User, PhoneNumber, EmailAddress, IntegrationAssociation, Contact, and Session
    of Q in Connect. `members` have the service model's names: {"Name": "Main", "ContactFlowType": "CONTACT_FLOW"}. The
    type Contacts takes the arguments of `make_contacts` and returns the number of contacts.
    """
    from reconciler.sandbox import installation

    return installation.seed(type, members, instance)


def session_data() -> dict[str, dict[str, str]]:
    """Returns the data of every Q in Connect session, which no operation shows: {session id: {key: text}}."""
    from reconciler.sandbox import installation

    return installation.session_data()


def set_faults(faults: Mapping[str, Any] | None) -> None:
    """Replaces the faults, switches and quotas (see `faults`). None or {} removes them all."""
    from reconciler.sandbox.world import world

    world.set_faults(faults)


def raise_quotas(quotas: Mapping[str, Any]) -> None:
    """Sets the quotas that AWS raised for the instance. A quota in the faults takes precedence."""
    from reconciler.sandbox.world import world

    world.raise_quotas(quotas)


def stats() -> dict[str, Any]:
    """Returns {"calls": {"connect:CreateDataTable": 3}, "total": 3, "throttled": {}, "faults": {}}; see `counts`."""
    from reconciler.sandbox.world import world

    return world.counts.as_json()


def reset_stats() -> None:
    """Resets the counters and nothing else."""
    from reconciler.sandbox.world import world

    world.counts.clear()


def advance(duration: str) -> dict[str, Any]:
    """Moves the clock forward, such as by "2h". Returns {"now", "fired", "alarms", "quiet"}."""
    from reconciler.sandbox.events import clock

    return clock.advance(clock.read_target({"advance": duration})).as_json()


def reset() -> None:
    """Deletes everything, with faults and counters, and creates the instance again. The clock is kept."""
    from reconciler.sandbox import functions, installation
    from reconciler.sandbox.emr import running
    from reconciler.sandbox.faults import Faults
    from reconciler.sandbox.redshift import endpoints
    from reconciler.sandbox.world import world

    running.stop()
    functions.stop()  # not under the lock: what runs may wait for it
    endpoints.close_all()
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
    advance = staticmethod(advance)
    reset = staticmethod(reset)


@contextmanager
def in_process(
    faults: Mapping[str, Any] | None = None,
    clock: Callable[[], float] | None = None,
    sleep: Callable[[float], None] | None = None,
) -> Iterator[Control]:
    """Runs AWS in this process: the sandbox answers botocore clients that are created inside the block.

    `clock` (epoch seconds) and `sleep` make time virtual: rate limits, timestamps and latency follow them.
    """
    import time

    from moto import mock_aws

    from reconciler.sandbox import executions, functions, installation
    from reconciler.sandbox.emr import running
    from reconciler.sandbox.faults import read_faults
    from reconciler.sandbox.redshift import endpoints
    from reconciler.sandbox.world import world

    settings = read_faults(faults)
    installation.install()
    with installation.account(), mock_aws():
        world.restart(settings, clock or time.time, sleep or time.sleep)
        installation.seed_instance()
        try:
            yield Control()
        finally:
            executions.forget()
            running.stop()
            functions.stop()
            endpoints.close_all()
            world.come_to_rest()
