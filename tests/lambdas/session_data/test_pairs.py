"""Parameters → entries: every one is written or skipped with a reason, whatever comes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.lambdas.session_data.pairs import LONGEST, MARK, Skipped, as_data, make_pairs
from reconciler.lambdas.session_data.settings import Settings
from reconciler.sandbox import shapes

PLAIN = Settings()
VALUES = st.one_of(st.none(), st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.lists(st.integers()))
SETTINGS = st.builds(
    Settings,
    allowed_keys=st.sampled_from([(), ("a*", "?")]),
    denied_keys=st.sampled_from([(), ("b",)]),
    key_map=st.sampled_from([{}, {"a": "b", "c": "b"}, {"a": ""}]),
    placeholder=st.sampled_from(["", "-"]),
    rejects_long=st.booleans(),
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("text", "text"),
        (" ", " "),
        (5, "5"),
        (2.5, "2.5"),
        (True, "true"),
        (False, "false"),
        ([1, "a"], '[1,"a"]'),
        ({"é": None}, '{"é":null}'),
        ("half \ud800 of it", "half ? of it"),
    ],
)
def test_what_is_no_text_is_written_as_json(value: Any, text: str) -> None:
    """S1-62, S1-46."""
    assert make_pairs({"k": value}, PLAIN).entries == (("k", text),)


@pytest.mark.parametrize("value", ["", None])
def test_an_empty_value_is_skipped_or_gets_the_placeholder(value: Any) -> None:
    """S1-46."""
    assert make_pairs({"k": value}, PLAIN).skipped == (Skipped("k", "empty"),)
    assert make_pairs({"k": value}, Settings(placeholder="unknown")).entries == (("k", "unknown"),)


@pytest.mark.parametrize("size", [LONGEST, LONGEST + 1, 3 * LONGEST])
def test_a_value_is_cut_only_where_it_is_too_long(size: int) -> None:
    found = make_pairs({"k": "é" * size}, PLAIN)

    ((_, text),) = found.entries
    assert len(text) == LONGEST
    assert (text.endswith(MARK), found.truncated) == ((True, ("k",)) if size > LONGEST else (False, ()))


def test_a_long_value_may_be_rejected_instead() -> None:
    found = make_pairs({"k": "x" * (LONGEST + 1), "ok": "x" * LONGEST}, Settings(rejects_long=True))

    assert (found.skipped, [key for key, _ in found.entries]) == ((Skipped("k", "too_long"),), ["ok"])


@pytest.mark.parametrize(("key", "reason"), [("", "key_empty"), ("k" * 4097, "key_too_long")])
def test_names_that_the_service_does_not_take(key: str, reason: str) -> None:
    assert make_pairs({key: "v"}, PLAIN).skipped == (Skipped(key, reason),)


def test_of_two_under_one_name_the_later_counts_and_stands_where_it_stood() -> None:
    """S1-46."""
    settings = Settings(key_map={"old": "name", "new": "name"})

    found = make_pairs({"old": "x" * 5000, "between": "2", "new": "3"}, settings)

    assert found.entries == (("between", "2"), ("name", "3"))
    assert (found.skipped, found.truncated) == ((Skipped("old", "duplicate"),), ())


def test_an_earlier_value_stays_where_the_later_one_is_empty() -> None:
    settings = Settings(key_map={"old": "name"})

    assert make_pairs({"old": "1", "name": ""}, settings).entries == (("name", "1"),)


def test_names_are_allowed_and_denied_by_globs_over_what_the_flow_calls_them() -> None:
    settings = Settings(allowed_keys=("cust*",), denied_keys=("*Secret",), key_map={"custName": "other"})

    found = make_pairs({"custName": "1", "custSecret": "2", "intent": "3"}, settings)

    assert found.entries == (("other", "1"),)
    assert found.skipped == (Skipped("custSecret", "denied"), Skipped("intent", "denied"))


@pytest.mark.parametrize(("count", "calls"), [(0, []), (1, [1]), (50, [50]), (51, [50, 1]), (150, [50, 50, 50])])
def test_fifty_go_in_one_call(count: int, calls: list[int]) -> None:
    found = make_pairs({str(number): "x" for number in range(count)}, PLAIN)

    assert [len(chunk) for chunk in found.chunks()] == calls


@given(st.dictionaries(st.text(max_size=4), VALUES, max_size=60), SETTINGS)
def test_every_parameter_is_accounted_for_and_every_call_fits_the_service_model(
    parameters: dict[str, Any], settings: Settings
) -> None:
    """S1-35."""
    found = make_pairs(parameters, settings)

    assert len(found.entries) + len(found.skipped) == len(parameters)
    assert len({key for key, _ in found.entries}) == len(found.entries)
    fits = shapes.request_check("qconnect", "UpdateSessionData")
    id = "00000000-0000-4000-8000-000000000000"
    for chunk in found.chunks():
        assert fits({"assistantId": id, "sessionId": id, "data": as_data(chunk)}) is None
        assert all(f"{key}{text}".encode() for key, text in chunk)
