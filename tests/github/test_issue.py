"""One issue per subject and environment: opened, updated, reopened, closed with a comment."""

from __future__ import annotations

import pytest

from reconciler.github.comment import GitHubAccess
from reconciler.github.issue import raise_issue, settle_issue
from reconciler.github.marks import Subject, body_of, mark
from tests.github.stand_in import ACTIONS, Fault, StandIn


def subject(environment: str = "prod", what: str = "drift") -> Subject:
    settled = mark(f"{what}-settled", "shop", environment)
    return Subject(mark(what, "shop", environment), settled, f"reconcile-{what}", "Live is not as declared")


DRIFT = subject()
WORD = "The drift is resolved"


def raised(place: GitHubAccess, text: str, about: Subject = DRIFT) -> str:
    return raise_issue(place, about, "Drift", body_of(about.mark, text)).deed


def settled(place: GitHubAccess) -> str:
    return settle_issue(place, DRIFT, WORD).deed


def only(github: StandIn) -> dict[str, object]:
    (issue,) = github.world.issues.values()
    return issue


def test_drift_opens_an_issue_with_its_label(github: StandIn, place: GitHubAccess) -> None:
    assert raised(place, "one") == "opened"

    issue = only(github)
    assert (issue["state"], issue["body"]) == ("open", body_of(DRIFT.mark, "one"))
    assert [label["name"] for label in issue["labels"]] == ["reconcile-drift"]  # type: ignore[attr-defined]


def test_an_existing_label_is_used(github: StandIn, place: GitHubAccess) -> None:
    github.world.labels["reconcile-drift"] = {"name": "reconcile-drift"}

    assert raised(place, "one") == "opened"


def test_the_same_drift_changes_nothing(github: StandIn, place: GitHubAccess) -> None:
    raised(place, "one")
    before = github.writes()

    assert raised(place, "one") == "unchanged"
    assert github.writes() == before


def test_another_drift_updates_the_issue(github: StandIn, place: GitHubAccess) -> None:
    raised(place, "one")

    assert raised(place, "two") == "updated"
    assert only(github)["body"] == body_of(DRIFT.mark, "two")


def test_resolved_drift_closes_it_with_a_comment(github: StandIn, place: GitHubAccess) -> None:
    raised(place, "one")

    assert settled(place) == "closed"

    issue = only(github)
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    (comment,) = github.world.comments.values()
    assert comment["body"].endswith(WORD)


def test_without_drift_and_issue_nothing_happens(github: StandIn, place: GitHubAccess) -> None:
    assert settled(place) == "not found"
    assert github.writes() == []


@pytest.mark.parametrize("text", ["one", "two"])
def test_an_issue_closed_by_hand_during_drift_is_reopened(github: StandIn, place: GitHubAccess, text: str) -> None:
    raised(place, "one")
    github.world.changed(github.world.issues[1], state="closed")

    assert raised(place, text) == "reopened"
    assert (only(github)["state"], only(github)["body"]) == ("open", body_of(DRIFT.mark, text))


def test_new_drift_after_resolved_drift_opens_a_new_issue(github: StandIn, place: GitHubAccess) -> None:
    raised(place, "one")
    settled(place)

    assert raised(place, "two") == "opened"
    assert [issue["state"] for issue in github.world.issues.values()] == ["closed", "open"]


def test_an_issue_closed_by_hand_stays_closed_without_a_comment(github: StandIn, place: GitHubAccess) -> None:
    raised(place, "one")
    github.world.changed(github.world.issues[1], state="closed")

    assert settled(place) == "already closed by hand"
    assert github.world.comments == {}
    assert raised(place, "two") == "opened"


def test_environments_and_subjects_have_separate_issues(github: StandIn, place: GitHubAccess) -> None:
    raised(place, "one")
    raised(place, "one", subject("test"))
    raised(place, "one", subject(what="apply"))

    settled(place)

    assert [issue["state"] for issue in github.world.issues.values()] == ["closed", "open", "open"]


def test_another_authors_issue_with_our_mark_is_kept(github: StandIn, place: GitHubAccess) -> None:
    github.world.labels["reconcile-drift"] = {"name": "reconcile-drift"}
    forged = github.world.open_issue("mallory", "Drift", body_of(DRIFT.mark, "x"), ("reconcile-drift",))

    assert (raised(place, "one"), settled(place)) == ("opened", "closed")
    assert (forged["state"], forged["body"]) == ("open", body_of(DRIFT.mark, "x"))


def test_the_newest_of_several_stays_open(github: StandIn, place: GitHubAccess) -> None:
    github.world.labels["reconcile-drift"] = {"name": "reconcile-drift"}
    for text in ("a", "b"):
        github.world.open_issue(ACTIONS, "Drift", body_of(DRIFT.mark, text), ("reconcile-drift",))

    assert raised(place, "one") == "updated"

    older, last = github.world.issues.values()
    assert (older["state"], older["state_reason"], last["state"]) == ("closed", "not_planned", "open")
    assert "Superseded by #2" in older["body"]


def test_it_is_found_behind_hundreds_of_others(github: StandIn, place: GitHubAccess) -> None:
    raised(place, "one")
    for at in range(250):
        github.world.open_issue("somebody", f"{at}", "", ("reconcile-drift",))

    assert raised(place, "two") == "updated"


@pytest.mark.parametrize("status", [0, 502])
@pytest.mark.parametrize("written", [True, False])
def test_lost_replies_create_no_second_issue_or_comment(
    github: StandIn, place: GitHubAccess, status: int, written: bool
) -> None:
    github.faults = [
        Fault("POST", path, status=status, written=written) for path in ("issues$", "labels$", "comments$")
    ]

    raised(place, "one")
    settled(place)

    assert only(github)["state"] == "closed"
    assert len(github.world.comments) == 1
