"""The stand-in as a program of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
import requests

from reconciler.sandbox.connectwise.server import TOKEN_HEADER


@pytest.mark.slow
def test_the_program_prints_its_address_and_ends_at_a_signal() -> None:
    program = [sys.executable, "-m", "reconciler.sandbox.connectwise", "--company", "harbor"]
    environ = {**os.environ, "RECONCILE_SANDBOX_TOKEN": "token"}

    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=environ) as running:
        assert running.stdout is not None
        url = running.stdout.readline().split()[1]
        info = requests.get(f"{url}/login/companyinfo/harbor", timeout=5).json()
        order = requests.post(f"{url}/_standin/clock", json={"advance": 1}, headers={TOKEN_HEADER: "token"}, timeout=5)
        running.send_signal(signal.SIGTERM)
        code = running.wait(10)

    assert (info["CompanyName"], order.status_code, code) == ("harbor", 200, 0)
