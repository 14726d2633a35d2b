"""Maps method and path to the work and to GitHub's answer."""

from __future__ import annotations

import re
from collections.abc import Callable

from . import actions, rules
from .replies import Answer, Request
from .rules import NoError
from .world import Json, World

READERS = ("issues", "pull-requests")


def answer(world: World, request: Request, path: str) -> Answer:
    """Raises `NoError`."""
    for method, pattern, act in (*ROUTES, *actions.ROUTES):
        found = re.fullmatch(pattern, path)
        if found and method == request.method:
            if "repo" in found.groupdict():
                rules.check_repository(world, found["repo"])
            given = {name: text for name, text in found.groupdict().items() if name != "repo"}
            return act(world, request, *(text if name == "sha" else int(text) for name, text in given.items()))
    raise NoError(404, "Not Found")


def user(world: World, request: Request) -> Answer:
    """ "Get the authenticated user": not for installation tokens; 403 says so ("Resource not accessible")."""
    if request.token.is_app:
        raise NoError(403, "Resource not accessible by integration")
    return Answer(200, {"login": request.token.login, "type": "User"})


def list_issues(world: World, request: Request) -> Answer:
    """ "List repository issues": open ones by default, the newest first, all labels of a list."""
    rules.check_permission(request.token, "read", "issues")
    rules.check_issues(world)
    state, labels = request.query.get("state", "open"), request.query.get("labels", "")
    wanted = {name.lower() for name in labels.split(",") if name}
    found = [
        each
        for _, each in sorted(world.issues.items(), reverse=True)
        if state in ("all", each["state"]) and wanted <= {label["name"].lower() for label in each["labels"]}
    ]
    page, headers = rules.page_of(request.query, found, request.url)
    return Answer(200, page, headers)


def create_issue(world: World, request: Request) -> Answer:
    """ "Create an issue". GitHub does not document whether a missing label is created; here it is left out."""
    rules.check_permission(request.token, "write", "issues")
    rules.check_issues(world)
    title = rules.text(request.body, "title", "Issue", most=rules.LONGEST_TITLE, needed=True)
    body = rules.text(request.body, "body", "Issue", most=rules.LONGEST_BODY, needed=False)
    made = world.open_issue(request.token.login, title, body, tuple(request.body.get("labels", ())))
    return Answer(201, made)


def get_issue(world: World, request: Request, number: int) -> Answer:
    rules.check_permission(request.token, "read", *READERS)
    return Answer(200, _issue(world, number))


def update_issue(world: World, request: Request, number: int) -> Answer:
    """ "Update an issue"."""
    rules.check_permission(request.token, "write", *READERS)
    issue = _issue(world, number)
    rules.check_state(request.body)
    for key, most in (("title", rules.LONGEST_TITLE), ("body", rules.LONGEST_BODY)):
        if key in request.body:
            rules.text(request.body, key, "Issue", most=most, needed=False)
    kept = {key: request.body[key] for key in ("title", "body", "state", "state_reason") if key in request.body}
    if kept.get("state") == "open":
        kept.setdefault("state_reason", "reopened" if issue["state"] == "closed" else issue["state_reason"])
    return Answer(200, world.changed(issue, **kept))


def list_comments(world: World, request: Request, number: int) -> Answer:
    """ "List issue comments": by ascending id."""
    rules.check_permission(request.token, "read", *READERS)
    _issue(world, number)
    page, headers = rules.page_of(request.query, world.comments_on(number), request.url)
    return Answer(200, page, headers)


def create_comment(world: World, request: Request, number: int) -> Answer:
    """ "Create an issue comment": needs issues or pull requests, write.

    For an issue that is not a pull request, only the permission `issues` counts, by its name; the page does not say so.
    """
    issue = _issue(world, number)
    rules.check_permission(request.token, "write", *(READERS if "pull_request" in issue else ("issues",)))
    body = rules.text(request.body, "body", "IssueComment", most=rules.LONGEST_BODY, needed=True)
    return Answer(201, world.say(request.token.login, number, body))


def update_comment(world: World, request: Request, made: int) -> Answer:
    """ "Update an issue comment"."""
    rules.check_permission(request.token, "write", *READERS)
    if made not in world.comments:
        raise NoError(404, "Not Found")
    body = rules.text(request.body, "body", "IssueComment", most=rules.LONGEST_BODY, needed=True)
    return Answer(200, world.changed(world.comments[made], body=body))


def create_label(world: World, request: Request) -> Answer:
    """ "Create a label": issues or pull requests, write."""
    rules.check_permission(request.token, "write", *READERS)
    label = rules.check_label(world, request.body)
    world.labels[label["name"]] = label
    return Answer(201, label)


def get_pull_request(world: World, request: Request, number: int) -> Answer:
    """ "Get a pull request"."""
    rules.check_permission(request.token, "read", "pull-requests")
    issue = _issue(world, number)
    if "pull_request" not in issue:
        raise NoError(404, "Not Found")
    head = {"sha": issue["pull_request"]["head_sha"]}
    return Answer(200, {"number": number, "state": issue["state"], "head": head, "html_url": issue["html_url"]})


def _issue(world: World, number: int) -> Json:
    if number not in world.issues:
        raise NoError(404, "Not Found")
    return world.issues[number]


_REPO = r"/repos/(?P<repo>[^/]+/[^/]+)"
_NUMBER = r"(?P<number>[1-9][0-9]*)"
ROUTES: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    ("GET", "/user", user),
    ("GET", f"{_REPO}/issues", list_issues),
    ("POST", f"{_REPO}/issues", create_issue),
    ("GET", f"{_REPO}/issues/{_NUMBER}", get_issue),
    ("PATCH", f"{_REPO}/issues/{_NUMBER}", update_issue),
    ("GET", f"{_REPO}/issues/{_NUMBER}/comments", list_comments),
    ("POST", f"{_REPO}/issues/{_NUMBER}/comments", create_comment),
    ("PATCH", f"{_REPO}/issues/comments/{_NUMBER}", update_comment),
    ("POST", f"{_REPO}/labels", create_label),
    ("GET", f"{_REPO}/pulls/{_NUMBER}", get_pull_request),
)
