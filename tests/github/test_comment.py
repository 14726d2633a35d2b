"""One comment per pull request and environment, in every situation."""

from __future__ import annotations

import pytest

from reconciler.github.comment import GitHubAccess, put_comment
from reconciler.github.marks import body_of, mark
from reconciler.github.refusals import GitHubError
from tests.github.stand_in import ACTIONS, Fault, StandIn

PROD, TEST = mark("plan", "shop", "prod"), mark("plan", "shop", "test")


@pytest.fixture
def number(github: StandIn) -> int:
    return github.world.open_pull_request()


def bodies(github: StandIn, number: int) -> list[str]:
    return [each["body"] for each in github.world.comments_on(number)]


def put(place: GitHubAccess, number: int, text: str, mark: str = PROD) -> str:
    return put_comment(place, number, mark, body_of(mark, text)).deed


def test_the_first_plan_is_a_comment(github: StandIn, place: GitHubAccess, number: int) -> None:
    assert put(place, number, "one") == "created"
    assert bodies(github, number) == [body_of(PROD, "one")]


def test_the_next_plan_replaces_it(github: StandIn, place: GitHubAccess, number: int) -> None:
    put(place, number, "one")

    assert put(place, number, "nothing to do") == "updated"
    assert bodies(github, number) == [body_of(PROD, "nothing to do")]


def test_each_environment_has_its_own(github: StandIn, place: GitHubAccess, number: int) -> None:
    put(place, number, "one")
    put(place, number, "other", TEST)

    put(place, number, "third")

    assert bodies(github, number) == [body_of(PROD, "third"), body_of(TEST, "other")]


def test_a_deleted_comment_is_created_again(github: StandIn, place: GitHubAccess, number: int) -> None:
    put(place, number, "one")
    github.world.comments.clear()

    assert put(place, number, "two") == "created"
    assert bodies(github, number) == [body_of(PROD, "two")]


def test_our_comment_is_found_behind_hundreds_of_others(github: StandIn, place: GitHubAccess, number: int) -> None:
    for at in range(150):
        github.world.say("somebody", number, f"{at}")
    put(place, number, "one")
    for at in range(150):
        github.world.say("somebody", number, f"{at}")

    assert put(place, number, "two") == "updated"


def test_another_authors_comment_with_our_mark_is_kept(github: StandIn, place: GitHubAccess, number: int) -> None:
    forged = body_of(PROD, "all is well")
    github.world.say("mallory", number, forged)

    assert put(place, number, "one") == "created"
    assert bodies(github, number) == [forged, body_of(PROD, "one")]


def test_our_comment_that_quotes_the_mark_is_kept(github: StandIn, place: GitHubAccess, number: int) -> None:
    github.world.say(ACTIONS, number, f"> {PROD}\nwhat is this?")

    assert put(place, number, "one") == "created"


def test_the_newest_of_several_is_kept_and_the_others_refer_to_it(
    github: StandIn, place: GitHubAccess, number: int
) -> None:
    for text in ("a", "b", "c"):
        github.world.say(ACTIONS, number, body_of(PROD, text))

    assert put(place, number, "one") == "updated"

    *older, last = github.world.comments_on(number)
    assert last["body"] == body_of(PROD, "one")
    assert all(f"Superseded by [a newer comment]({last['html_url']})" in each["body"] for each in older)
    put(place, number, "two")
    assert len([path for path in github.writes() if path.startswith("PATCH")]) == 4


@pytest.mark.parametrize("status", [0, 502])
@pytest.mark.parametrize("written", [True, False])
def test_a_lost_reply_creates_no_second_comment(
    github: StandIn, place: GitHubAccess, number: int, status: int, written: bool
) -> None:
    github.faults = [Fault("POST", "comments", status=status, written=written)]

    put(place, number, "one")

    assert bodies(github, number) == [body_of(PROD, "one")]


def test_a_text_that_github_did_not_store_is_an_error(github: StandIn, place: GitHubAccess, number: int) -> None:
    put(place, number, "one")
    github.faults = [Fault("PATCH", status=200, answer=github.world.comments_on(number)[0])]

    with pytest.raises(GitHubError, match="not stored"):
        put(place, number, "two")
