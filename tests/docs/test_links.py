"""Every link of the documentation leads somewhere, and every command has its place in it."""

from __future__ import annotations

import re
from functools import cache

import pytest

from reconciler.cli import root
from tests.docs.pages import ROOT, anchors, inline, links, pages

LINKS = [(page, target) for page in pages() for target in links(page)]


@pytest.mark.parametrize(("page", "target"), LINKS, ids=[f"{page} → {target}" for page, target in LINKS])
def test_a_link_leads_to_a_page_and_to_one_of_its_headings(page: str, target: str) -> None:
    name, _, anchor = target.partition("#")
    path = (ROOT / page).parent / name if name else ROOT / page

    assert path.exists()
    if anchor:
        assert anchor in anchors(path.resolve().relative_to(ROOT).as_posix())


def paths(page: str) -> list[str]:
    """Returns the paths of this repository that the page names as code."""
    spans = [token.content for token in inline(page) if token.type == "code_inline"]
    return [span for span in spans if re.fullmatch(r"(reconciler|tests|scripts|benchmarks)/[\w./-]*", span)]


@pytest.mark.parametrize("page", pages())
def test_every_path_that_a_page_names_exists(page: str) -> None:
    assert [path for path in paths(page) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", [page for page in pages() if page.startswith("docs/")])
def test_a_page_of_the_site_links_to_no_file_outside_of_it(page: str) -> None:
    for target in links(page):
        path = ((ROOT / page).parent / target.partition("#")[0]).resolve()
        assert path.is_relative_to(ROOT / "docs"), f"{page} → {target}"


@pytest.mark.parametrize("page", [page for page in pages() if page.startswith("docs/") and page != "docs/index.md"])
def test_every_page_is_reached_from_the_first_one(page: str) -> None:
    assert page in reached_pages()


@cache
def reached_pages() -> set[str]:
    reached, ahead = set[str](), ["docs/index.md"]
    while ahead:
        here = ahead.pop()
        if here in reached or not here.endswith(".md"):
            continue
        reached.add(here)
        for target in links(here):
            path = ((ROOT / here).parent / target.partition("#")[0]).resolve()
            if path.is_relative_to(ROOT / "docs") and path.is_file():
                ahead.append(path.relative_to(ROOT).as_posix())
    return reached


@pytest.mark.parametrize("command", sorted(root.commands))
def test_every_command_has_its_place_in_a_page_written_by_hand(command: str) -> None:
    by_hand = [page for page in pages() if not page.startswith("docs/reference/")]
    texts = [(ROOT / page).read_text(encoding="utf-8") for page in by_hand]

    assert any(re.search(rf"\breconcile (-e \S+ )?{command}\b", text) for text in texts)
