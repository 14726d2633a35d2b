"""Keeps one issue per subject and environment: opens it, updates it, reopens it, and closes it with a comment.

A settled issue gets another mark. So a closed issue with the first mark was closed by hand.
"""

from __future__ import annotations

from reconciler.github.comment import GitHubAccess, Put, as_sent, put
from reconciler.github.marks import Subject, is_marked, is_same_content
from reconciler.github.refusals import RefusedByGitHubError
from reconciler.github.rest import Json

NEEDS = "issues: write"
SUPERSEDED = "<!-- reconcile:superseded -->\nSuperseded by #{number}."


def raise_issue(place: GitHubAccess, subject: Subject, title: str, body: str) -> Put:
    """Makes sure that an open issue has this body. An issue with the same content is not changed."""
    issues = _own_issues(place, subject)
    if not issues:
        return put("opened", _open(place, subject, title, body))
    *older, last = issues
    for duplicate in older:
        closing = {"body": SUPERSEDED.format(number=last["number"]), "state": "closed", "state_reason": "not_planned"}
        place.rest.patch(_path(place, duplicate), closing)
    if last.get("state") == "open" and is_same_content(last.get("body"), body):
        return put("unchanged", last)
    deed = "updated" if last.get("state") == "open" else "reopened"
    kept = place.rest.patch(_path(place, last), {"title": title, "body": body, "state": "open"})
    return put(deed, as_sent(kept, body))


def settle_issue(place: GitHubAccess, subject: Subject, word: str) -> Put:
    """Closes our open issues with a comment:

    `word`, a line of Markdown. An issue that was closed by hand stays closed.
    """
    done = Put("not found")
    for issue in _own_issues(place, subject):
        was_open = issue.get("state") == "open"
        if was_open:
            _say(place, issue, f"{subject.settled}\n{word}")
        body = str(issue.get("body", "")).replace(subject.mark, subject.settled, 1)
        closing = {"state": "closed", "state_reason": "completed"} if was_open else {}
        closed = place.rest.patch(_path(place, issue), {"body": body, **closing})
        done = put("closed" if was_open else "already closed by hand", closed)
    return done


def _own_issues(place: GitHubAccess, subject: Subject) -> list[Json]:
    """Returns our issues with the mark and the label, open or closed, newest last.

    GitHub lists pull requests as issues, so they are filtered out.
    """
    listed = place.rest.pages(f"/repos/{place.repository}/issues", state="all", labels=subject.label)
    own = (issue for issue in listed if "pull_request" not in issue and place.is_own(issue, subject.mark))
    return sorted(own, key=lambda issue: int(issue["number"]))


def _open(place: GitHubAccess, subject: Subject, title: str, body: str) -> Json:
    _make_label(place, subject)
    wanted = {"title": title, "body": body, "labels": [subject.label]}

    def newest() -> Json | None:
        issues = _own_issues(place, subject)
        return issues[-1] if issues else None

    return as_sent(place.rest.post(f"/repos/{place.repository}/issues", wanted, look=newest), body)


def _make_label(place: GitHubAccess, subject: Subject) -> None:
    """Creates the label. GitHub does not document whether opening an issue creates a missing label."""
    wanted = {"name": subject.label, "color": "d4c5f9", "description": subject.describes}
    try:
        place.rest.post(f"/repos/{place.repository}/labels", wanted, look=lambda: None)
    except RefusedByGitHubError as refused:
        # 422 already_exists: the label exists, so there is nothing to do.
        if refused.status != 422:
            raise


def _say(place: GitHubAccess, issue: Json, text: str) -> None:
    """Adds a comment. If the reply is lost, it looks for the comment before it tries again."""
    comments = f"{_path(place, issue)}/comments"
    before = {comment["id"] for comment in place.rest.pages(comments)}

    def new_comment() -> Json | None:
        listed = place.rest.pages(comments)
        return next(
            (comment for comment in listed if comment["id"] not in before and is_marked(comment.get("body"), text)),
            None,
        )

    place.rest.post(comments, {"body": text}, look=new_comment)


def _path(place: GitHubAccess, issue: Json) -> str:
    return f"/repos/{place.repository}/issues/{issue['number']}"
