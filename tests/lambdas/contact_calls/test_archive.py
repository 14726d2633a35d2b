"""The built archive under AWS's own runtime client, against the local AWS over HTTP and a Redshift over TLS."""

from __future__ import annotations

import json
import re
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.packaging.building import package
from reconciler.sandbox.guard import TOKEN_HEADER
from tests.cli.running import Server, serving
from tests.lambdas.clients import client_at
from tests.lambdas.contact_calls.pipeline import BUCKET
from tests.lambdas.contact_calls.served import HANDLER, ask, set_up
from tests.lambdas.runtime import build_elsewhere, running
from tests.worlds.archives import built
from tests.worlds.warehouse import PASSWORD

pytestmark = pytest.mark.slow
DAY = {"start": "2026-01-05T10:00:00+00:00", "end": "2026-01-05T12:00:00+00:00"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_elsewhere("contact_calls", tmp_path_factory.mktemp("built"), "shared")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as found:
        yield found


def seed(server: Server, type: str, members: dict[str, Any]) -> None:
    body = json.dumps({"type": type, "members": members}).encode()
    asked = urllib.request.Request(f"{server.endpoint}/_sandbox/seed", body, method="POST")  # noqa: S310
    asked.add_header(TOKEN_HEADER, server.token)
    urllib.request.urlopen(asked).close()  # noqa: S310


def test_the_built_archive_makes_its_tables_and_loads_a_window(archive: Path, server: Server, tmp_path: Path) -> None:
    """S3-1, S3-2, S3-13, S3-16: with COPY, in two invocations of one warm container at different times."""
    server.reset()
    environ = set_up(server.endpoint)
    seed(server, "Contacts", {"count": 250, "unfinished": 0, **DAY})
    seed(server, "Contact", {"Id": "next", "Channel": "VOICE", "DisconnectTimestamp": 1767618000})

    with running(archive, HANDLER, tmp_path, environ, timeout=120) as function:
        migrated = function.invoke({"migrate": True})
        first = function.invoke({"time": "2026-01-05T12:40:00Z"})
        second = function.invoke({"time": "2026-01-05T14:40:00Z"})
        again = function.invoke({"time": "2026-01-05T14:40:00Z"})

    assert not any(each.is_error for each in (migrated, first, second, again)), function.logged()
    assert (first.body["inserted"], first.body["watermark"]) == (250, "2026-01-05T12:00:00.000Z")
    assert (second.body["inserted"], second.body["watermark"]) == (1, "2026-01-05T14:00:00.000Z")
    assert again.body["status"] == "nothing to do"
    assert ask(server.endpoint, "select count(*) from connect.f_calls") == [[251]]
    listed = client_at(server.endpoint, "s3").list_objects_v2(Bucket=BUCKET, Prefix="contact-calls/load/")
    assert any(each["Key"].endswith(".manifest") for each in listed["Contents"])
    assert [each for each in ("+1555", PASSWORD) if each in function.logged()] == []


def test_the_archive_for_the_runtime_at_aws_is_what_runs_there(tmp_path: Path) -> None:
    """Its tree is inspected, as this machine may have another Python: nothing of this one's, and no old releases."""
    made = package("contact_calls", into=built(), python="3.13")

    with zipfile.ZipFile(made.path) as held:
        names = held.namelist()
        wheels = {name: held.read(name).decode() for name in names if name.endswith(".dist-info/WHEEL")}
        heads = {name: held.open(name).read(20) for name in names if name.endswith(".so") or ".so." in name}
    tops = {name.split("/")[0].partition("-")[0].lower() for name in names}
    assert {"pyarrow", "redshift_connector", "tzdata", "reconciler"} <= tops
    assert not tops & {"boto3", "botocore", "s3transfer", "setuptools", "pip", "pytest"}
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name or name.endswith((".h", ".pyx"))]
    assert {digits for name in names for digits in re.findall(r"\.cpython-(\d+)", name)} == {"313"}
    assert {head[18:20] for head in heads.values() if head[:4] == b"\x7fELF"} == {b"\x3e\x00"}
    assert any("manylinux_2_28" in text for name, text in wheels.items() if name.startswith("pyarrow-"))
    assert "reconciler/lambdas/contact_calls/sql/0001_tables.sql" in names
    assert made.unzipped < 200 * 2**20
    # Lambda takes no larger archive directly.
    assert made.path.stat().st_size < 50 * 10**6


def test_a_failed_run_is_an_error_that_alarms_see(archive: Path, server: Server, tmp_path: Path) -> None:
    """S3-25, S3-26: no 200 for what was not done."""
    server.reset()
    environ = set_up(server.endpoint)
    server.set_faults(error={"every": 1, "code": "AccessDeniedException", "operations": ["SearchContacts"]})

    with running(archive, HANDLER, tmp_path, environ, timeout=120) as function:
        answer = function.invoke({"time": "2026-01-05T12:40:00Z"})
    server.set_faults()

    assert (answer.is_error, answer.body["errorType"]) == (True, "SearchFailed")
    assert function.lines()[-1]["Failed"] == 1
