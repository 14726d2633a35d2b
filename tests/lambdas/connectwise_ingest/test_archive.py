"""The built archives of plan and ingest under AWS's own runtime client, against the local AWS over HTTP."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import botocore.session
import pytest

from reconciler.packaging.building import package
from reconciler.sandbox.connectwise import Fault, standing_in
from tests.cli.running import serving
from tests.lambdas.connectwise.places import create_tables
from tests.lambdas.connectwise_ingest.world import START, TICKETS, World, ticket
from tests.lambdas.invocations import Clock
from tests.lambdas.runtime import PYTHON, Lambda, running
from tests.worlds.archives import built

pytestmark = pytest.mark.slow
SLOT = "2026-11-28T19:40:00Z"


@pytest.fixture(scope="module")
def served(session: botocore.session.Session) -> Iterator[World]:
    """A world whose AWS is a process of its own."""
    with pytest.MonkeyPatch.context() as patch, serving() as server, standing_in() as vendor:
        patch.setenv("AWS_ENDPOINT_URL", server.endpoint)
        world = World(SimpleNamespace(), vendor, Clock(START), session)  # type: ignore[arg-type]
        create_tables(world.client("dynamodb"))
        world.set_up()
        world.environ |= {"AWS_ENDPOINT_URL": server.endpoint, "API_TIMEOUT": "5"}
        yield world


@pytest.fixture(scope="module")
def functions(served: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Lambda]]:
    """Both archives in containers, which stay warm."""
    folder = tmp_path_factory.mktemp("built")
    names = ("connectwise_plan", "connectwise_ingest")
    archives = [package(name, into=built(), python=PYTHON).path for name in names]
    handlers = [f"reconciler.lambdas.{name}.handler.handler" for name in names]
    with (
        running(archives[0], handlers[0], folder / "plan", served.environ, timeout=60) as plan,
        running(archives[1], handlers[1], folder / "ingest", served.environ, timeout=120) as ingest,
    ):
        yield {"plan": plan, "ingest": ingest}


def test_without_a_tenant_they_answer_empty_lists(functions: dict[str, Lambda]) -> None:
    """S2-10, S2-12: all that they need is in the archives."""
    planned = functions["plan"].invoke({"slot": SLOT})
    worked = functions["ingest"].invoke({})

    assert not planned.is_error, functions["plan"].logged()
    assert not worked.is_error, functions["ingest"].logged()
    assert (planned.body["lanes"], worked.body["pairs"]) == (0, [])


def test_a_planned_lane_is_ingested_with_faults_on_the_way(functions: dict[str, Lambda], served: World) -> None:
    """S2-2, S2-14: over HTTP on both sides."""
    company = served.add_tenant("harbor-dental", backfill={"days": 30, "chunk_days": 30})
    company.put_all(TICKETS, [ticket(id) for id in range(1, 1201)])
    served.vendor.faults.add(Fault("status", 429, retry_after="1", skip=2), Fault("half", skip=3))

    planned = functions["plan"].invoke({"slot": SLOT}).body
    (lane,) = served_json(served, planned["key"])
    answer = functions["ingest"].invoke(lane)

    assert not answer.is_error, functions["ingest"].logged()
    (pair,) = answer.body["pairs"]
    assert (pair["status"], pair["rows"], pair["retries"]) == ("done", 1200, 2), functions["ingest"].logged()
    assert sorted(row["id"] for row in served.rows()) == list(range(1, 1201))
    assert served.vendor.company("harbor-dental").private_key not in functions["ingest"].logged()


def served_json(served: World, key: str) -> list[object]:
    import json

    content: list[object] = json.loads(served.client("s3").get_object(Bucket="lake", Key=key)["Body"].read())
    return content


def test_a_wrong_event_is_an_error_that_alarms_see(functions: dict[str, Lambda]) -> None:
    answer = functions["ingest"].invoke({"tenant_id": "nobody"})

    assert (answer.is_error, answer.body["errorType"]) == (True, "WrongEvent")
    assert functions["ingest"].lines()[-1]["PairsFailed"] == 1


def test_the_archives_for_the_runtime_at_aws_are_small(tmp_path: Path) -> None:
    """130 MB unpacked for ingest; plan needs nothing but the runtime's own packages."""
    ingest = package("connectwise_ingest", into=tmp_path, python="3.13")
    plan = package("connectwise_plan", into=tmp_path, python="3.13")

    with zipfile.ZipFile(ingest.path) as held:
        names = held.namelist()
    assert ingest.unzipped < 130 * 10**6
    assert plan.unzipped < 10**6
    assert {"pyarrow", "msgspec", "orjson", "requests", "reconciler"} <= {name.split("/")[0] for name in names}
    assert "reconciler/lambdas/connectwise/tables/service.tickets.json" in names
    assert not [name for name in names if name.startswith(("boto3/", "botocore/", "pyarrow/libarrow_s3"))]
