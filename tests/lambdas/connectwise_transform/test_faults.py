"""AWS that throttles, loses replies, cuts bodies or refuses; many objects; drifting types; too little disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.lambdas.connectwise.failures import LedgerFailed
from reconciler.lambdas.connectwise.ledger import RawFile, raw_name
from reconciler.sandbox import Control, set_faults
from tests.lambdas.connectwise_transform.world import (
    BUCKET,
    SOURCE,
    TENANT,
    TransformWorld,
    compiled,
    seen,
)

PAIR = {"tenant_id": TENANT, "table_name": SOURCE, "mode": "incremental", "status": "done", "rows": 1}


def grown(world: TransformWorld) -> list[Any]:
    """Three commits, and the history after them."""
    for at, content in ((900, "a"), (1050, "b"), (1100, "c")):
        world.add_raw([seen(number, at, f"{content}{number}") for number in range(4)])
        world.run()
    return world.rows()


@pytest.mark.slow
@pytest.mark.parametrize(
    "faults",
    [
        {"error": {"every": 3, "code": "ThrottlingException", "operations": ["UpdateItem", "Query"]}},
        {"error": {"every": 3, "code": "SlowDown", "operations": ["GetObject", "PutObject", "PutObjectTagging"]}},
        {"error": {"every": 20, "code": "InternalError"}},
        {"lostReply": {"every": 3, "operations": ["UpdateItem", "PutObject", "PutObjectTagging"]}},
    ],
)
def test_throttles_errors_and_lost_replies_change_nothing(
    tmp_path: Path, session: Any, clients: dict[str, Any], faults: dict[str, Any]
) -> None:
    from reconciler.sandbox import in_process

    with in_process():
        expected = grown(TransformWorld(tmp_path, session, clients))
    with in_process() as sandbox:
        world = TransformWorld(tmp_path, session, clients)
        for at, content in ((900, "a"), (1050, "b"), (1100, "c")):
            world.add_raw([seen(number, at, f"{content}{number}") for number in range(4)])
            sandbox.set_faults(faults)
            pair = world.run()
            sandbox.set_faults(None)
            assert "error" not in pair, pair

        assert world.rows() == world.listed_rows() == expected


def test_a_manifest_of_another_format_fails_the_pair_with_its_key(world: TransformWorld) -> None:
    world.add_raw([seen(1, 900, "a")])
    world.run()
    key = world.item()["manifest"]
    world.put(key, world.get(key).replace(b'"format": 1', b'"format": 2'))
    world.add_raw([seen(1, 1050, "b")])

    pair = world.run()

    assert pair["error"] == f"MANIFEST: {key}: it has another format than this function; deploy a newer one"


def test_a_ledger_that_does_not_answer_fails_the_pair(world: TransformWorld) -> None:
    world.add_raw([seen(1, 900, "a")])
    set_faults({"error": {"every": 1, "code": "InternalServerError", "operations": ["Query"]}})

    pair = world.run()

    set_faults(None)
    assert (pair["status"], pair["error"].partition(":")[0]) == ("failed", "AWS")


def test_a_list_of_tenants_that_cannot_be_read_stops_the_function(world: TransformWorld) -> None:
    set_faults({"error": {"every": 1, "code": "AccessDeniedException", "operations": ["Scan"]}})

    with pytest.raises(LedgerFailed):
        world.invoke({})

    set_faults(None)


def test_mappings_that_cannot_be_read_fail_the_pair(world: TransformWorld) -> None:
    world.add_raw([seen(1, 900, "a")])
    set_faults({"error": {"every": 1, "code": "AccessDenied", "operations": ["ListObjectsV2"]}})

    pair = world.run()

    set_faults(None)
    assert pair["error"] == "AWS: s3:ListObjectsV2: AccessDenied on the mappings"


def test_a_result_that_cannot_be_written_fails_the_pair(world: TransformWorld) -> None:
    """Report counts a pair without a result as dead."""
    world.add_raw([seen(1, 900, "a")])
    world.run()
    set_faults({"error": {"every": 1, "code": "AccessDenied", "operations": ["PutObject"]}})

    pair = world.run()

    set_faults(None)
    assert pair["error"].startswith("AWS: s3:PutObject: AccessDenied on ")


def test_a_role_that_cannot_be_assumed_fails_the_pair(world: TransformWorld) -> None:
    set_faults({"error": {"every": 1, "code": "AccessDenied", "operations": ["AssumeRole"]}})

    pair = world.run()

    set_faults(None)
    assert pair["error"] == "AWS: sts:AssumeRole: AccessDenied"


def test_a_defect_is_a_failed_pair_that_repeats_no_content(
    world: TransformWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("planted-content")

    monkeypatch.setattr("reconciler.lambdas.connectwise_transform.canonical.carry_out", broken)
    world.add_raw([seen(1, 900, "a")])

    pair = world.run()

    assert pair["error"] == "UNFORESEEN: RuntimeError"
    assert "planted-content" not in "".join(world.lines)


def test_a_body_that_is_cut_is_fetched_again(world: TransformWorld) -> None:
    world.add_raw([seen(1, 900, "a")])
    cuts = []

    def client(service: str, *_: Any) -> Any:
        real = world.client(service)
        return _Cutting(real, cuts) if service == "s3" else real

    world.invoke(world.lane(), client=client)

    assert (len(cuts), len(world.rows())) == (1, 1)


class _Cutting:
    """An S3 whose first raw body ends early."""

    def __init__(self, client: Any, cuts: list[str]) -> None:
        self._client, self._cuts = client, cuts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def get_object(self, **params: Any) -> Any:
        answer = self._client.get_object(**params)
        if "/raw/" in params["Key"] and not self._cuts:
            self._cuts.append(params["Key"])
            answer["Body"] = _Half(answer["Body"])
        return answer


class _Half:
    def __init__(self, body: Any) -> None:
        self._body = body

    def iter_chunks(self, size: int) -> Any:
        from botocore.exceptions import IncompleteReadError

        yield self._body.read(10)
        raise IncompleteReadError(actual_bytes=10, expected_bytes=size)


def test_a_type_that_changed_between_raw_files_makes_no_version(world: TransformWorld) -> None:
    """The seed made phantom versions where 7 became 7.0 or "7"."""
    world.put("mappings/tickets.json", json.dumps(compiled([("hours", "decimal(18,4)", "hours")])).encode())
    for number, (type, value) in enumerate([("BIGINT", 7), ("DECIMAL(18,4)", "7.0"), ("VARCHAR", "7"), ("DOUBLE", 7)]):
        row = {"id": 1, "at": 900 + number, "seen": 1000 + number, "hours": value}
        world.add_raw([row], {"hours": type})
        world.run()

    assert [str(it[0]) for it in world.rows("hours")] == ["7.0000"]


def test_a_value_that_does_not_fit_is_null_and_counted(world: TransformWorld) -> None:
    world.put("mappings/tickets.json", json.dumps(compiled([("hours", "bigint", "hours")])).encode())
    world.add_raw([{"id": 1, "at": 900, "seen": 1000, "hours": "soon"}], {"hours": "VARCHAR"})

    world.run()

    assert world.rows("hours") == [(None,)]
    assert json.loads(world.lines[-1])["ValuesDrifted"] == 1


def test_texts_of_numbers_and_times_are_canonical_and_lose_their_control_characters(world: TransformWorld) -> None:
    """0x00 is refused by the warehouse, and 0x1F parts the columns of a hash."""
    columns = [(name, "text", name) for name in ("text", "number", "whole", "time", "flag")]
    world.put("mappings/tickets.json", json.dumps(compiled(columns)).encode())
    row = {"id": 1, "at": 900, "seen": 1000, "text": "a\x1fb", "number": "7.50", "whole": "7.00", "flag": True}
    types = {"text": "VARCHAR", "number": "DECIMAL(18,4)", "whole": "DECIMAL(18,4)", "time": "TIMESTAMPTZ"}
    world.add_raw([{**row, "time": "2026-01-05T12:00:00Z"}], {**types, "flag": "BOOLEAN"})

    world.run()

    assert world.rows('"text", number, whole, "time", flag') == [
        ("ab", "7.5", "7", "2026-01-05T12:00:00.000000Z", "true")
    ]


def test_a_touch_makes_no_version_where_the_stamp_is_a_column(world: TransformWorld) -> None:
    """The column has the stamp of the version's first row."""
    columns = [("content", "text", "content"), ("last_updated", "timestamp", "_info__lastUpdated")]
    world.put("mappings/tickets.json", json.dumps(compiled(columns)).encode())
    for at in (900, 1050):
        world.add_raw([seen(1, at, "a")])
        world.run()

    assert world.rows("epoch_us(last_updated), epoch_us(confirmed_at)") == [(900, 1050)]


