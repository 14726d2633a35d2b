"""What GitHub answers that is no success → one clear line, with what is to be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.errors import ReconcileError

HOW_TO_AUTHENTICATE = "give the step `env: GITHUB_TOKEN: ${{ github.token }}`"
_LONGEST = 300  # characters of GitHub's own words


class GitHubError(ReconcileError):
    """GitHub refused, could not be reached, or said something that nobody understands."""


class LostError(GitHubError):
    """Nobody knows whether what was asked for was done."""


class RefusedByGitHubError(GitHubError):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def refusal(status: int, call: str, needs: str, answer: Any, headers: Mapping[str, str]) -> RefusedByGitHubError:
    """`call`: method and path; `needs`: the permission of the job, as in `issues: write`; `answer`: the JSON body."""
    remedy = _REMEDIES.get(status, _nothing_known)(needs, headers)
    return RefusedByGitHubError(status, f"{call}: GitHub answers {status}{_said(answer)}{remedy}")


def _unknown_token(needs: str, headers: Mapping[str, str]) -> str:
    return f"; it does not know the token, or the token has expired: {HOW_TO_AUTHENTICATE}"


def _forbidden(needs: str, headers: Mapping[str, str]) -> str:
    # "Troubleshooting the REST API", Resource not accessible: the header names what the endpoint accepts.
    accepted = headers.get("x-accepted-github-permissions", "")
    named = f" (GitHub accepts: {_short(accepted)})" if accepted else ""
    return (
        f"; the token lacks a permission{named}: write `{needs}` under the job's `permissions:`; the token of a pull "
        "request from a fork can only read"
    )


def _not_found(needs: str, headers: Mapping[str, str]) -> str:
    return (
        "; the repository, the pull request or the issue is not there, or the token may not see it: look at "
        f"GITHUB_REPOSITORY and --pr, and write `{needs}` under the job's `permissions:`"
    )


def _gone(needs: str, headers: Mapping[str, str]) -> str:
    return "; issues are switched off in this repository, or this version of the API is"


def _moved(needs: str, headers: Mapping[str, str]) -> str:
    return "; the repository has another name now: correct GITHUB_REPOSITORY"


def _nothing_known(needs: str, headers: Mapping[str, str]) -> str:
    return ""


_REMEDIES = {
    **dict.fromkeys((301, 302, 307, 308), _moved),
    401: _unknown_token,
    403: _forbidden,
    404: _not_found,
    410: _gone,
}


def _said(answer: Any) -> str:
    """GitHub's own words: a message, and of a failed validation what is wrong with which field."""
    if not isinstance(answer, dict):
        return ""
    errors = answer.get("errors")
    details = [_detail(each) for each in errors] if isinstance(errors, list) else []
    told = ", ".join(text for text in (str(answer.get("message", "")), *details) if text)
    return f" ({_short(told)})" if told else ""


def _detail(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    return str(error.get("message") or " ".join(str(error[key]) for key in ("field", "code") if key in error))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
