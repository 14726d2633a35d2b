"""A stack whose functions the local AWS runs, with archives that other tests have built."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.demo_deployed import Stack, deployed
from tests.worlds.archives import collect_from, share_with


@contextmanager
def deployed_with_archives(folder: Path) -> Iterator[Stack]:
    share_with(folder)
    with deployed(folder) as stack:
        yield stack
    collect_from(folder)
