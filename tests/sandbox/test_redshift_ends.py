"""The endpoint of a workgroup ends with its sandbox."""

from __future__ import annotations

import contextlib
import gc
from typing import Any

import pytest
import redshift_connector

from reconciler.sandbox import REGION, in_process
from tests.worlds.warehouse import connect, open_warehouse

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:ssl:DeprecationWarning")]


def test_the_front_ends_quietly_with_sessions_open(
    session: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No task is left behind, which Python would report with a traceback at the end of `make bench`."""
    with in_process():
        found = open_warehouse(lambda service: session.create_client(service, region_name=REGION))
        monkeypatch.setenv("SSL_CERT_FILE", str(found.certificate))
        open_ones = [connect(found) for _ in range(5)]
        open_ones[0].cursor().execute("select 1")
    gc.collect()
    for each in open_ones:
        with contextlib.suppress(redshift_connector.Error, OSError):
            each.close()

    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []
