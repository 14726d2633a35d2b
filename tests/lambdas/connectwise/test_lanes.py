"""Which pairs a run works on, and their lanes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.lambdas.connectwise.failures import WrongEvent
from reconciler.lambdas.connectwise.lanes import Selection, lanes_of, pairs_of, read_selection
from reconciler.lambdas.connectwise.tenants import Rows, Skipped, Tenant

SLOT = datetime(2026, 11, 28, 19, 40, tzinfo=UTC)


def tenant(id: str, *, is_enabled: bool = True, tables: tuple[str, ...] = ("service/tickets",)) -> Tenant:
    return Tenant(id, "https://cw.example.com", f"connectwise/{id}/dev", is_enabled, tables)


def pairs(number: int, tables: int = 4) -> list[dict[str, Any]]:
    return [
        {"tenant_id": f"t{n:05}", "table_name": f"x/{t}", "mode": "ids"} for n in range(number) for t in range(tables)
    ]


def test_an_event_chooses_by_exact_names() -> None:
    """S2-35."""
    event = {"slot": "2026-11-28T19:40:00Z", "tenant_id": "a", "table_name": "service/tickets", "mode": "ids"}

    assert read_selection(event) == Selection("a", "service/tickets", "ids", slot=SLOT)
    assert read_selection({}) == Selection()
    assert read_selection({"accept_deletes": True, "mode": "ids"}).accepts_deletes


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ([], "must be a JSON object"),
        ({"tenant": "a"}, 'tenant is not a member of the event. Did you mean "tenant_id"?'),
        ({"tenant_id": 5}, "tenant_id must be a text"),
        ({"mode": "id"}, "mode 'id' is not known. Did you mean \"ids\"?"),
        ({"table_name": "tickets"}, "table_name 'tickets' is not known"),
        ({"table_name": "service/ticket"}, 'Did you mean "service/tickets"?'),
        ({"slot": "19:40"}, "slot must be an instant with an offset"),
        ({"slot": "2026-11-28T19:40:00"}, "slot must be an instant with an offset"),
        ({"mode": "backfill", "from": "2026-01-01T00:00:00Z"}, "from and to belong together"),
        ({"from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"}, "from and to are for the mode backfill"),
        (
            {"mode": "backfill", "from": "2026-02-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"},
            "from is the earlier one",
        ),
    ],
)
def test_a_wrong_event_is_refused_with_its_reason(event: Any, expected: str) -> None:
    """S2-35."""
    with pytest.raises(WrongEvent) as caught:
        read_selection(event)

    assert expected in str(caught.value)


def test_disabled_and_broken_tenants_are_skipped_with_a_reason() -> None:
    rows = Rows((tenant("a"), tenant("b", is_enabled=False)), (Skipped("c", "enabled must be true or false"),))

    found, skipped = pairs_of(rows, Selection())

    assert found == [{"tenant_id": "a", "table_name": "service/tickets", "mode": "incremental"}]
    assert {(row.tenant, row.reason) for row in skipped} == {("b", "disabled"), ("c", "enabled must be true or false")}


def test_a_chosen_tenant_is_alone() -> None:
    rows = Rows((tenant("a", tables=("service/tickets", "time/entries")), tenant("b")), (Skipped("c", "broken"),))
    span = {"since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}

    chosen = Selection("a", "time/entries", "backfill", accepts_deletes=True, **span)

    assert pairs_of(rows, chosen) == (
        [
            {
                **{"tenant_id": "a", "table_name": "time/entries", "mode": "backfill", "accept_deletes": True},
                **{"from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"},
            }
        ],
        [],
    )
    assert pairs_of(rows, Selection("c")) == ([], [Skipped("c", "broken")])


def test_an_unknown_tenant_or_a_table_that_it_has_not_is_an_error() -> None:
    """S2-35."""
    rows = Rows((tenant("harbor-dental"),), ())

    with pytest.raises(WrongEvent, match="Did you mean"):
        pairs_of(rows, Selection("harbor-dentl"))
    with pytest.raises(WrongEvent, match="harbor-dental has no table time/entries"):
        pairs_of(rows, Selection("harbor-dental", "time/entries"))


@pytest.mark.parametrize(
    ("tenants", "lanes", "longest"), [(0, 0, 0), (125, 500, 1), (126, 126, 4), (9999, 9999, 4), (10_000, 1000, 40)]
)
def test_more_pairs_make_longer_lanes(tenants: int, lanes: int, longest: int) -> None:
    made = lanes_of(pairs(tenants), "run", SLOT)

    assert (len(made), max((len(lane["pairs"]) for lane in made), default=0)) == (lanes, longest)
    assert [pair for lane in made for pair in lane["pairs"]] == pairs(tenants)
    assert all((lane["run"], lane["slot"], lane["round"]) == ("run", "2026-11-28T19:40:00Z", 1) for lane in made)
