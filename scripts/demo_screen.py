"""Prints what a demo does, checks it, and asks the local AWS: shared by the stories of the Lambdas."""

from __future__ import annotations

import json
import sys
import urllib.request
from typing import Any

from reconciler.sandbox.background import Sandbox
from reconciler.sandbox.guard import TOKEN_HEADER

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def ask(local: Sandbox, method: str, act: str, body: Any = None) -> Any:
    """Sends a request to one of the sandbox's own addresses and returns the answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{local.endpoint}/_sandbox/{act}", data, method=method)  # noqa: S310 - our own server
    request.add_header(TOKEN_HEADER, local.token)
    with urllib.request.urlopen(request) as reply:  # noqa: S310
        return json.load(reply)


def say(what: str) -> None:
    print(f"\n──── {what} " + "─" * max(0, 100 - len(what)), flush=True)


def show(what: str, value: Any) -> None:
    print(f"{what}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}", flush=True)


def check(is_so: bool, what: str) -> None:
    if not is_so:
        sys.exit(f"demo: not so: {what}")
    print(f"✓ {what}", flush=True)
