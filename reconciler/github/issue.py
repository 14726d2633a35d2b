"""One issue a subject and environment: opened, updated, reopened where it was closed by hand, and closed with a word.

An issue that has been settled bears another mark, so that what is found closed was closed by hand.
"""

from __future__ import annotations

from reconciler.github.comment import Place, Put, as_sent, put
from reconciler.github.marks import Subject, is_marked, is_same_content
from reconciler.github.refusals import RefusedByGitHubError
from reconciler.github.rest import Json

NEEDS = "issues: write"
SUPERSEDED = "<!-- reconcile:superseded -->\nSuperseded by #{number}."


def raise_issue(place: Place, subject: Subject, title: str, body: str) -> Put:
    """It is open and says `body`. What tells the same news already is left as it is."""
    found = _ours(place, subject)
    if not found:
        return put("opened", _open(place, subject, title, body))
    *older, last = found
    for each in older:
        closing = {"body": SUPERSEDED.format(number=last["number"]), "state": "closed", "state_reason": "not_planned"}
        place.rest.patch(_path(place, each), closing)
    if last.get("state") == "open" and is_same_content(last.get("body"), body):
        return put("left as it is", last)
    deed = "updated" if last.get("state") == "open" else "reopened"
    kept = place.rest.patch(_path(place, last), {"title": title, "body": body, "state": "open"})
    return put(deed, as_sent(kept, body))


def settle_issue(place: Place, subject: Subject, word: str) -> Put:
    """None of ours is open: a word, a line of Markdown, is said on each that was. One closed by hand is done with."""
    done = Put("not there")
    for each in _ours(place, subject):
        was_open = each.get("state") == "open"
        if was_open:
            _say(place, each, f"{subject.settled}\n{word}")
        body = str(each.get("body", "")).replace(subject.mark, subject.settled, 1)
        closing = {"state": "closed", "state_reason": "completed"} if was_open else {}
        closed = place.rest.patch(_path(place, each), {"body": body, **closing})
        done = put("closed" if was_open else "closed by hand already", closed)
    return done


def _ours(place: Place, subject: Subject) -> list[Json]:
    """Those that bear the mark and the label, open or closed, the newest last; pull requests are issues too."""
    listed = place.rest.pages(f"/repos/{place.repository}/issues", state="all", labels=subject.label)
    found = (each for each in listed if "pull_request" not in each and place.is_ours(each, subject.mark))
    return sorted(found, key=lambda issue: int(issue["number"]))


def _open(place: Place, subject: Subject, title: str, body: str) -> Json:
    _make_label(place, subject)
    wanted = {"title": title, "body": body, "labels": [subject.label]}

    def newest() -> Json | None:
        found = _ours(place, subject)
        return found[-1] if found else None

    return as_sent(place.rest.post(f"/repos/{place.repository}/issues", wanted, look=newest), body)


def _make_label(place: Place, subject: Subject) -> None:
    """Whether an issue's label is made where there is none of that name is not documented."""
    wanted = {"name": subject.label, "color": "d4c5f9", "description": subject.describes}
    try:
        place.rest.post(f"/repos/{place.repository}/labels", wanted, look=lambda: None)
    except RefusedByGitHubError as refused:
        # 422 already_exists: it is there, which is all that is asked for.
        if refused.status != 422:
            raise


def _say(place: Place, issue: Json, text: str) -> None:
    """A comment that is not said again where the reply to it was lost."""
    comments = f"{_path(place, issue)}/comments"
    before = {each["id"] for each in place.rest.pages(comments)}

    def just_said() -> Json | None:
        listed = place.rest.pages(comments)
        return next((each for each in listed if each["id"] not in before and is_marked(each.get("body"), text)), None)

    place.rest.post(comments, {"body": text}, look=just_said)


def _path(place: Place, issue: Json) -> str:
    return f"/repos/{place.repository}/issues/{issue['number']}"
