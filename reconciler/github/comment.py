"""One comment a pull request and environment: made, kept up to date, made anew where somebody deleted it."""

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
    """What became of a text: `deed` is a word ("made", "updated", …), `author` who GitHub says has written it."""

    deed: str
    url: str = ""
    author: str = ""


@dataclass(frozen=True)
class Place:
    """`author`: the login under which the token writes. Whatever else bears our mark is somebody else's."""

    rest: Rest
    repository: str
    author: str

    def is_ours(self, thing: Json, mark: str) -> bool:
        return login(thing) == self.author and is_marked(thing.get("body"), mark)


def put_comment(place: Place, pull_request: int, mark: str, body: str) -> Put:
    """The newest of ours holds the body; older ones, which two runs at a time may have made, point to it."""
    comments = f"/repos/{place.repository}/issues/{pull_request}/comments"

    def ours() -> list[Json]:
        return sorted((each for each in place.rest.pages(comments) if place.is_ours(each, mark)), key=_number)

    def newest() -> Json | None:
        found = ours()
        return found[-1] if found else None

    found = ours()
    if not found:
        return put("made", as_sent(place.rest.post(comments, {"body": body}, look=newest), body))
    *older, last = found
    kept = as_sent(place.rest.patch(_path(place, last), {"body": body}), body)
    for each in older:
        place.rest.patch(_path(place, each), {"body": SUPERSEDED.format(url=last.get("html_url", ""))})
    return put("updated", kept)


def as_sent(kept: Json, body: str) -> Json:
    """What GitHub has kept. A body that it finds too long it has been seen to answer with 200, and with the old one."""
    if not is_same_content(kept.get("body"), body):
        raise GitHubError(f"GitHub has not kept the text that it was sent for {kept.get('html_url', 'it')}")
    return kept


def put(deed: str, thing: Json) -> Put:
    return Put(deed, str(thing.get("html_url", "")), login(thing))


def login(thing: Json) -> str:
    user: Any = thing.get("user")
    return str(user.get("login", "")) if isinstance(user, dict) else ""


def _path(place: Place, comment: Json) -> str:
    return f"/repos/{place.repository}/issues/comments/{_number(comment)}"


def _number(comment: Json) -> int:
    return int(comment["id"])
