"""The form of a path of hierarchy groups in manifests. `lambdas.agents.paths` has the rules, which functions use."""

from __future__ import annotations

from reconciler.lambdas.agents.paths import MOST_LEVELS, depth, own_name, parent, segment
from reconciler.model.spec import expecting

__all__ = ["EXPECTED", "PATTERN", "depth", "own_name", "parent", "segment"]

_SEGMENT = r"(%(25)*2F|[^/]){1,100}"
PATTERN = rf"^{_SEGMENT}(/{_SEGMENT}){{0,{MOST_LEVELS - 1}}}$"
EXPECTED = expecting("a path such as North/Sales: one to five names of at most 100 characters")