def test_two_source_tables_share_one_canonical_table(world: TransformWorld) -> None:
    """And a pair of either brings both up to date."""
    both = compiled([("content", "text", "content")], SOURCE, "time/entries")
    world.put("mappings/tickets.json", json.dumps(both).encode())
    world.add_raw([seen(1, 900, "a")])
    world.add_raw([seen(2, 950, "b")], table="time/entries")

    world.invoke(world.lane(PAIR, {**PAIR, "table_name": "time/entries"}))

    assert [row[:2] for row in world.rows()] == [(1, "a"), (2, "b")]
    assert world.item()["consumed"] == {SOURCE: 1, "time/entries": 1}


@pytest.mark.slow
def test_behind_1500_raw_and_canonical_objects_the_newest_is_found(
    world: TransformWorld, sandbox_calls: Control
) -> None:
    """S2-37: the ledger names every file, so no listing ends after 1,000 keys."""
    world.add_raw([seen(1, 900, "a")])
    world.run()
    body = world.get(next(key for key in world.listed(f"{TENANT}/raw/")))
    for number in range(1500):
        world.put(f"{TENANT}/canonical/tickets/2020-01-01T000000.{number:06}Z.txt", b"", "superseded")
    for seq in range(2, 1502):
        key = f"{TENANT}/raw/connectwise/{SOURCE}/2026-01-01T000000.{seq:06}Z.parquet"
        world.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)
        file = RawFile(seq, key, 1, len(body), "2026-01-05T12:00:00Z", "incremental", "r")
        item = {name: value for name, value in vars(file).items() if name != "seq"}
        world.ledger().put(raw_name(SOURCE, seq), {**item, "expires": 2_000_000_000})
    world.add_raw([seen(1, 1050, "newest")])
    sandbox_calls.reset_stats()

    pair = world.run(COMMIT_FILES="500")

    assert (pair["status"], world.item()["consumed"]) == ("done", {SOURCE: 1502})
    assert [row[1] for row in world.rows()] == ["a", "newest"]
    assert sandbox_calls.stats()["calls"]["s3:ListObjectsV2"] == 2


@pytest.mark.slow
def test_the_cost_of_a_commit_does_not_depend_on_the_length_of_the_history(
    world: TransformWorld, sandbox_calls: Control
) -> None:
    """After 40 commits, one of 1 % changes reads the open rows and the new rows, and writes its changes."""
    world.add_raw([seen(number, 900, f"content of {number}") for number in range(3000)])
    world.run()
    for round in range(40):
        world.add_raw([seen(number, 1000 + round, f"{round}") for number in range(30)])
        world.run()

    lines = len(world.lines)
    world.add_raw([seen(number, 2000, "last") for number in range(30)])
    world.run()

    written = json.loads(world.lines[lines:][-1])["CommitBytes"]
    manifest = json.loads(world.get(world.item()["manifest"]))
    assert written < manifest["base"]["bytes"] / 2
    assert len([it for it in manifest["files"] if it["last"] > manifest["base"]["last"]]) <= 32


@pytest.fixture
def sandbox_calls(world: TransformWorld) -> Control:
    from reconciler.sandbox import reset_stats

    reset_stats()
    return Control()
