"""The built archive under AWS's own runtime client, against the local AWS over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import INSTANCE_ID
from tests.builders.agent_files import SECRET
from tests.cli.running import Server, serving
from tests.lambdas.agent_upload.inbox import BUCKET, PREFIX, ROSTER, UPLOADS, Inbox, managed_csv, row
from tests.lambdas.clients import client_at
from tests.lambdas.runtime import Lambda, build_elsewhere, running

pytestmark = pytest.mark.slow
HANDLER = "reconciler.lambdas.agent_upload.handler.handler"
SERVICES = ("connect", "dynamodb", "s3", "secretsmanager")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_elsewhere("agent_upload", tmp_path_factory.mktemp("built"), "agents", "shared")


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with serving() as server:
        yield Inbox(_Reset(server), _clients(server))


def _clients(server: Server) -> dict[str, Any]:
    return {name: client_at(server.endpoint, name) for name in SERVICES}


class _Reset:
    """The control of a sandbox that another process serves; these tests need none of it."""

    def __init__(self, server: Server) -> None:
        self.endpoint = server.endpoint


def _running(archive: Path, folder: Path, inbox: Inbox) -> Any:
    environ = {**inbox.environ, "AWS_ENDPOINT_URL": inbox.sandbox.endpoint}
    return running(archive, HANDLER, folder, environ, timeout=300)


def test_the_built_archive_takes_a_file_of_agents(archive: Path, inbox: Inbox, tmp_path: Path) -> None:
    """S4-15, S4-17, S4-24: with a file beside it, twice, in one warm container."""
    record, other = inbox.put(managed_csv()), inbox.put(b"\x00\x01", "uploads/a.bin")

    with _running(archive, tmp_path, inbox) as function:
        answers = [function.invoke({"Records": [record, other]}) for _ in range(2)]

    assert [answer.body for answer in answers] == [
        {"objects": 2, "rosters": 1, "rows": 2, "pending": 2, "files": 1},
        {"objects": 2, "duplicates": 2},
    ]
    assert set(inbox.roster()) == {"ada", "mary"}
    assert inbox.secret("ada") == SECRET
    assert SECRET not in function.logged()
    assert [inbox.environ[name] for name in ("UPLOADS_TABLE", "ROSTER_TABLE")] == [UPLOADS, ROSTER]
    assert (inbox.environ["BUCKET_NAME"], inbox.environ["SECRET_PREFIX"]) == (BUCKET, PREFIX)


def test_rows_with_passwords_stay_within_the_memory_of_one_function(
    archive: Path, inbox: Inbox, tmp_path: Path
) -> None:
    """S4-29: `test_size` has the calls and the memory of 5,000 rows. This is the process with all that it imports."""
    rows = [row(user_login=f"agent{number}") for number in range(150)]
    record = inbox.put(managed_csv(rows))

    with _running(archive, tmp_path, inbox) as function:
        answer = function.invoke({"Records": [record]})
        peak = _peak(function)

    assert answer.body == {"objects": 1, "rosters": 1, "rows": 150, "pending": 150}
    # The other half is more than 5,000 rows need.
    assert peak < 256 * 2**20
    assert len(inbox.results(record)) == 150


def test_a_wrong_event_is_an_error_that_alarms_see(archive: Path, inbox: Inbox, tmp_path: Path) -> None:
    with _running(archive, tmp_path, inbox) as function:
        answer = function.invoke({"Records": [{"eventSource": "aws:sqs"}]})

    assert (answer.is_error, answer.body["errorType"]) == (True, "WrongEvent")
    assert function.lines()[-1]["Failed"] == 1
    assert INSTANCE_ID in inbox.environ["INSTANCE_ID"]


def _peak(function: Lambda) -> int:
    """Returns the peak of the container's memory in bytes, as Linux counts it."""
    status = Path(f"/proc/{function.container.process.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024
