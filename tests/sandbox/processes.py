"""The sandbox as a process of its own, and requests to it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from reconciler.sandbox.guard import TOKEN_HEADER, TOKEN_VARIABLE

TOKEN = "the token of these tests"  # noqa: S105 - of our own server


def start(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", "reconciler.sandbox", *arguments]
    environ = {**os.environ, TOKEN_VARIABLE: TOKEN}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ)
    assert process.stdout
    return process, process.stdout.readline()


def end(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[int, str, str]:
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    return process.returncode, out, err


def ask(endpoint: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(endpoint.removeprefix("http://"), timeout=10)
    try:
        content = None if body is None else body if isinstance(body, str) else json.dumps(body)
        connection.request(method, path, content, {TOKEN_HEADER: TOKEN})
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())
    finally:
        connection.close()


def signed(endpoint: str, method: str, path: str, body: str = "") -> dict[str, str]:
    """Headers as the AWS command line sends them, for invented keys."""
    request = AWSRequest(method, endpoint + path, data=body, headers={"Content-Type": "application/json"})
    SigV4Auth(Credentials("ANYBODY", "anything"), "connect", "us-east-1").add_auth(request)
    return dict(request.headers.items())
