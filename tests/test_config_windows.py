"""Reads change windows from reconcile.yaml."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from reconciler.config import read_config
from reconciler.errors import ManifestError
from reconciler.model.environment import Policy, Threshold
from reconciler.model.windows import Window

ZONE = "timeZone: Europe/London"


def policy(root: Path, keys: str) -> Policy:
    """Reads an environment with these keys of its policy."""
    text = f"stack: s\nenvironments:\n  a:\n    sandbox: true\n    policy: {keys}\n"
    (root / "reconcile.yaml").write_text(text, encoding="utf-8")
    return read_config(root / "reconcile.yaml", {}).environments["a"].policy


def test_a_window_has_defaults_for_its_days_and_kinds(tmp_path: Path) -> None:
    read = policy(tmp_path, f"{{maxDelete: 5, windows: [{{from: 20:00, to: 06:00, {ZONE}}}]}}")

    assert read == Policy(Threshold(number=5), windows=(Window(ZoneInfo("Europe/London"), 1200, 360),))


def test_a_window_may_name_days_and_any_kind(tmp_path: Path) -> None:
    window = "{kinds: [Queue], days: [SATURDAY, SUNDAY], from: '00:00', to: '24:00', timeZone: UTC}"

    (read,) = policy(tmp_path, f"{{windows: [{window}]}}").windows

    assert read == Window(ZoneInfo("UTC"), 0, 1440, ("SATURDAY", "SUNDAY"), ("Queue",))


def test_a_window_may_have_a_legacy_name_of_a_zone(tmp_path: Path) -> None:
    (read,) = policy(tmp_path, "{windows: [{from: 20:00, to: 06:00, timeZone: US/Eastern}]}").windows

    assert read.zone.key == "US/Eastern"


@pytest.mark.parametrize(
    ("keys", "at", "words"),
    [
        ("{windows: []}", "5:23", "write a window, or leave windows out"),
        (f"{{windows: [{{to: '06:00', {ZONE}}}]}}", "5:24", "from is missing"),
        (f"{{windows: [{{from: 8pm, to: '06:00', {ZONE}}}]}}", "5:31", "write it as in 20:00"),
        (f"{{windows: [{{from: '24:00', to: '06:00', {ZONE}}}]}}", "5:31", "write it as in 20:00"),
        (f"{{windows: [{{from: '20:00', to: '24:01', {ZONE}}}]}}", "5:44", "24:00 for the end of the day"),
        (f"{{windows: [{{from: '20:00', to: '20:00', {ZONE}}}]}}", "5:44", "windows[1].to equals from"),
        ("{windows: [{from: '20:00', to: '06:00'}]}", "5:24", "timeZone is missing"),
        ("{windows: [{from: '20:00', to: '06:00', timeZone: EST5}]}", "5:63", "is not a valid time zone"),
        (f"{{windows: [{{from: '20:00', to: '06:00', {ZONE}, days: []}}]}}", "5:84", "for every day"),
        (f"{{windows: [{{from: '20:00', to: '06:00', {ZONE}, days: [Mon]}}]}}", "5:85", 'mean "MONDAY"?'),
        (f"{{windows: [{{from: '20:00', to: '06:00', {ZONE}, kinds: []}}]}}", "5:85", "leave kinds out for"),
        (f"{{windows: [{{from: '20:00', to: '06:00', {ZONE}, kinds: [Qeue]}}]}}", "5:86", 'mean "Queue"?'),
        (f"{{windows: [{{from: '20:00', to: '06:00', {ZONE}, day: [MONDAY]}}]}}", "5:78", 'mean "days"?'),
    ],
)
def test_a_mistake_in_a_window_has_its_place_and_its_remedy(tmp_path: Path, keys: str, at: str, words: str) -> None:
    with pytest.raises(ManifestError) as raised:
        policy(tmp_path, keys)

    (mistake,) = map(str, raised.value.mistakes)
    assert mistake.startswith(f"reconcile.yaml:{at}: environments.a.policy.windows") or "unknown key" in mistake
    assert words in mistake
