"""Events, as the schema beside the code describes them; and `validate-event` for a saved one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reconciler.lambdas.session_data import __main__, event
from reconciler.lambdas.session_data.event import read_event
from reconciler.lambdas.session_data.refusals import Refused
from reconciler.sandbox import INSTANCE_ARN, INSTANCE_ID
from tests.lambdas.session_data.flow import ASSISTANT, CONTACT, PHONE
from tests.lambdas.session_data.flow import event as an_event

FOLDER = Path(event.__file__).parent
SCHEMA = Draft202012Validator(json.loads((FOLDER / "event.schema.json").read_text()))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(["intent", "AI_ASSISTANT_ID", "ai_assistant_id", "sessionArn", "x"])
PARAMETERS = st.dictionaries(KEYS, ANYTHING, max_size=4) | ANYTHING
CONTACTS = st.fixed_dictionaries({}, optional={"ContactId": st.just(CONTACT) | ANYTHING, "InstanceARN": ANYTHING})
DETAILS = st.fixed_dictionaries({}, optional={"ContactData": CONTACTS | ANYTHING, "Parameters": PARAMETERS})
EVENTS = st.fixed_dictionaries({}, optional={"Details": DETAILS})


def code_for(sent: Any) -> str:
    """Empty where it is taken."""
    try:
        read_event(sent)
    except Refused as refused:
        return str(refused.code)
    return ""


@given(EVENTS | ANYTHING)
def test_the_code_takes_what_the_schema_takes_and_nothing_else(sent: Any) -> None:
    """S1-32."""
    assert code_for(sent) == ("" if SCHEMA.is_valid(sent) else "BAD_EVENT")


def test_an_event_as_connect_sends_it_is_read() -> None:
    """S1-32, S1-62."""
    asked = read_event(an_event({"intent": "billing", "ai_assistant_id": f" {ASSISTANT} ", "CONNECT_INSTANCE_ID": ""}))

    assert (asked.contact, asked.instance_arn) == (CONTACT, INSTANCE_ARN)
    assert (asked.parameters, asked.system) == ({"intent": "billing"}, {event.ASSISTANT: ASSISTANT})


def test_of_two_spellings_of_a_system_parameter_the_upper_case_one_counts() -> None:
    for order in (["AI_ASSISTANT_ID", "ai_assistant_id"], ["ai_assistant_id", "AI_ASSISTANT_ID"]):
        assert read_event(an_event({name: name for name in order})).system == {event.ASSISTANT: "AI_ASSISTANT_ID"}


def test_all_mistakes_are_reported_at_once() -> None:
    with pytest.raises(Refused) as refused:
        read_event({"Details": {"ContactData": {"ContactId": 5}, "Parameters": {"SESSION_ARN": 5, "sessionArn": []}}})

    assert refused.value.message.count(";") == 2


def test_invalid_parameters_and_an_invalid_contact_are_reported() -> None:
    with pytest.raises(Refused, match=r"ContactId must be the id of a contact; Details\.Parameters must be an object"):
        read_event({"Details": {"ContactData": {"ContactId": 5}, "Parameters": None}})


@pytest.mark.parametrize("name", ["smoke-event.json"])
def test_the_sample_event_is_valid(name: str) -> None:
    """S1-32."""
    sent = json.loads((FOLDER / name).read_text())

    assert SCHEMA.is_valid(sent)
    assert read_event(sent).parameters == {"smoke": "test"}


def validate(
    tmp_path: Path, sent: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> tuple[int, str]:
    path = tmp_path / "event.json"
    path.write_text(sent if isinstance(sent, str) else json.dumps(sent))
    monkeypatch.setattr(sys, "argv", ["session_data", "validate-event", str(path)])
    return __main__.main(), capsys.readouterr().out


def test_a_saved_event_is_judged_without_its_values(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """S1-71."""
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    sent = an_event({"AI_ASSISTANT_ID": ASSISTANT, "intent": PHONE, "tier": "", "notes": "x" * 5000})

    code, expected = validate(tmp_path, sent, capsys, monkeypatch)

    assert code == 0
    assert expected.splitlines() == [
        f"contact   {CONTACT}",
        f"written   intent ({len(PHONE)} characters)",
        "written   notes (4096 characters, truncated)",
        "skipped   tier: empty",
        "calls     1 wisdom:UpdateSessionData",
        f"instance  {INSTANCE_ID} in us-east-1",
        f"assistant {ASSISTANT}",
        "session   by connect:DescribeContact",
    ]


def test_a_name_moves_no_cursor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "名\x1b[2J\r\u202e\ud800"
    _, expected = validate(
        tmp_path, an_event({"AI_ASSISTANT_ID": ASSISTANT, name: "x", f"{name}2": ""}), capsys, monkeypatch
    )

    assert r"written   名\x1b[2J\r\u202e? (1 characters)" in expected.splitlines()
    assert r"skipped   名\x1b[2J\r\u202e?2: empty" in expected.splitlines()


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("{", "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ({}, "BAD_EVENT: Details must be"),
    ],
)
def test_a_saved_event_that_would_be_refused_ends_with_1(
    tmp_path: Path, sent: Any, expected: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """S1-71."""
    code, out = validate(tmp_path, sent, capsys, monkeypatch)

    assert code == 1
    assert out.startswith("refused   ")
    assert expected in out


def test_validate_event_is_a_command(tmp_path: Path) -> None:
    """S1-71: also where the terminal knows ASCII alone."""
    words = [sys.executable, "-m", "reconciler.lambdas.session_data", "validate-event"]
    path = tmp_path / "event.json"
    path.write_text(json.dumps(an_event({"AI_ASSISTANT_ID": ASSISTANT, "名": "x"})))
    done = subprocess.run(
        [*words, str(path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, r"written   \u540d (1 characters)" in done.stdout) == (0, True), done.stderr
