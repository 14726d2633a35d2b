"""Orders to end a container or a Spark job at one of its calls to AWS.

A function that is killed between two calls shows whether the next run repairs what it left. An order is carried out
once. Calls are known by the keys of the container's session, and of the sessions that it assumes. A job has the name of
its application. This module imports no moto.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from threading import Lock
from typing import Any

from reconciler.sandbox.errors import WrongSetting

WHEN = ("before", "after")
_MEMBERS = ("function", "afterCalls", "when", "calls")
_KEY = re.compile(r"Credential=([^/]+)/")


@dataclass(frozen=True)
class Order:
    """`function`: a name with wildcards. `when`: before or after its n-th call is carried out; both lose the reply.

    `calls`: which calls count, as `call_of` writes them, with wildcards.
    """

    function: str
    after_calls: int
    when: str = "after"
    calls: str = "*"

    def as_json(self) -> dict[str, Any]:
        content = {"function": self.function, "afterCalls": self.after_calls, "when": self.when}
        return content if self.calls == "*" else {**content, "calls": self.calls}


@dataclass(frozen=True)
class Victim:
    """A running container or job, as it can be ended."""

    function: str
    kill: Callable[[], None]


class Killing:
    """The containers by their access keys, the calls of each function, and one order."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._victims: dict[str, Victim] = {}
        self._order: Order | None = None
        self._since_order = 0
        self.calls: Counter[str] = Counter()

    def enter(self, access_key: str, victim: Victim) -> None:
        with self._lock:
            self._victims[access_key] = victim

    def follow(self, authorization: str, access_key: str) -> None:
        """Notes that a caller has assumed a role: calls with the new key are the container's too."""
        with self._lock:
            victim = self._victims.get(_access_key(authorization))
            if victim is not None:
                self._victims[access_key] = victim

    def leave(self, access_key: str) -> None:
        """Forgets a container, by the key of its own session."""
        with self._lock:
            victim = self._victims.get(access_key)
            self._victims = {key: it for key, it in self._victims.items() if it is not victim}

    def set_order(self, order: Order | None) -> None:
        with self._lock:
            self._order, self._since_order = order, 0

    def order_as_json(self) -> dict[str, Any] | None:
        return self._order.as_json() if self._order else None

    def clear(self) -> None:
        with self._lock:
            self._victims.clear()
            self.calls.clear()
            self._order, self._since_order = None, 0

    def strikes(self, authorization: str, when: str, call: str = "") -> bool:
        """Notes a call, before and after it is carried out. Returns whether its container was ended now."""
        with self._lock:
            victim = self._victims.get(_access_key(authorization))
            if victim is None:
                return False
            if when == "before":
                self.calls[victim.function] += 1
            order = self._order
            if order is None or not fnmatchcase(victim.function, order.function) or not fnmatchcase(call, order.calls):
                return False
            if when == "before":
                self._since_order += 1
            if when != order.when or self._since_order < order.after_calls:
                return False
            self._order = None
        victim.kill()
        return True


killing = Killing()


def read_order(given: Any) -> Order | None:
    """Reads {"kill": {"function": "ingest*", "afterCalls": 3}}; {"kill": null} takes an order back."""
    if not isinstance(given, Mapping) or set(given) != {"kill"}:
        raise WrongSetting('functions: must be {"kill": {"function": "name*", "afterCalls": 3}}')
    order = given["kill"]
    if order is None:
        return None
    if not isinstance(order, Mapping) or not {"function", "afterCalls"} <= set(order) <= set(_MEMBERS):
        raise WrongSetting("functions.kill: must have function and afterCalls, and may have when and calls")
    function, after_calls, when = order["function"], order["afterCalls"], order.get("when", "after")
    calls = order.get("calls", "*")
    if not isinstance(function, str) or type(after_calls) is not int or after_calls < 1:
        raise WrongSetting("functions.kill: function must be a name with wildcards, afterCalls a number above 0")
    if not isinstance(calls, str):
        raise WrongSetting('functions.kill.calls: must be calls with wildcards, such as "PUT /bucket/*"')
    if when not in WHEN:
        raise WrongSetting(f"functions.kill.when: must be one of {', '.join(WHEN)}, not {when!r}")
    return Order(function, after_calls, when, calls)


def call_of(method: str, path: str, target: str | None) -> str:
    """Returns the call of a request: `PUT /bucket/key`, or with X-Amz-Target `POST DynamoDB_20120810.UpdateItem`."""
    return f"{method} {target or path}"


def _access_key(authorization: str) -> str:
    key = _KEY.search(authorization)
    return key[1] if key else ""
