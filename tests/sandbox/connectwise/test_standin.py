"""The stand-in over HTTP: keys, lists, pages, faults and orders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from reconciler.sandbox.connectwise import Behaviour, Fault, StandIn, standing_in
from reconciler.sandbox.connectwise.server import TOKEN_HEADER

TICKETS = "service/tickets"


@pytest.fixture
def vendor() -> Iterator[StandIn]:
    with standing_in() as standin:
        standin.company("harbor").put_all(TICKETS, [{"id": id, "summary": f"no {id}"} for id in range(1, 8)])
        yield standin


def get(
    vendor: StandIn, path: str = TICKETS, codebase: str = "v4_6_release/", headers: Any = None, **query: Any
) -> requests.Response:
    return requests.get(
        f"{vendor.url}/{codebase}apis/3.0/{path}",
        params=query,
        auth=("harbor+public", "private"),
        headers={"clientId": "client", **(headers or {})},
        timeout=5,
    )


def ids(response: requests.Response) -> list[int]:
    return [record["id"] for record in response.json()]


FORWARD = {"pagination-type": "forward-only"}


def test_a_caller_needs_its_keys_and_its_client_id(vendor: StandIn) -> None:
    assert get(vendor).status_code == 200
    assert get(vendor, headers={"clientId": "another"}).status_code == 401
    url = f"{vendor.url}/v4_6_release/apis/3.0/{TICKETS}"
    for authorization in ("", "Basic !", "Bearer aGFyYm9yK3B1YmxpYzpwcml2YXRl", "Basic aGFyYm9yK3B1YmxpYzp3cm9uZw=="):
        headers = {"Authorization": authorization, "clientId": "client"}
        assert requests.get(url, headers=headers, timeout=5).status_code == 401


def test_a_company_sees_its_own_records_only(vendor: StandIn) -> None:
    vendor.company("quay").put(TICKETS, {"id": 1, "summary": "another"})

    assert [record["summary"] for record in get(vendor, conditions="id = 1").json()] == ["no 1"]


def test_pages_are_navigable_and_link_to_the_next_one(vendor: StandIn) -> None:
    first = get(vendor, orderBy="id asc", pageSize=3)
    second = requests.get(
        first.links["next"]["url"], auth=("harbor+public", "private"), headers={"clientId": "client"}, timeout=5
    )

    assert (ids(first), ids(second)) == ([1, 2, 3], [4, 5, 6])
    assert "Link" not in get(vendor, orderBy="id asc", pageSize=3, page=3).headers


def test_forward_only_pages_go_by_id_and_the_last_one_has_an_empty_link(vendor: StandIn) -> None:
    first = get(vendor, headers=FORWARD, pageSize=4)
    second = get(vendor, headers=FORWARD, pageSize=4, pageId=4)

    assert (ids(first), ids(second)) == ([1, 2, 3, 4], [5, 6, 7])
    assert "pageId=4" in first.headers["Link"]
    assert second.headers["Link"] == ""


def test_a_table_without_forward_only_paging_sends_no_link(vendor: StandIn) -> None:
    vendor.behaviour.has_forward_only = False

    assert "Link" not in get(vendor, headers=FORWARD, pageSize=4).headers


def test_a_page_is_clamped_and_its_default_is_25(vendor: StandIn) -> None:
    vendor.company("harbor").put_all(TICKETS, [{"id": id} for id in range(8, 100)])
    vendor.behaviour.largest_page = 30

    assert len(get(vendor).json()) == 25
    assert len(get(vendor, pageSize=1000).json()) == 30


def test_records_are_sorted_and_pruned(vendor: StandIn) -> None:
    vendor.clock.advance(60)
    vendor.company("harbor").touch(TICKETS, 3)

    newest = get(vendor, orderBy="_info/lastUpdated desc", pageSize=1, fields="id,_info/lastUpdated").json()

    assert newest == [{"id": 3, "_info": {"lastUpdated": "2026-03-02T08:01:00Z"}}]


def test_single_records_and_counts(vendor: StandIn) -> None:
    assert get(vendor, f"{TICKETS}/3").json()["summary"] == "no 3"
    assert (get(vendor, f"{TICKETS}/99").status_code, get(vendor, f"{TICKETS}/99").json()["code"]) == (404, "NotFound")
    assert get(vendor, f"{TICKETS}/count", conditions="id > 5").json() == {"count": 2}


@pytest.mark.parametrize(
    ("query", "code"),
    [({"conditions": "id = x"}, "InvalidConditions"), ({"orderBy": "id asc"}, "InvalidOrderBy")],
)
def test_wrong_questions_are_refused(vendor: StandIn, query: dict[str, str], code: str) -> None:
    vendor.behaviour.refuses_order = True

    assert (get(vendor, **query).status_code, get(vendor, **query).json()["code"]) == (400, code)


def test_a_spelling_of_the_filter_may_be_ignored_or_refused(vendor: StandIn) -> None:
    vendor.behaviour.filters = {"lastUpdated": "ignored", "_info/lastUpdated": "refused"}

    assert len(get(vendor, conditions="(lastUpdated > [2999-01-01T00:00:00Z])").json()) == 7
    assert get(vendor, conditions="_info/lastUpdated > [2999-01-01T00:00:00Z]").status_code == 400


def test_a_moved_codebase_is_html_and_companyinfo_names_the_new_one(vendor: StandIn) -> None:
    vendor.behaviour.has_fixed_codebase = False

    moved = get(vendor)
    info = requests.get(f"{vendor.url}/login/companyinfo/harbor", timeout=5).json()

    assert (moved.status_code, moved.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert get(vendor, codebase=info["Codebase"]).status_code == 200
    assert requests.get(f"{vendor.url}/login/companyinfo/nobody", timeout=5).json() is None


def test_deletes_leave_no_trace_and_merged_tickets_stay(vendor: StandIn) -> None:
    company = vendor.company("harbor")
    company.delete(TICKETS, 1)
    company.merge(2, into=3)

    assert 1 not in ids(get(vendor))
    assert get(vendor, f"{TICKETS}/2").json()["mergedParentTicket"]["id"] == 3


def test_records_may_have_no_stamp(vendor: StandIn) -> None:
    vendor.behaviour.has_stamps = False

    assert "lastUpdated" not in get(vendor, f"{TICKETS}/3").json()["_info"]


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        (Fault("status", 429, retry_after="7"), 429, "Failed"),
        (Fault("timeout"), 500, "Timeout"),
        (Fault("html", 503), 503, "<html>"),
        (Fault("page"), 200, "<html>"),
        (Fault("null"), 200, "null"),
        (Fault("truncated"), 200, '[{"id"'),
    ],
)
def test_a_fault_is_served_once(vendor: StandIn, fault: Fault, status: int, text: str) -> None:
    vendor.faults.add(fault)

    failed, next_one = get(vendor), get(vendor)

    assert (failed.status_code, next_one.status_code) == (status, 200)
    assert text in failed.text
    assert failed.headers.get("Retry-After") == fault.retry_after


@pytest.mark.parametrize("kind", ["drop", "half"])
def test_a_connection_may_end_early(vendor: StandIn, kind: Any) -> None:
    vendor.faults.add(Fault(kind))

    with pytest.raises(requests.RequestException):
        get(vendor)
    assert get(vendor).status_code == 200


def test_a_fault_waits_for_its_path_and_its_turn(vendor: StandIn) -> None:
    vendor.faults.add(Fault("status", 500, path="entries"), Fault("status", 503, skip=1, times=2))

    assert [get(vendor).status_code for _ in range(4)] == [200, 503, 503, 200]
    assert get(vendor, "time/entries").status_code == 500


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a kind of fault"):
        Fault("fire")  # type: ignore[arg-type]


def test_another_process_gives_orders_with_the_token(vendor: StandIn) -> None:
    def order(name: str, content: Any, token: str = vendor.token) -> requests.Response:
        return requests.post(f"{vendor.url}/_standin/{name}", json=content, headers={TOKEN_HEADER: token}, timeout=5)

    of_harbor = {"company": "harbor", "table": TICKETS}
    assert order("clock", {"advance": 60}).json()["now"] == "2026-03-02T08:01:00Z"
    assert order("records", {**of_harbor, "records": [{"id": 9}]}).status_code == 200
    assert order("delete", {**of_harbor, "ids": [1]}).status_code == 200
    assert order("faults", [{"kind": "status", "status": 500}]).status_code == 200
    assert get(vendor).status_code == 500
    assert set(ids(get(vendor))) == {2, 3, 4, 5, 6, 7, 9}
    state = requests.get(f"{vendor.url}/_standin", timeout=5).json()
    assert (state["faults"], list(state["requests"].values())) == ({"status": 1}, [2])
    assert order("clock", {"advance": 60}, "another").status_code == 403
    assert [order(*wrong).status_code for wrong in (("fire", 1), ("clock", {}), ("faults", [{"kind": "x"}]))] == [
        400
    ] * 3


def test_the_clock_of_the_vendor_is_in_its_date_and_moves_with_requests() -> None:
    with standing_in(Behaviour(seconds_a_request=30)) as vendor:
        vendor.company("harbor")

        dates = [get(vendor).headers["Date"] for _ in range(2)]

    assert dates == ["Mon, 02 Mar 2026 08:00:30 GMT", "Mon, 02 Mar 2026 08:01:00 GMT"]


def test_a_test_may_change_records_between_pages(vendor: StandIn) -> None:
    vendor.before = lambda address: vendor.company("harbor").delete(TICKETS, 7) if "pageId" in address else None

    first = get(vendor, headers=FORWARD, pageSize=4)
    second = get(vendor, headers=FORWARD, pageSize=4, pageId=4)

    assert (ids(first), ids(second)) == ([1, 2, 3, 4], [5, 6])
