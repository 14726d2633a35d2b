"""Refuses requests that a web page sends, and orders without the token.

The server listens on 127.0.0.1 alone, but a browser on this machine reaches that address too. A page of another origin
sends `Origin` or `Sec-Fetch-Site`. A page whose name was pointed to 127.0.0.1 (DNS rebinding) sends its own name as
`Host`. Clients of AWS send none of these. Other users of the machine reach the port as well. So an order to the sandbox
itself needs a token that only its owner can read. Functions run as programs of the owner, so only the owner's programs
deploy and invoke them.
"""

from __future__ import annotations

import hmac
import re
from email.message import Message
from pathlib import Path

PREFIX = "/_sandbox"  # of the addresses of orders to the sandbox itself
TOKEN_HEADER = "X-Sandbox-Token"  # noqa: S105 - the name of a header
TOKEN_VARIABLE = "RECONCILE_SANDBOX_TOKEN"  # noqa: S105 - the name of a variable
# S3's clients use the host `bucket.localhost`. No page on the network has a name below `localhost` (RFC 6761).
_HOST = re.compile(r"(?:(?:[a-z0-9._-]+\.)?localhost|127\.0\.0\.1|\[::1\]):(?P<port>\d{1,5})", re.IGNORECASE)
# `none`: the user typed the address. Programs send no such header.
_OWN_SITES = ("", "none", "same-origin")
# Lambda runs code, and the other two call Lambda. An unsigned request may be for any service.
RUNNING_CODE = ("lambda", "states", "scheduler", "")
_CONNECTIONS = Path("/proc/net/tcp")


def misdirected(headers: Message, port: int) -> str:
    """Returns why the request is not meant for this server (421), or an empty text."""
    hosts = headers.get_all("Host") or []
    host = _HOST.fullmatch(hosts[0].strip()) if len(hosts) == 1 else None
    if host and int(host["port"]) == port:
        return ""
    return f"the sandbox answers at 127.0.0.1:{port} and localhost:{port} only, not at {', '.join(hosts) or 'no host'}"


def from_a_page(headers: Message) -> str:
    """Returns why the request comes from a web page (403), or an empty text."""
    if headers.get("Origin") is not None:
        return "the sandbox answers no web pages, and the request has the header Origin"
    if headers.get("Sec-Fetch-Site", "").strip().lower() not in _OWN_SITES:
        return "the sandbox answers no web pages, and the request comes from another site"
    return ""


def without_token(method: str, headers: Message, token: str) -> str:
    """Returns why an order to the sandbox itself is refused (403), or an empty text. Reading needs no token."""
    if method in ("GET", "HEAD") or hmac.compare_digest(headers.get(TOKEN_HEADER, "").encode(), token.encode()):
        return ""
    return (
        f"{method} needs the sandbox's token in the header {TOKEN_HEADER}; it is in .reconcile/sandbox.json, or it is "
        f"the value of {TOKEN_VARIABLE} when the sandbox started"
    )


def from_another_user(client: int, server: int, owner: int) -> str:
    """Returns why a call of another user is refused (403), or an empty text.

    `client` and `server`: the two ports of a connection on this machine. `owner`: the user id of the sandbox. The
    kernel names the user of each end. Functions need Linux, so without its table no function runs.
    """
    try:
        table = _CONNECTIONS.read_text(encoding="ascii")
    except OSError:
        return ""
    user = user_of(table, client, server)
    if user in (owner, 0):
        return ""
    return "only the user who started the sandbox deploys and invokes functions: they run as that user's programs"


def user_of(table: str, client: int, server: int) -> int | None:
    """Returns the user id of a connection's client, or None if the kernel's table does not have it."""
    for line in table.splitlines()[1:]:
        _, local, remote, _, _, _, _, user = line.split()[:8]
        if local.endswith(f":{client:04X}") and remote.endswith(f":{server:04X}"):
            return int(user)
    return None
