"""Keeps one comment per pull request and environment: creates, updates, and recreates it if it was deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reconciler.github.marks import is_marked, is_same_content
from reconciler.github.refusals import GitHubError
from reconciler.github.rest import Json, Rest

NEEDS = "pull-requests: write"
SUPERSEDED = "<!-- reconcile:superseded -->\nSuperseded by [a newer comment]({url})."


@dataclass(frozen=True)
class Put:
    """The result of writing a text.

    `deed` is a word such as "created" or "updated". `author` is the login that GitHub reports.
    """

    deed: str
    url: str = ""
    author: str = ""


@dataclass(frozen=True)
class GitHubAccess:
    """A repository and the login that owns the token. A marked text of another author is never changed."""

    rest: Rest
    repository: str
    author: str

    def is_own(self, thing: Json, mark: str) -> bool:
        return login(thing) == self.author and is_marked(thing.get("body"), mark)


def put_comment(place: GitHubAccess, pull_request: int, mark: str, body: str) -> Put:
    """Writes the body to our newest comment.

    Two runs at a time may have created several; the older ones then refer to the newest.
    """
    list_path = f"/repos/{place.repository}/issues/{pull_request}/comments"

    def own_comments() -> list[Json]:
        return sorted((comment for comment in place.rest.pages(list_path) if place.is_own(comment, mark)), key=_number)

    def newest() -> Json | None:
        comments = own_comments()
        return comments[-1] if comments else None

    comments = own_comments()
    if not comments:
        return put("created", as_sent(place.rest.post(list_path, {"body": body}, look=newest), body))
    *older, last = comments
    kept = as_sent(place.rest.patch(_path(place, last), {"body": body}), body)
    for comment in older:
        place.rest.patch(_path(place, comment), {"body": SUPERSEDED.format(url=last.get("html_url", ""))})
    return put("updated", kept)


def as_sent(kept: Json, body: str) -> Json:
    """Returns the stored text.

    Raises `GitHubError` if it is not the sent one. GitHub was seen to answer 200 for a body that is too long, and to
    keep the old body.
    """
    if not is_same_content(kept.get("body"), body):
        raise GitHubError(f"GitHub has not stored the text of {kept.get('html_url', 'it')}")
    return kept


def put(deed: str, thing: Json) -> Put:
    return Put(deed, str(thing.get("html_url", "")), login(thing))


def login(thing: Json) -> str:
    user: Any = thing.get("user")
    return str(user.get("login", "")) if isinstance(user, dict) else ""


def _path(place: GitHubAccess, comment: Json) -> str:
    return f"/repos/{place.repository}/issues/comments/{_number(comment)}"


def _number(comment: Json) -> int:
    return int(comment["id"])
