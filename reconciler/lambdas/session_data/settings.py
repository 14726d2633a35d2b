"""Reads the environment variables that `environment.schema.json` describes. An empty one counts as not set."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.lambdas.session_data import identifiers
from reconciler.lambdas.session_data.refusals import Code, Refused
from reconciler.lambdas.shared.settings import SettingsReader

SHORTEST_BUDGET, LONGEST_BUDGET = 2.5, 7.5  # seconds: one try takes up to 2.2, and a flow waits at most 8


@dataclass(frozen=True)
class Settings:
    instance: str = ""
    assistant: str = ""
    region: str = ""
    allowed_instances: frozenset[str] = frozenset()
    allowed_assistants: frozenset[str] = frozenset()
    allowed_keys: tuple[str, ...] = ()
    denied_keys: tuple[str, ...] = ()
    """Globs over the flow's names."""
    key_map: Mapping[str, str] = field(default_factory=dict)
    """The flow's name → the session's."""
    placeholder: str = ""
    rejects_long: bool = False
    budget: float = 6.5
    is_debug: bool = False
    logged_keys: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Form:
    """The form of failures and of answers."""

    raises: bool = False
    is_legacy: bool = False


def read_form(environ: Mapping[str, str]) -> Form:
    """Returns the form. It is valid even if other settings are invalid, and reports those."""
    return _Reader(environ).form()


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Returns the settings. Raises `Refused` with every invalid variable."""
    reader = _Reader(environ)
    settings = Settings(
        instance=reader.text("CONNECT_INSTANCE_ID"),
        assistant=reader.text("AI_ASSISTANT_ID"),
        region=reader.text("AWS_REGION"),
        allowed_instances=reader.ids("ALLOWED_INSTANCE_IDS", _instance_id),
        allowed_assistants=reader.ids("ALLOWED_ASSISTANT_IDS", identifiers.assistant),
        allowed_keys=reader.listed("ALLOWED_KEYS"),
        denied_keys=reader.listed("DENIED_KEYS"),
        key_map=reader.mapping("KEY_MAP"),
        placeholder=reader.text("EMPTY_PLACEHOLDER"),
        rejects_long=reader.choice("LONG_VALUES", ("truncate", "reject")) == "reject",
        budget=reader.seconds("BUDGET_SECONDS", Settings.budget),
        is_debug=reader.is_set("DEBUG_LOG"),
        logged_keys=frozenset(reader.listed("LOGGED_KEYS")),
    )
    reader.form()
    if reader.mistakes:
        raise Refused(Code.CONFIG_INVALID, "; ".join(reader.mistakes))
    return settings


class _Reader(SettingsReader):
    """Reads the variables that are more than a text."""

    def form(self) -> Form:
        return Form(
            raises=self.choice("FAIL_MODE", ("return", "raise")) == "raise",
            is_legacy=self.choice("ANSWER_FORMAT", ("flat", "legacy")) == "legacy",
        )

    def ids(self, name: str, read: Callable[[str], str | None]) -> frozenset[str]:
        """Returns the ids of ids and ARNs."""
        ids = {read(part) for part in self.listed(name)}
        if None in ids:
            self.mistakes.append(f"{name} must hold ids or ARNs, with commas between them")
        return frozenset(id for id in ids if id)

    def seconds(self, name: str, default: float) -> float:
        try:
            seconds = float(self.text(name) or default)
        except ValueError:
            seconds = 0.0
        if not SHORTEST_BUDGET <= seconds <= LONGEST_BUDGET:
            self.mistakes.append(f"{name} must be within {SHORTEST_BUDGET} and {LONGEST_BUDGET}")
        return seconds

    def mapping(self, name: str) -> Mapping[str, str]:
        try:
            names: Any = json.loads(self.text(name) or "{}")
        except ValueError:
            names = None
        if isinstance(names, dict) and all(isinstance(value, str) for value in names.values()):
            return names
        self.mistakes.append(f"{name} must be a JSON object of texts")
        return {}


def _instance_id(text: str) -> str | None:
    instance = identifiers.instance(text)
    return instance.id if instance else None
