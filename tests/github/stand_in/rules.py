"""Defines what GitHub refuses. Each rule names its page at docs.github.com, or says that there is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn

from .world import Json, Token, World

# "API versions": an unknown one is answered with 400, one that has ended with 410.
VERSIONS = ("2022-11-28", "2026-03-10")
# Undocumented. The message is from reports. No source defines a character, so UTF-16 units: the largest count.
LONGEST_BODY = 65_536
LONGEST_TITLE = 256  # undocumented, as people report it


class NoError(Exception):
    """A refusal: its status, GitHub's body for it, and its headers."""

    def __init__(self, status: int, message: str, errors: list[Json] | None = None, **headers: str) -> None:
        super().__init__(message)
        self.status, self.headers = status, {name.replace("_", "-"): text for name, text in headers.items()}
        url = "https://docs.github.com/rest"
        self.body: Json = {"message": message, "documentation_url": url, "status": str(status)}
        if errors:
            self.body["errors"] = errors


def check_headers(headers: Mapping[str, str]) -> None:
    """ "Troubleshooting the REST API", User agent required and Not a supported version.

    The page does not name the first one's status ("will be rejected").
    """
    if not headers.get("User-Agent"):
        raise NoError(403, "Request forbidden by administrative rules. Please make sure it has a User-Agent header")
    if (version := headers.get("X-GitHub-Api-Version", VERSIONS[0])) not in VERSIONS:
        raise NoError(400, f"{version} is not a supported version")


def check_token(world: World, headers: Mapping[str, str]) -> Token:
    """ "Authenticating to the REST API": invalid credentials are 401, missing ones 404 or 403.

    A private repository answers 404, so that its existence is not revealed.
    """
    sent = re.fullmatch(r"(?:Bearer|token) (.+)", headers.get("Authorization", ""))
    if not sent:
        raise NoError(404, "Not Found")
    if sent[1] not in world.tokens:
        raise NoError(401, "Bad credentials")
    return world.tokens[sent[1]]


def check_permission(token: Token, level: str, *permissions: str) -> None:
    """One of them is enough ("REST API endpoints for issue comments": issues or pull requests).

    The header names them ("Troubleshooting the REST API", Resource not accessible).
    """
    held = {token.permissions.get(each, "none") for each in permissions}
    if not held & ({"read", "write"} if level == "read" else {"write"}):
        accepted = "; ".join(f"{each.replace('-', '_')}={level}" for each in permissions)
        who = "integration" if token.is_app else "personal access token"
        raise NoError(403, f"Resource not accessible by {who}", X_Accepted_GitHub_Permissions=accepted)


def check_repository(world: World, name: str) -> None:
    """Names are not case sensitive ("REST API endpoints for issues", path parameters)."""
    if name.lower() != world.repository.lower():
        raise NoError(404, "Not Found")


def check_issues(world: World) -> None:
    """ "Create an issue": 410 Gone where issues are disabled."""
    if not world.has_issues:
        raise NoError(410, "Issues are disabled for this repo")


def text(body: Json, key: str, resource: str, *, most: int, needed: bool) -> str:
    """Returns a member that is a text and not too long. The refusal of a body has the shape that people report."""
    value = body.get(key)
    if value is None and not needed:
        return ""
    if value is None or value == "":
        invalid(resource, key, "missing_field")
    if not isinstance(value, str):
        raise NoError(422, "Invalid request.\n\nFor 'properties/body', a string was expected.")
    if len(value.encode("utf-16-le", "surrogatepass")) // 2 > most:
        message = f"{key.capitalize()} is too long (maximum is {most} characters)"
        details = {"resource": resource, "code": "unprocessable", "field": "data", "message": message}
        raise NoError(422, "Validation Failed", [details])
    return value


def check_label(world: World, body: Json) -> Json:
    """ "Create a label": a hexadecimal colour without `#`, a description of 100 characters or fewer; names are unique
    ("Troubleshooting the REST API", already_exists names them as the example)."""
    name = text(body, "name", "Label", most=50, needed=True)
    if not re.fullmatch(r"[0-9a-fA-F]{6}", body.get("color", "ededed")):
        invalid("Label", "color", "invalid")
    if len(body.get("description", "")) > 100:
        invalid("Label", "description", "invalid")
    if name.lower() in {known.lower() for known in world.labels}:
        invalid("Label", "name", "already_exists")
    return {"name": name, "color": body.get("color", "ededed"), "description": body.get("description", "")}


def check_state(body: Json) -> None:
    """ "Update an issue": open or closed; the reasons are completed, not_planned, duplicate, reopened or null."""
    if body.get("state", "open") not in ("open", "closed"):
        invalid("Issue", "state", "invalid")
    if body.get("state_reason") not in (None, "completed", "not_planned", "duplicate", "reopened"):
        invalid("Issue", "state_reason", "invalid")


def page_of(query: Mapping[str, str], things: list[Any], url: str) -> tuple[list[Any], dict[str, str]]:
    """ "Using pagination in the REST API": 30 items a page, at most 100. Links lead to the other pages."""
    size = min(int(query.get("per_page", "30")), 100)
    page, last = int(query.get("page", "1")), max(1, -(-len(things) // size))
    around = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    pages = {rel: at for rel, at in around.items() if 1 <= at <= last and not (rel in ("prev", "first") and page == 1)}
    kept = "&".join(f"{key}={value}" for key, value in query.items() if key != "page")
    links = ", ".join(f'<{url}?{kept}&page={at}>; rel="{rel}"' for rel, at in pages.items())
    return things[(page - 1) * size : page * size], {"Link": links} if last > 1 else {}


def invalid(resource: str, field: str, code: str) -> NoReturn:
    raise NoError(422, "Validation Failed", [{"resource": resource, "field": field, "code": code}])
