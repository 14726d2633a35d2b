"""Measures the reading of a whole contact centre: agents, flows and numbers, against bare boto3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.kinds import LATENCY, ratio
from benchmarks.served import served
from reconciler.model import Manifest
from reconciler.model.environment import Quotas
from reconciler.pacing import Rates
from tests.builders.flows import chain
from tests.builders.manifests import manifest

USERS, FLOWS, BLOCKS, NUMBERS = 500, 100, 40, 50
ROOM = {"users": 600, "contactFlows": 200, "phoneNumbers": NUMBERS}
NUMBER = {"phoneNumberCountryCode": "US", "phoneNumberType": "TOLL_FREE"}
PROFILES = {"routingProfile": "Basic Routing Profile", "securityProfiles": ["Agent"]}


def figures(folder: Path) -> Iterator[str]:
    with served(folder) as started:
        quotas = Quotas({"phoneNumbersPerInstance": NUMBERS})
        sandbox = replace(started, environment=replace(started.environment, quotas=quotas))
        settings = {"quotas": ROOM, "switches": {"signIn": "SAML"}}
        sandbox.set_faults(settings)
        aws = sandbox.aws(Rates(default=None))
        wanted = centre()
        sandbox.run(aws, *wanted)
        reads = aws.counts()
        sandbox.preview(aws, {it.ref: it for it in wanted})
        calls = {name: count - reads.get(name, 0) for name, count in aws.counts().items()}
        listed = ", ".join(f"{count} {name.partition(':')[2]}" for name, count in calls.items() if count)
        yield f"reading {USERS} users, {FLOWS} flows and {NUMBERS} numbers: {sum(calls.values())} calls ({listed})"
        for latency in (LATENCY, 0):
            yield ratio(sandbox, aws, wanted, settings, latency)


def centre() -> list[Manifest]:
    return [
        *(manifest("User", f"agent-{at:03}", {**PROFILES, **_person(at)}) for at in range(USERS)),
        *(manifest("ContactFlow", f"Flow {at:03}", {"content": _flow(at)}) for at in range(FLOWS)),
        *(
            manifest("PhoneNumber", f"Line {at:03}", {**NUMBER, "contactFlow": f"Flow {at:03}"})
            for at in range(NUMBERS)
        ),
    ]


def _person(at: int) -> dict[str, Any]:
    return {"identityInfo": {"firstName": "Ann", "lastName": f"Number {at}"}}


def _flow(at: int) -> dict[str, Any]:
    return chain(BLOCKS, text=lambda number: f"Flow {at} says sentence {number}.")
