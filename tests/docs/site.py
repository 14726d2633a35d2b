"""The documentation's site, built once for all tests of a process."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
# Attributes by which a browser loads something, by element. A link (`a`) loads nothing until a reader follows it.
LOADING = {"src", "srcset", "poster", "data"}


@dataclass(frozen=True)
class Site:
    """`output`: the text that the build printed, with warnings; `code`: its exit code."""

    folder: Path
    output: str
    code: int


_FOLDERS: list[TemporaryDirectory[str]] = []  # they live as long as the process


@cache
def built() -> Site:
    """Builds the site as `make site` does, into a temporary folder."""
    _FOLDERS.append(TemporaryDirectory(prefix="site-"))
    folder = Path(_FOLDERS[-1].name)
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", ROOT / "mkdocs.yml"]
    done = subprocess.run(
        [*command, "--site-dir", folder],
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return Site(folder, done.stdout + done.stderr, done.returncode)


class Loaded(HTMLParser):
    """Collects what a page loads as it is opened, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.assets: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.anchors.add(value or "")
            elif name in LOADING or (name == "href" and tag != "a"):
                self.assets.append(value or "")
            elif name == "href":
                self.links.append(value or "")


def loaded(page: Path) -> Loaded:
    parser = Loaded()
    parser.feed(page.read_text(encoding="utf-8"))
    return parser
