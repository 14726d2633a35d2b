"""The client: pages, limits, lost replies, refusals. It never writes twice, and never prints the token."""

from __future__ import annotations

import logging
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from reconciler.github.refusals import GitHubError, LostError, RefusedByGitHubError
from reconciler.github.rest import ATTEMPTS, Rest, login_of
from tests.github.stand_in import Fault, StandIn, Token
from tests.github.stand_in.faults import secondary_limit
from tests.github.stand_in.world import REPOSITORY

Connect = Callable[..., Rest]
ISSUES = f"/repos/{REPOSITORY}/issues"
SECRET = "t-secret-0123456789"  # noqa: S105 - a stand-in's
WANTED = {"title": "found"}


def nothing() -> None:
    return None


def refused(call: Callable[[], object]) -> RefusedByGitHubError:
    with pytest.raises(RefusedByGitHubError) as raised:
        call()
    return raised.value


def test_every_request_has_an_agent_a_version_and_a_token(github: StandIn, connect: Connect) -> None:
    list(connect().pages(ISSUES))

    (headers,) = github.headers
    assert headers["Authorization"] == "Bearer t-actions"
    assert headers["Accept"] == "application/vnd.github+json"
    assert headers["X-GitHub-Api-Version"] == "2022-11-28"
    assert headers["User-Agent"].startswith("reconcile-connect/")


# Pages.


def test_every_page_is_read(github: StandIn, connect: Connect) -> None:
    number = github.world.open_pull_request()
    for at in range(250):
        github.world.say("somebody", number, f"comment {at}")

    found = [each["body"] for each in connect().pages(f"{ISSUES}/{number}/comments")]

    assert found == [f"comment {at}" for at in range(250)]
    assert len(github.asked) == 3


def test_a_page_on_another_host_is_not_requested(github: StandIn, connect: Connect) -> None:
    elsewhere = {"Link": '<http://127.0.0.2:1/issues?page=2>; rel="next"'}
    github.faults = [Fault("GET", status=200, answer=[], headers=elsewhere)]

    with pytest.raises(GitHubError, match="another host"):
        list(connect().pages(ISSUES))


# Limits.


@pytest.mark.parametrize("status", [403, 429])
def test_a_secondary_limit_is_waited_for_as_long_as_github_says(
    github: StandIn, connect: Connect, waits: list[float], status: int
) -> None:
    github.faults = [secondary_limit("GET", status=status, after="7", times=2)]

    assert list(connect().pages(ISSUES)) == []
    assert waits == [7, 7]


def test_a_secondary_limit_without_a_time_is_waited_for_a_minute(
    github: StandIn, connect: Connect, waits: list[float]
) -> None:
    github.faults = [secondary_limit("GET", after=None)]

    assert list(connect().pages(ISSUES)) == []
    assert waits == [60]


def test_a_primary_limit_is_waited_for_until_it_is_reset(github: StandIn, connect: Connect, waits: list[float]) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1042"}
    github.faults = [Fault("GET", status=403, message="API rate limit exceeded", headers=headers)]

    assert list(connect(now=1000).pages(ISSUES)) == []
    assert waits == [42]


def test_a_long_limit_is_not_waited_for(github: StandIn, connect: Connect, waits: list[float]) -> None:
    github.faults = [secondary_limit("GET", after="3600")]

    with pytest.raises(GitHubError, match="limit is reached; 3600 s to wait"):
        list(connect().pages(ISSUES))
    assert waits == []


def test_a_limited_write_is_done_once_afterwards(github: StandIn, connect: Connect) -> None:
    github.faults = [secondary_limit(after="1")]

    connect().post(ISSUES, WANTED, nothing)

    assert [issue["title"] for issue in github.world.issues.values()] == ["found"]


# Lost replies.


@pytest.mark.parametrize("status", [0, 500, 502, 503])
def test_a_read_is_repeated_when_github_fails(
    github: StandIn, connect: Connect, waits: list[float], status: int
) -> None:
    github.faults = [Fault("GET", status=status, times=2)]

    assert list(connect().pages(ISSUES)) == []
    assert waits == [1, 2]


@pytest.mark.parametrize("status", [0, 502])
def test_an_object_created_without_a_reply_is_found(github: StandIn, connect: Connect, status: int) -> None:
    github.faults = [Fault("POST", status=status, written=True)]
    rest = connect()

    made = rest.post(ISSUES, WANTED, lambda: next(iter(rest.pages(ISSUES)), None))

    assert made["title"] == "found"
    assert list(github.world.issues) == [made["number"]]


@pytest.mark.parametrize("status", [0, 502])
def test_an_object_not_created_is_created_again(github: StandIn, connect: Connect, status: int) -> None:
    github.faults = [Fault("POST", status=status)]
    rest = connect()

    made = rest.post(ISSUES, WANTED, lambda: next(iter(rest.pages(ISSUES)), None))

    assert list(github.world.issues) == [made["number"]]
    assert github.writes() == [f"POST {ISSUES}"] * 2


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_the_client_gives_up_when_github_keeps_failing(github: StandIn, connect: Connect, method: str) -> None:
    github.faults = [Fault(method, status=502, times=99)]
    rest = connect()
    calls: dict[str, Callable[[], object]] = {
        "GET": lambda: rest.get("/user"),
        "POST": lambda: rest.post(ISSUES, WANTED, nothing),
        "PATCH": lambda: rest.patch(f"{ISSUES}/1", {}),
    }

    with pytest.raises(LostError):
        calls[method]()
    assert len(github.asked) == ATTEMPTS


