"""Environment variables, as the schema beside the code describes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from reconciler.lambdas.session_data import settings
from reconciler.lambdas.session_data.refusals import Refused
from reconciler.lambdas.session_data.settings import Form, Settings, read_form, read_settings
from reconciler.sandbox import INSTANCE_ARN, INSTANCE_ID
from tests.lambdas.session_data.flow import ASSISTANT, SESSION_ARN

FOLDER = Path(settings.__file__).parent
SCHEMA = json.loads((FOLDER / "environment.schema.json").read_text())
PAGE = (Path(__file__).parents[3] / "docs" / "guides" / "session-data.md").read_text()


class Recording(Mapping[str, str]):
    def __init__(self) -> None:
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def test_the_schema_names_what_the_code_reads_and_nothing_else() -> None:
    environ = Recording()

    read_settings(environ)

    assert environ.asked == set(SCHEMA["properties"])
    Draft202012Validator.check_schema(SCHEMA)


def test_nothing_set_is_the_defaults() -> None:
    assert read_settings({}) == Settings()
    assert read_settings(dict.fromkeys(SCHEMA["properties"], "")) == Settings()
    assert read_form({}) == Form()


def test_everything_set_is_read() -> None:
    found = read_settings(
        {
            "CONNECT_INSTANCE_ID": INSTANCE_ID,
            "AI_ASSISTANT_ID": ASSISTANT,
            "AWS_REGION": "us-east-1",
            "ALLOWED_INSTANCE_IDS": f"{INSTANCE_ARN.upper()}, {ASSISTANT}",
            "ALLOWED_ASSISTANT_IDS": ASSISTANT,
            "ALLOWED_KEYS": "a*, b",
            "DENIED_KEYS": "c",
            "KEY_MAP": '{"a": "b"}',
            "LONG_VALUES": "Reject",
            "EMPTY_PLACEHOLDER": "-",
            "BUDGET_SECONDS": "5",
            "DEBUG_LOG": "Yes",
            "LOGGED_KEYS": "a",
        }
    )

    assert found == Settings(
        instance=INSTANCE_ID,
        assistant=ASSISTANT,
        region="us-east-1",
        allowed_instances=frozenset({INSTANCE_ID, ASSISTANT}),
        allowed_assistants=frozenset({ASSISTANT}),
        allowed_keys=("a*", "b"),
        denied_keys=("c",),
        key_map={"a": "b"},
        placeholder="-",
        rejects_long=True,
        budget=5.0,
        is_debug=True,
        logged_keys=frozenset({"a"}),
    )
    assert read_form({"FAIL_MODE": "raise", "ANSWER_FORMAT": "legacy"}) == Form(raises=True, is_legacy=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LONG_VALUES", "cut"),
        ("FAIL_MODE", "never"),
        ("ANSWER_FORMAT", "xml"),
        ("BUDGET_SECONDS", "soon"),
        ("BUDGET_SECONDS", "8"),
        ("BUDGET_SECONDS", "1"),
        ("KEY_MAP", "a=b"),
        ("KEY_MAP", '["a"]'),
        ("KEY_MAP", '{"a": 1}'),
        ("ALLOWED_INSTANCE_IDS", "mine"),
        ("ALLOWED_INSTANCE_IDS", f"my-{INSTANCE_ID}"),
        ("ALLOWED_INSTANCE_IDS", f"{INSTANCE_ARN}/contact/{INSTANCE_ID}"),
        ("ALLOWED_ASSISTANT_IDS", SESSION_ARN),
    ],
)
def test_what_means_nothing_is_named_without_its_value(name: str, value: str) -> None:
    """S1-57."""
    with pytest.raises(Refused, match=f"CONFIG_INVALID: {name} must") as refused:
        read_settings({name: value})
    assert value not in refused.value.message.split(" must ")[0]


@pytest.mark.parametrize(
    ("name", "value"), [("LONG_VALUES", "cut"), ("FAIL_MODE", "never"), ("BUDGET_SECONDS", "soon")]
)
def test_the_schema_refuses_what_the_code_refuses(name: str, value: str) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid({name: value})


@pytest.mark.parametrize("name", sorted(SCHEMA["properties"]))
def test_each_is_described(name: str) -> None:
    assert SCHEMA["properties"][name]["description"]
