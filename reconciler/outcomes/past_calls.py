"""Counts the calls of earlier runs from the outcomes on this machine. Other machines may have run too."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from reconciler.outcomes.store import OUTCOMES, STATE


def past_calls(root: Path, environment: str, since: date) -> Mapping[str, int]:
    """Returns the attempts since a day by `service:Operation`. Outcomes that cannot be read are skipped."""
    calls = Counter[str]()
    for path in sorted((root / STATE / OUTCOMES).glob(f"{environment}-*.json")):
        try:
            outcome = json.loads(path.read_text(encoding="utf-8"))
            is_of_place = outcome["environment"] == environment
            if is_of_place and date.fromisoformat(outcome["startedAt"][:10]) >= since:
                calls.update({str(name): int(count) for name, count in outcome["operations"].items()})
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            continue
    return calls
