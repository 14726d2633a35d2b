"""Turns an error response of GitHub into one clear line with a remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.errors import ReconcileError

HOW_TO_AUTHENTICATE = "give the step `env: GITHUB_TOKEN: ${{ github.token }}`"
_LONGEST = 300  # characters of GitHub's own message


class GitHubError(ReconcileError):
    """GitHub refused a call, could not be reached, or sent an unexpected answer."""


class LostError(GitHubError):
    """The reply was lost, so it is unknown whether the call succeeded."""


class RefusedByGitHubError(GitHubError):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def refusal(status: int, call: str, needs: str, answer: Any, headers: Mapping[str, str]) -> RefusedByGitHubError:
    """Returns the error for a response.

    `call` is method and path, `needs` the job's permission such as `issues: write`, `answer` the JSON body.
    """
    remedy = _REMEDIES.get(status, _nothing_known)(needs, headers)
    return RefusedByGitHubError(status, f"{call}: GitHub answers {status}{_message(answer)}{remedy}")


def _unknown_token(needs: str, headers: Mapping[str, str]) -> str:
    return f"; the token is unknown or has expired: {HOW_TO_AUTHENTICATE}"


def _forbidden(needs: str, headers: Mapping[str, str]) -> str:
    # "Troubleshooting the REST API", Resource not accessible: the header names what the endpoint accepts.
    accepted = headers.get("x-accepted-github-permissions", "")
    named = f" (GitHub accepts: {_short(accepted)})" if accepted else ""
    return (
        f"; the token lacks a permission{named}: write `{needs}` under the job's `permissions:`; the token of a pull "
        "request from a fork is read-only"
    )


def _not_found(needs: str, headers: Mapping[str, str]) -> str:
    return (
        "; the repository, the pull request or the issue does not exist, or the token may not see it: check "
        f"GITHUB_REPOSITORY and --pr, and write `{needs}` under the job's `permissions:`"
    )


def _gone(needs: str, headers: Mapping[str, str]) -> str:
    return "; issues are disabled in this repository, or this version of the API is retired"


def _moved(needs: str, headers: Mapping[str, str]) -> str:
    return "; the repository was renamed: correct GITHUB_REPOSITORY"


def _nothing_known(needs: str, headers: Mapping[str, str]) -> str:
    return ""


_REMEDIES = {
    **dict.fromkeys((301, 302, 307, 308), _moved),
    401: _unknown_token,
    403: _forbidden,
    404: _not_found,
    410: _gone,
}


def _message(answer: Any) -> str:
    """Returns GitHub's own message; for a failed validation, with the fields and their errors."""
    if not isinstance(answer, dict):
        return ""
    errors = answer.get("errors")
    details = [_detail(error) for error in errors] if isinstance(errors, list) else []
    text = ", ".join(part for part in (str(answer.get("message", "")), *details) if part)
    return f" ({_short(text)})" if text else ""


def _detail(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    return str(error.get("message") or " ".join(str(error[key]) for key in ("field", "code") if key in error))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
