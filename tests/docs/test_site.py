"""The documentation's site: complete, with links that lead somewhere, and without a word to another host."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.site import ROOT, built, loaded

pytestmark = pytest.mark.slow


def html_pages() -> list[Path]:
    return sorted(built().folder.rglob("*.html"))


def test_the_site_is_built_without_a_warning() -> None:
    """MkDocs is strict: a broken link or anchor, or a page that the navigation lacks, fails the build."""
    site = built()

    assert (site.code, site.output) == (0, "")


def test_every_page_of_the_documentation_is_a_page_of_the_site() -> None:
    sources = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}

    assert {path.relative_to(built().folder) for path in html_pages()} == {*sources, Path("404.html")}


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2]
    named = re.findall(r"(\S+\.md)$", navigation, re.MULTILINE)
    sources = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}

    assert sorted(named) == sorted(sources)


def test_no_page_loads_anything_from_another_host() -> None:
    for page in html_pages():
        assert [asset for asset in loaded(page).assets if urlsplit(asset).netloc] == [], page.name


def test_no_stylesheet_loads_anything_from_another_host() -> None:
    sheets = sorted(built().folder.rglob("*.css"))

    assert sheets
    for sheet in sheets:
        text = sheet.read_text(encoding="utf-8")
        assert re.findall(r"@import|url\(\s*[\"']?(?:https?:)?//", text) == [], sheet.name


def test_no_page_has_a_diagram_that_the_theme_would_load_a_library_for() -> None:
    for page in html_pages():
        assert 'class="mermaid"' not in page.read_text(encoding="utf-8"), page.name


def test_every_asset_and_link_of_a_page_is_there() -> None:
    for page in html_pages():
        parsed = loaded(page)
        base = built().folder if page.name == "404.html" else page.parent
        for target in (*parsed.assets, *parsed.links):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc or not parts.path:
                continue
            path = built().folder / parts.path.lstrip("/") if parts.path.startswith("/") else base / unquote(parts.path)
            assert path.exists(), f"{page.name}: {target}"


def test_every_link_to_a_heading_finds_it() -> None:
    anchors = {page.resolve(): loaded(page) for page in html_pages()}
    for page, parsed in anchors.items():
        for target in parsed.links:
            path, _, anchor = target.partition("#")
            if anchor and not urlsplit(target).netloc and not path.startswith("/"):
                other = (page.parent / unquote(path)).resolve() if path else page
                assert unquote(anchor) in anchors[other].anchors, f"{page.name}: {target}"


def test_the_examples_are_no_pages() -> None:
    assert not (built().folder / "examples").exists()
