"""The behaviour that the vendor's guide leaves open, or that differs by server: each field is a switch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Filter = Literal["honoured", "ignored", "refused"]


@dataclass
class Behaviour:
    """The defaults are those of a current cloud server."""

    codebase: str = "v2025_1/"
    """The folder of the release. It moves with each upgrade of the cloud [public clients]."""
    has_fixed_codebase: bool = True
    """If true, `v4_6_release/` also works [public clients use it]."""
    largest_page: int = 1000
    """A larger pageSize is silently clamped [guide: at most 1000; the clamp is inferred]."""
    has_forward_only: bool = True
    """An endpoint without it sends no Link header for such a request [public clients]."""
    filters: dict[str, Filter] = field(
        default_factory=lambda: {"lastUpdated": "honoured", "_info/lastUpdated": "honoured"}
    )
    """Both spellings are in use in public clients; which one an entity honours may differ [inferred]."""
    refuses_order: bool = False
    """If true, orderBy gives 400 [inferred]."""
    has_stamps: bool = True
    """If false, records have no `_info.lastUpdated` [inferred: some entities have none]."""
    loops: bool = False
    """If true, keyset pages answer the same ids again, as a broken proxy does."""
    seconds_a_request: float = 0.0
    """The vendor's clock moves so far with each request."""
