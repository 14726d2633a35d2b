"""The stand-in enforces GitHub's rules, so tests against it prove something."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.github.stand_in import StandIn, Token
from tests.github.stand_in.world import REPOSITORY

ISSUES = f"/repos/{REPOSITORY}/issues"
HEADERS = {"Authorization": "Bearer t-actions", "User-Agent": "test"}
ROOT = Path(__file__).parents[2]


class Reply(NamedTuple):
    status: int
    body: Any
    headers: Mapping[str, str]


def ask(port: int, method: str, path: str, body: Any = None, headers: Mapping[str, str] = HEADERS) -> Reply:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        for name, text in {**headers, "Content-Length": str(len(content))}.items():
            connection.putheader(name, text)
        connection.endheaders(content)
        reply = connection.getresponse()
        return Reply(reply.status, json.loads(reply.read()), dict(reply.headers))
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("headers", "status", "message"),
    [
        ({"User-Agent": "test"}, 404, "Not Found"),
        ({**HEADERS, "Authorization": "Bearer wrong"}, 401, "Bad credentials"),
        ({"Authorization": "Bearer t-actions"}, 403, "User-Agent"),
        ({**HEADERS, "X-GitHub-Api-Version": "1999-01-01"}, 400, "not a supported version"),
    ],
)
def test_a_request_needs_an_agent_and_a_token(
    github: StandIn, headers: Mapping[str, str], status: int, message: str
) -> None:
    reply = ask(github.server_port, "GET", ISSUES, headers=headers)

    assert reply.status == status
    assert message in reply.body["message"]


@pytest.mark.parametrize(
    ("permissions", "method", "path", "status"),
    [
        ({"pull-requests": "write"}, "POST", f"{ISSUES}/1/comments", 201),
        ({"issues": "write"}, "POST", f"{ISSUES}/1/comments", 201),
        ({"pull-requests": "read"}, "POST", f"{ISSUES}/1/comments", 403),
        ({"pull-requests": "read"}, "GET", f"{ISSUES}/1/comments", 200),
        ({"pull-requests": "write"}, "POST", ISSUES, 403),
        ({"issues": "write"}, "POST", ISSUES, 201),
        ({}, "GET", ISSUES, 403),
    ],
)
def test_a_token_is_limited_to_its_permissions(
    github: StandIn, permissions: Mapping[str, str], method: str, path: str, status: int
) -> None:
    github.world.open_pull_request(1)
    github.world.tokens["t-actions"] = Token(permissions=permissions)

    reply = ask(github.server_port, method, path, {"title": "t", "body": "b"})

    assert reply.status == status
    if status == 403:
        assert reply.body["message"] == "Resource not accessible by integration"
        assert reply.headers["X-Accepted-GitHub-Permissions"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("x" * 65_536, 201),
        ("x" * 65_537, 422),
        ("👍" * 32_768, 201),
        ("👍" * 32_769, 422),
        ("", 422),
        (None, 422),
        (5, 422),
    ],
)
def test_a_comment_has_a_body_that_is_not_too_long(github: StandIn, body: object, status: int) -> None:
    github.world.open_pull_request(1)

    assert ask(github.server_port, "POST", f"{ISSUES}/1/comments", {"body": body}).status == status


def test_pages_have_30_items_or_up_to_100_on_request(github: StandIn) -> None:
    github.world.open_pull_request(1)
    for at in range(205):
        github.world.say("somebody", 1, f"{at}")
    path = f"{ISSUES}/1/comments"

    sizes = [len(ask(github.server_port, "GET", f"{path}{query}").body) for query in ("", "?per_page=101", "?page=7")]

    assert sizes == [30, 100, 25]
    links = ask(github.server_port, "GET", f"{path}?per_page=100&page=2").headers["Link"]
    assert f'<{github.url}{path}?per_page=100&page=3>; rel="next"' in links
    assert 'rel="prev"' in links


def test_one_page_has_no_links(github: StandIn) -> None:
    assert "Link" not in ask(github.server_port, "GET", ISSUES).headers


@pytest.mark.parametrize("content", [b"{", b"[]"])
def test_a_body_that_is_not_an_object_is_400(github: StandIn, content: bytes) -> None:
    assert ask(github.server_port, "POST", ISSUES, content).status == 400


def test_issues_are_listed_by_state_and_label_the_newest_first(github: StandIn) -> None:
    github.world.labels["drift"] = {"name": "drift"}
    for labels in (("drift",), (), ("drift",)):
        github.world.open_issue("somebody", "t", "b", labels)
    ask(github.server_port, "PATCH", f"{ISSUES}/1", {"state": "closed", "state_reason": "completed"})

    def numbers(query: str) -> list[int]:
        return [each["number"] for each in ask(github.server_port, "GET", ISSUES + query).body]

    assert numbers("") == [3, 2]
    assert numbers("?state=all&labels=drift") == [3, 1]


@pytest.mark.parametrize("change", [{"state": "gone"}, {"state_reason": "bored"}, {"body": "x" * 65_537}])
def test_an_issue_refuses_an_invalid_state_or_body(github: StandIn, change: dict[str, str]) -> None:
    github.world.open_issue("somebody", "t", "b")

    assert ask(github.server_port, "PATCH", f"{ISSUES}/1", change).status == 422
    assert github.world.issues[1]["body"] == "b"


@pytest.mark.parametrize("wrong", [{}, {"color": "#fff"}, {"description": "x" * 101}, {"name": "there"}])
def test_a_label_must_follow_the_rules(github: StandIn, wrong: dict[str, str]) -> None:
    github.world.labels["there"] = {"name": "there"}
    wanted = {"name": "new", **wrong} if wrong else {}

    assert ask(github.server_port, "POST", f"/repos/{REPOSITORY}/labels", wanted).status == 422


def test_another_process_sets_the_scene_over_http(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.github.stand_in"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            port = int(process.stdout.readline().rpartition(":")[2])
            made = ask(port, "POST", "/_stand_in/pull-request", {"number": 7}).body
            comment = ask(port, "POST", "/_stand_in/comment", {"login": "anna", "number": 7, "body": "hello"}).body
            ask(port, "POST", "/_stand_in/token", {"token": "t-read", "permissions": {"issues": "read"}})
            ask(port, "POST", "/_stand_in/faults", [{"method": "GET", "status": 502}])
            ill = ask(port, "GET", ISSUES)
            state = ask(port, "GET", "/_stand_in/state").body
            ask(port, "POST", "/_stand_in/delete-comment", {"id": comment["id"]})
            ask(port, "POST", "/_stand_in/close", {"number": 7})
            later = ask(port, "GET", "/_stand_in/state").body
            wrong = ask(port, "POST", "/_stand_in/close", {}).status
        finally:
            process.terminate()

    assert made["event"]["pull_request"]["number"] == 7
    assert (ill.status, state["requests"], wrong) == (502, [f"GET {ISSUES}"], 500)
    assert [each["body"] for each in state["comments"]] == ["hello"]
    assert (later["comments"], later["pullRequests"][0]["state"]) == ([], "closed")


@pytest.mark.parametrize(
    "path",
    ["actions/artifacts", "actions/artifacts/5/zip", "actions/runs/9", f"commits/{'c' * 40}/pulls", "pulls"],
)
def test_runs_and_artifacts_need_their_permission(github: StandIn, path: str) -> None:
    github.world.tokens["t-actions"] = Token(permissions={"contents": "read"})

    reply = ask(github.server_port, "GET", f"/repos/{REPOSITORY}/{path}")

    assert reply.status == 403
    assert reply.headers["X-Accepted-GitHub-Permissions"] in ("actions=read", "pull_requests=read")


def test_artifacts_are_listed_by_name_the_newest_first_in_pages(github: StandIn) -> None:
    github.world.tokens["t-actions"] = Token(permissions={"actions": "read"})
    github.world.artifacts = [{"id": at, "name": "odd" if at % 2 else "even", "folder": "/"} for at in range(1, 7)]

    reply = ask(github.server_port, "GET", f"/repos/{REPOSITORY}/actions/artifacts?name=odd&per_page=2")

    assert reply.body == {"total_count": 3, "artifacts": [{"id": 5, "name": "odd"}, {"id": 3, "name": "odd"}]}
    assert 'rel="next"' in reply.headers["Link"]


def test_an_artifact_is_at_a_signed_address_that_takes_no_token(github: StandIn, tmp_path: Path) -> None:
    github.world.tokens["t-actions"] = Token(permissions={"actions": "read"})
    github.world.artifacts = [{"id": 5, "name": "plan", "expired": False, "folder": str(tmp_path)}]

    reply = ask(github.server_port, "GET", f"/repos/{REPOSITORY}/actions/artifacts/5/zip")
    github.world.artifacts[0]["expired"] = True

    assert (reply.status, reply.headers["Location"]) == (302, f"{github.url}/_blobs/5?sig=signed")
    assert ask(github.server_port, "GET", "/_blobs/5?sig=signed").status == 403
    assert ask(github.server_port, "GET", f"/repos/{REPOSITORY}/actions/artifacts/5/zip").status == 410
