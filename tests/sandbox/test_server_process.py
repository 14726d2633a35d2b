"""The sandbox's process: how it begins, and how it ends."""

from __future__ import annotations

import http.client
import signal
import socket
from pathlib import Path

import pytest

from reconciler.sandbox import INSTANCE_ARN, INSTANCE_ID

from .processes import ask, end, signed, start

pytestmark = pytest.mark.slow


def test_the_first_line_says_where_the_server_is_and_sigterm_ends_it_with_0() -> None:
    process, ready = start()
    word, endpoint, label, arn = ready.rstrip("\n").split(" ")

    assert (word, label, arn) == ("ready", "instance", INSTANCE_ARN)
    assert ask(endpoint, "GET", "/_sandbox")[1]["pid"] == process.pid
    assert end(process) == (0, "", "")


def test_sigint_ends_it_with_0_and_faults_may_come_from_a_file(tmp_path: Path) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text('{"error": {"every": 1}}', encoding="utf-8")
    process, ready = start("--faults", str(faults))
    endpoint = ready.split()[1]
    connection = http.client.HTTPConnection(endpoint.removeprefix("http://"))
    connection.request(
        "GET", f"/data-tables/{INSTANCE_ID}", headers=signed(endpoint, "GET", f"/data-tables/{INSTANCE_ID}")
    )

    assert connection.getresponse().status == 500
    connection.close()
    assert end(process, signal.SIGINT) == (0, "", "")


@pytest.mark.parametrize("faults", ['{"nope": 1}', "{", "no-such-file.json"])
def test_wrong_faults_end_it_with_words_and_no_ready_line(faults: str) -> None:
    process, ready = start("--faults", faults)
    _, err = process.communicate(timeout=20)

    assert (ready, process.returncode) == ("", 1)
    assert err.startswith("reconciler.sandbox: ")
    assert "Traceback" not in err


def test_a_taken_port_is_reported_and_stops_the_server(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process, ready = start("--port", str(taken.getsockname()[1]))
        _, err = process.communicate(timeout=20)

    assert (ready, process.returncode) == ("", 1)
    assert "in use" in err
