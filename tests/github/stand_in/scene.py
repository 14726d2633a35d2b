"""Lets another process set the scene; GitHub has nothing like it.

GET  /_stand_in/state           all content, and every request so far
POST /_stand_in/reset           an empty repository
POST /_stand_in/token           {"token": "t", "login": "…", "permissions": {"issues": "write"}}
POST /_stand_in/pull-request    {"number": 7, "sha": "…"} → {"number", "event"}: the content for GITHUB_EVENT_PATH
POST /_stand_in/comment         {"login": "…", "number": 7, "body": "…"}: adds a comment
POST /_stand_in/delete-comment  {"id": 1001}
POST /_stand_in/close           {"number": 9}: by hand; /_stand_in/open likewise
POST /_stand_in/faults          [{"method": "POST", "path": "comments", "status": 502, "times": 1, "written": true}]
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .faults import Fault
from .replies import Answer
from .world import ACTIONS, Json, Token, World

if TYPE_CHECKING:
    from .server import StandIn

DOOR = "/_stand_in/"


def act(server: StandIn, method: str, path: str, body: bytes) -> Answer:
    """Carries out an order. A wrong one is a 500 with Python's own message, because only our tests call it."""
    order = json.loads(body or b"{}")
    try:
        return Answer(200, _done(server, f"{method} {path.removeprefix(DOOR)}", order))
    except (AttributeError, KeyError, TypeError) as wrong:
        return Answer(500, {"message": f"{type(wrong).__name__}: {wrong}"})


def _done(server: StandIn, what: str, order: Any) -> Any:
    world = server.world
    match what:
        case "GET state":
            return _state(server)
        case "POST reset":
            server.world, server.faults, server.asked, server.headers = World(), [], [], []
        case "POST token":
            world.tokens[order["token"]] = Token(order.get("login", ACTIONS), order.get("permissions", {}))
        case "POST pull-request":
            return _pull_request(world, order)
        case "POST comment":
            return world.say(order["login"], order["number"], order["body"])
        case "POST delete-comment":
            del world.comments[order["id"]]
        case "POST close" | "POST open":
            state = "closed" if what == "POST close" else "open"
            return world.changed(world.issues[order["number"]], state=state)
        case "POST faults":
            server.faults = [Fault(**each) for each in order]
        case _:
            raise KeyError(what)
    return {}


def _state(server: StandIn) -> Json:
    world = server.world
    return {
        "issues": [issue for issue in world.issues.values() if "pull_request" not in issue],
        "pullRequests": [issue for issue in world.issues.values() if "pull_request" in issue],
        "comments": list(world.comments.values()),
        "labels": list(world.labels.values()),
        "requests": [f"{method} {path}" for method, path in server.asked],
    }


def _pull_request(world: World, order: Json) -> Json:
    number = world.open_pull_request(order.get("number", 0), **({"sha": order["sha"]} if "sha" in order else {}))
    return {"number": number, "event": world.event(number)}
