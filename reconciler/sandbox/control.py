"""The sandbox's own addresses.

GET  /_sandbox              who answers: {"sandbox": "reconciler", "pid": 4711, "instance": ARN, "clock": TIME}
                            and, if there is a workgroup of Redshift, the oldest one's endpoint:
                            "redshift": {"host", "port", "database", "certificate"}
GET  /_sandbox/stats        the counters of calls and faults
POST /_sandbox/reset        deletes everything, with faults and counters, and creates the instance again
POST /_sandbox/faults       replaces the faults; 400 and a message if they are wrong
POST /_sandbox/seed         creates what no operation creates: {"type": "User", "members": {"Username": "ada"}}
POST /_sandbox/stats/reset  resets the counters only
POST /_sandbox/quotas       the quotas that AWS raised, as in reconcile.yaml: {"cells": 3000}; quotas in faults win
POST /_sandbox/functions    ends a container at its n-th call of AWS: {"kill": {"function": "name*", "afterCalls": 3}},
                            or a Spark job, by the name of its application
GET  /_sandbox/functions    the events, errors, containers and calls of each function, and the order to kill
POST /_sandbox/keep         writes the state into a folder that may not exist, {"folder": PATH}, and ends the server
POST /_sandbox/clock        moves the clock, {"advance": "2h"} or {"to": TIME}: {"now", "fired", "alarms", "quiet"}
GET  /_sandbox/session-data the data of the sessions of Q in Connect: {session id: {key: text}}

Every POST needs the header X-Sandbox-Token (`guard`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from reconciler.sandbox import (
    INSTANCE_ARN,
    INSTANCE_ID,
    functions,
    raise_quotas,
    reset,
    reset_stats,
    seed,
    session_data,
    set_faults,
    stats,
)
from reconciler.sandbox.door import Reply
from reconciler.sandbox.errors import WrongSetting
from reconciler.sandbox.events import clock
from reconciler.sandbox.functions.killing import killing, read_order
from reconciler.sandbox.guard import PREFIX
from reconciler.sandbox.redshift import endpoints
from reconciler.sandbox.world import iso, world

NAME = "reconciler"


def answer(method: str, path: str, body: bytes) -> Reply:
    act = ACTS.get((method, path.split("?")[0].rstrip("/")))
    if act is None:
        return _reply(404, {"message": f"no {method} {path} here; there is {', '.join(' '.join(key) for key in ACTS)}"})
    try:
        return _reply(200, act(body))
    except WrongSetting as wrong:
        return _reply(400, {"message": str(wrong)})


def _who(body: bytes) -> dict[str, Any]:
    endpoint = endpoints.oldest()
    redshift = {"redshift": endpoint.as_json()} if endpoint else {}
    return {"sandbox": NAME, "pid": os.getpid(), "instance": INSTANCE_ARN, "clock": iso(world.clock()), **redshift}


def _set_faults(body: bytes) -> dict[str, Any]:
    try:
        faults = json.loads(body or b"{}")
    except ValueError as wrong:
        raise WrongSetting(f"faults: not JSON: {wrong}") from wrong
    set_faults(faults)
    return {}


def _raise_quotas(body: bytes) -> dict[str, Any]:
    try:
        quotas = json.loads(body)
    except ValueError as wrong:
        raise WrongSetting(f"quotas: not JSON: {wrong}") from wrong
    raise_quotas(quotas)
    return {}


def _seed(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body)
        type, members, instance = given["type"], dict(given["members"]), given.get("instance", INSTANCE_ID)
    except (ValueError, KeyError, TypeError) as wrong:
        raise WrongSetting(f"seed: needs type and members, and may have instance: {wrong}") from wrong
    return {"id": seed(type, members, instance)}


def _order_functions(body: bytes) -> dict[str, Any]:
    try:
        order = json.loads(body)
    except ValueError as wrong:
        raise WrongSetting(f"functions: not JSON: {wrong}") from wrong
    killing.set_order(read_order(order))
    return {}


def _move_clock(body: bytes) -> dict[str, Any]:
    try:
        order = json.loads(body)
    except ValueError as wrong:
        raise WrongSetting(f"clock: not JSON: {wrong}") from wrong
    return clock.advance(clock.read_target(order)).as_json()


def _reset(body: bytes) -> dict[str, Any]:
    reset()
    return {}


def _reset_stats(body: bytes) -> dict[str, Any]:
    reset_stats()
    return {}


def _reply(status: int, content: dict[str, Any]) -> Reply:
    return Reply(status, json.dumps(content).encode(), {"Content-Type": "application/json"})


ACTS: dict[tuple[str, str], Callable[[bytes], dict[str, Any]]] = {
    ("GET", PREFIX): _who,
    ("GET", f"{PREFIX}/stats"): lambda body: stats(),
    ("GET", f"{PREFIX}/session-data"): lambda body: session_data(),
    ("POST", f"{PREFIX}/reset"): _reset,
    ("POST", f"{PREFIX}/clock"): _move_clock,
    ("POST", f"{PREFIX}/functions"): _order_functions,
    ("GET", f"{PREFIX}/functions"): lambda body: {
        "functions": functions.counts(),
        "kill": killing.order_as_json(),
    },
    ("POST", f"{PREFIX}/faults"): _set_faults,
    ("POST", f"{PREFIX}/seed"): _seed,
    ("POST", f"{PREFIX}/quotas"): _raise_quotas,
    ("POST", f"{PREFIX}/stats/reset"): _reset_stats,
}
