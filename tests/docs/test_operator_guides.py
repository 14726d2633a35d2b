"""The guides of pipelines cover what an operator must know, each with a command or an example to follow."""

from __future__ import annotations

import pytest

from tests.docs.pages import blocks, tokens

TENANTS, OPERATING = "docs/guides/tenants-of-connectwise.md", "docs/guides/operating-pipelines.md"
HISTORY, WAREHOUSE = "docs/guides/connectwise-history.md", "docs/guides/connectwise-warehouse.md"
SUBJECTS = [
    *((TENANTS, "Declare the pipeline"), (TENANTS, "Declare a tenant"), (TENANTS, "Map the columns")),
    *((TENANTS, "Recover"), (TENANTS, "Part with a tenant"), (TENANTS, "Read the lake")),
    *((WAREHOUSE, "Set it up"), (HISTORY, "Read it"), (HISTORY, "Rebuild a history")),
    *((OPERATING, "See whether it is fresh"), (OPERATING, "Recover from an outage"), (OPERATING, "Dead letters")),
    *((OPERATING, "Load a span again, or for the first time"), (OPERATING, "A poisoned tenant")),
    *((OPERATING, "Deleted records"), (OPERATING, "Read the rows")),
]
# A reader follows at least one of them.
STEPS = ("reconcile ", "SELECT ", "kind: ", '"migrate"', "runs/RUN/report.json", "enabled: false", "receive-message")


def section(page: str, heading: str) -> str:
    """Returns the text and the code of a section, up to the next heading."""
    text, is_inside = "", False
    for token in tokens(page):
        if token.type == "heading_open":
            is_inside = False
        elif token.type in ("inline", "fence") and is_inside:
            text += f"{token.content}\n"
        elif token.type == "inline" and token.content == heading:
            is_inside = True
    return text


@pytest.mark.parametrize(("page", "heading"), SUBJECTS, ids=[heading for _, heading in SUBJECTS])
def test_a_subject_has_a_section_with_something_to_follow(page: str, heading: str) -> None:
    """S2-16: set-up, replay, recovery, reading the lake and parting with a tenant."""
    text = section(page, heading)

    assert any(step in text for step in STEPS), text


def test_recovery_of_connectwise_names_every_mode_that_reads_again() -> None:
    """S2-16."""
    text = section(TENANTS, "Recover")

    assert [mode for mode in ("--from", "--mode rebuild", "--accept-deletes", "--replace") if mode not in text] == []


def test_every_page_of_connectwise_shows_an_example() -> None:
    for page in (TENANTS, OPERATING, HISTORY, WAREHOUSE):
        assert blocks(page), page
