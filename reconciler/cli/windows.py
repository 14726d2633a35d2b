"""Reads `--window`: a time in a zone to which one run is limited."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

from reconciler.config import window_mistakes, window_of
from reconciler.documents import nodes
from reconciler.documents.hints import brief
from reconciler.documents.schema_check import against
from reconciler.documents.yaml_text import read_yaml
from reconciler.errors import UsageError
from reconciler.model.environment import Environment
from reconciler.model.windows import Window
from reconciler.schemas.windows import window_schema

_TEXT = re.compile(r"(?:(?P<days>[A-Za-z,]+)\s+)?(?P<opens>[0-9:]+)\s*-\s*(?P<closes>[0-9:]+)\s+(?P<zone>\S+)")
_FORM = 'write --window "20:00-06:00 Europe/London", or with days: "SATURDAY,SUNDAY 00:00-24:00 Europe/London"'


def within(environment: Environment, texts: Sequence[str]) -> Environment:
    """Returns the environment with the windows of the command line beside those of its policy."""
    if not texts:
        return environment
    windows = tuple(map(read_window, texts))
    return replace(environment, policy=replace(environment.policy, run_windows=windows))


def read_window(text: str) -> Window:
    """Reads one window. Raises `UsageError` with the first mistake."""
    parts = _TEXT.fullmatch(text.strip())
    if not parts:
        raise UsageError(f"--window {brief(text)} is not a time in a zone; {_FORM}")
    keys: dict[str, object] = {"from": parts["opens"], "to": parts["closes"], "timeZone": parts["zone"]}
    if parts["days"]:
        keys["days"] = parts["days"].upper().split(",")
    # The keys are those of reconcile.yaml, so the same rules and messages apply.
    (node,), _, _ = read_yaml(json.dumps(keys), "--window")
    for mistake in (*against(window_schema(), node), *window_mistakes(node, "")):
        raise UsageError(f"--window {brief(text)}: {mistake.message}")
    return window_of(nodes.plain(node))