def test_an_unreachable_github_is_one_line(waits: list[float]) -> None:
    with (
        Rest("http://127.0.0.1:9", "t", "issues: write", wait=waits.append) as rest,
        pytest.raises(GitHubError, match=r"^GET /user: no answer from 127\.0\.0\.1:9: "),
    ):
        rest.get("/user")


# Refusals.


def test_an_unknown_token_has_a_remedy(connect: Connect) -> None:
    message = str(refused(lambda: connect("nobody's").get(f"{ISSUES}/1")))

    assert "GitHub answers 401 (Bad credentials)" in message
    assert "GITHUB_TOKEN: ${{ github.token }}" in message


@pytest.mark.parametrize("needs", ["issues: write", "pull-requests: write"])
def test_a_missing_permission_is_named_with_where_to_write_it(github: StandIn, connect: Connect, needs: str) -> None:
    github.world.tokens["t-read"] = Token(permissions={"issues": "read"})

    message = str(refused(lambda: connect("t-read", needs).post(ISSUES, WANTED, nothing)))

    assert "403 (Resource not accessible by integration)" in message
    assert "GitHub accepts: issues=write" in message
    assert f"write `{needs}` under the job's `permissions:`" in message
    assert "fork" in message


def test_a_missing_object_may_be_a_hidden_one(connect: Connect) -> None:
    message = str(refused(lambda: connect().get(f"{ISSUES}/404")))

    assert "404 (Not Found)" in message
    assert "may not see it" in message


def test_a_repository_without_issues_says_so(github: StandIn, connect: Connect) -> None:
    github.world.has_issues = False

    assert "issues are disabled" in str(refused(lambda: connect().post(ISSUES, WANTED, nothing)))


def test_a_body_that_is_too_long_has_githubs_own_message(connect: Connect) -> None:
    message = str(refused(lambda: connect().post(ISSUES, {**WANTED, "body": "x" * 65_537}, nothing)))

    assert "422 (Validation Failed, Body is too long (maximum is 65536 characters))" in message


def test_a_redirect_is_not_followed(github: StandIn, connect: Connect) -> None:
    github.faults = [Fault("POST", status=307, headers={"Location": "https://example.com/"})]

    assert "renamed" in str(refused(lambda: connect().post(ISSUES, WANTED, nothing)))
    assert len(github.asked) == 1


@pytest.mark.parametrize("answer", [["text"], "text", {"login": "x"}])
def test_a_list_of_another_shape_is_not_a_traceback(github: StandIn, connect: Connect, answer: object) -> None:
    github.faults = [Fault("GET", status=200, answer=answer)]

    with pytest.raises(GitHubError, match="GITHUB_API_URL"):
        list(connect().pages(ISSUES))


@pytest.mark.parametrize("answer", [[], "text"])
def test_an_object_of_another_shape_is_not_a_traceback(github: StandIn, connect: Connect, answer: object) -> None:
    github.faults = [Fault("GET", status=200, answer=answer)]

    with pytest.raises(GitHubError, match="GITHUB_API_URL"):
        connect().get("/user")


# The token.


@pytest.mark.parametrize("token", ["", "two words", "line\n", "é"])
def test_an_invalid_token_is_refused_without_being_printed(github: StandIn, connect: Connect, token: str) -> None:
    with pytest.raises(GitHubError) as raised:
        connect(token)

    assert "GITHUB_TOKEN" in str(raised.value)
    assert not token or token not in str(raised.value)
    assert github.asked == []


def test_the_token_is_in_no_error_no_log_and_no_name(
    github: StandIn, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    rest = connect(SECRET)

    message = str(refused(lambda: rest.get("/user")))

    assert SECRET not in message + caplog.text + repr(vars(rest))


def test_a_netrc_is_not_read(
    github: StandIn, connect: Connect, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{tmp_path}/netrc"
    with open(path, "w", encoding="utf-8") as file:
        file.write("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", path)

    list(connect().pages(ISSUES))

    assert github.headers[0]["Authorization"] == "Bearer t-actions"


@pytest.mark.parametrize("api", ["http://github.example.com", "ftp://127.0.0.1", "github.example.com", ""])
def test_a_token_is_sent_only_over_tls(api: str) -> None:
    with pytest.raises(GitHubError, match="https"):
        Rest(api, "t", "issues: write")


def test_an_app_may_not_read_its_login(github: StandIn, connect: Connect) -> None:
    github.world.tokens["t-anna"] = Token("anna")

    assert login_of(connect(), otherwise="github-actions[bot]") == "github-actions[bot]"
    assert login_of(connect("t-anna"), otherwise="github-actions[bot]") == "anna"


# Files.


def kept(github: StandIn, folder: Path) -> str:
    github.world.tokens["t-actions"] = Token(permissions={"actions": "read"})
    (folder / "plan.json").write_text("{}")
    github.world.artifacts = [{"id": 5, "name": "plan", "expired": False, "folder": str(folder)}]
    return f"/repos/{REPOSITORY}/actions/artifacts/5/zip"


def test_a_file_is_fetched_without_the_token(github: StandIn, connect: Connect, tmp_path: Path) -> None:
    """S-4: the address is signed and at another host; the stand-in refuses a token there, as Azure does."""
    content = connect().download(kept(github, tmp_path))

    assert ZipFile(BytesIO(content)).namelist() == ["plan.json"]


@pytest.mark.parametrize("address", ["http://files.example/5", "file:///etc/passwd", ""])
def test_a_file_at_an_address_without_tls_is_not_fetched(
    github: StandIn, connect: Connect, tmp_path: Path, address: str
) -> None:
    github.faults = [Fault("GET", "zip", status=302, answer={}, headers={"Location": address} if address else {})]

    with pytest.raises(GitHubError):
        connect().download(kept(github, tmp_path))
