"""Ingest and transform together, with the shipped mapping: from the vendor's answers to the history of a ticket."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from reconciler.kinds.pipelines.mapping_files import shipped_mappings
from reconciler.lambdas.connectwise_transform.function import answer
from reconciler.lambdas.shared.surroundings import Surroundings
from tests.lambdas.connectwise_ingest.world import BUCKET, TICKETS, World, lane, ticket

HISTORY = """
    SELECT source_id, change_type, summary, status, is_current
    FROM read_parquet(?) QUALIFY row_number() OVER (PARTITION BY source_id, effective_from ORDER BY commit_no DESC) = 1
    ORDER BY source_id, effective_from
"""


def transform(world: World, event: dict[str, Any]) -> dict[str, Any]:
    def client(service: str, region: str, patience: Any, session: Any) -> Any:
        return world.make_client(service, region, patience, session or world.aws)

    around = Surroundings(
        world.environ,
        client,
        world.clock,
        world.clock,
        world.clock.sleep,
        lambda: 0.5,
        world.lines.append,
        lambda: "0" * 32,
    )
    return answer(event, SimpleNamespace(function_name="connectwise-transform"), around)


def history(world: World, folder: Path) -> list[tuple[Any, ...]]:
    keys = [key for key in world.objects() if key.startswith("harbor-dental/canonical/tickets/2")]
    for number, key in enumerate(keys):
        body = world.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
        (folder / f"{number}.parquet").write_bytes(body)
    with duckdb.connect() as connection:
        return list(connection.execute(HISTORY, [str(folder / "*.parquet")]).fetchall())


@pytest.mark.slow
def test_the_history_of_a_ticket_follows_from_what_ingest_reads(world: World, tmp_path: Path) -> None:
    """S2-18: a change, a delete and a record with id 0."""
    world.client("s3").put_object(
        Bucket=BUCKET, Key="mappings/tickets.json", Body=dict(shipped_mappings().compiled())["tickets"].encode()
    )
    company = world.add_tenant(deletes={"confirmations": 1}, backfill={"days": 30, "chunk_days": 30})
    company.put_all(TICKETS, [ticket(0, "id zero"), ticket(1, status={"id": 1, "name": "New"})])

    def tick(mode: str = "incremental") -> dict[str, Any]:
        slot = world.clock()
        event = lane("harbor-dental", run=f"20261128T{int(slot) % 1_000_000:06}Z", mode=mode)
        done = transform(world, world.invoke(event))
        world.pass_time()
        return done

    first = tick()
    company.change(TICKETS, 1, status={"id": 2, "name": "Closed"})
    tick()
    company.delete(TICKETS, 0)
    last = tick("ids")

    assert [pair["status"] for done in (first, last) for pair in done["pairs"]] == ["done", "done"], world.lines
    assert history(world, tmp_path) == [
        (0, "INSERT", "id zero", None, False),
        (0, "DELETE", None, None, True),
        (1, "INSERT", "VPN drops", "New", False),
        (1, "UPDATE", "VPN drops", "Closed", True),
    ]
