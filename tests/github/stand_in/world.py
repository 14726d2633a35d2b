"""Holds a repository's issues, pull requests, comments and labels, and the tokens that reach them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

Json = dict[str, Any]
ACTIONS = "github-actions[bot]"
REPOSITORY = "example/contact-centre"
SERVER = "https://github.example.com"


@dataclass(frozen=True)
class Token:
    """A token. `permissions` has the form of a workflow's `permissions:`. An app's token has no user."""

    login: str = ACTIONS
    permissions: Mapping[str, str] = field(default_factory=lambda: {"issues": "write", "pull-requests": "write"})

    @property
    def is_app(self) -> bool:
        return self.login.endswith("[bot]")


@dataclass
class World:
    """`tokens`: what may be sent, by its text. `has_issues`: whether issues are switched on. `merged`: the number
    of the pull request by which a commit came to the default branch. `folder` of an artifact: its files."""

    repository: str = REPOSITORY
    tokens: dict[str, Token] = field(default_factory=lambda: {"t-actions": Token()})
    has_issues: bool = True
    issues: dict[int, Json] = field(default_factory=dict)
    comments: dict[int, Json] = field(default_factory=dict)
    labels: dict[str, Json] = field(default_factory=dict)
    pulls: dict[int, Json] = field(default_factory=dict)
    merged: dict[str, int] = field(default_factory=dict)
    runs: dict[int, Json] = field(default_factory=dict)
    artifacts: list[Json] = field(default_factory=list)
    timeline: dict[int, list[Json]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _ids: Iterator[int] = field(default_factory=lambda: count(1001))
    _clock: Iterator[int] = field(default_factory=lambda: count(0))

    def open_pull_request(self, number: int = 0, sha: str = "1234567890abcdef1234567890abcdef12345678") -> int:
        """Every pull request is an issue, with a key of its own ("REST API endpoints for issues")."""
        number = number or self._number()
        pull = {"url": f"{SERVER}/pulls/{number}", "head_sha": sha}
        self.issues[number] = self._issue(number, "a change", "", "somebody") | {"pull_request": pull}
        return number

    def open_issue(self, login: str, title: str, body: str, labels: tuple[str, ...] = ()) -> Json:
        number = self._number()
        self.issues[number] = self._issue(number, title, body, login)
        self.issues[number]["labels"] = [dict(self.labels[name]) for name in labels if name in self.labels]
        return self.issues[number]

    def say(self, login: str, number: int, body: str) -> Json:
        """A comment on an issue or a pull request."""
        made = next(self._ids)
        what = "pull" if "pull_request" in self.issues[number] else "issues"
        url = f"{SERVER}/{self.repository}/{what}/{number}#issuecomment-{made}"
        comment = {"id": made, "body": body, "user": _user(login), "html_url": url, "created_at": self.now()}
        self.comments[made] = comment | {"updated_at": comment["created_at"], "issue_url": f"{SERVER}/issues/{number}"}
        return self.comments[made]

    def comments_on(self, number: int) -> list[Json]:
        return [each for _, each in sorted(self.comments.items()) if each["issue_url"] == f"{SERVER}/issues/{number}"]

    def changed(self, thing: Json, **members: Any) -> Json:
        thing.update(members, updated_at=self.now())
        return thing

    def event(self, number: int) -> Json:
        """Returns the content of GITHUB_EVENT_PATH in a run for a pull request ("Webhook events and payloads",
        pull_request).
        """
        sha = self.issues[number]["pull_request"]["head_sha"]
        return {"action": "synchronize", "number": number, "pull_request": {"number": number, "head": {"sha": sha}}}

    def _issue(self, number: int, title: str, body: str, login: str) -> Json:
        now = self.now()
        return {
            "number": number,
            "title": title,
            "body": body,
            "state": "open",
            "state_reason": None,
            "labels": [],
            "user": _user(login),
            "html_url": f"{SERVER}/{self.repository}/issues/{number}",
            "created_at": now,
            "updated_at": now,
        }

    def _number(self) -> int:
        return next(number for number in self._numbers if number not in self.issues)

    def now(self) -> str:
        """Returns a time later than every earlier one, without the real clock."""
        minute, second = divmod(next(self._clock), 60)
        return f"2026-03-04T05:{minute % 60:02}:{second:02}Z"


def _user(login: str) -> Json:
    return {"login": login, "type": "Bot" if login.endswith("[bot]") else "User"}
