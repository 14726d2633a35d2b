"""Makes one user as its row states it, or takes it away. Only users with the pipeline's own tag are changed.

AWS has no token for a create, but one user of each name. So a create without a reply is repeated. If the name is taken
then, the tags of the user say who made it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.lambdas.agent_roster.failures import MISSING, TAKEN, Refused, TryAgain, of_call
from reconciler.lambdas.agent_roster.lookups import Connect, pages
from reconciler.lambdas.agents import results
from reconciler.lambdas.agents.connect_user import ROUTING, SECURITY, Operation, Wanted, changes, creation
from reconciler.lambdas.agents.headers import LOGIN, PASSWORD
from reconciler.lambdas.agents.item import Request
from reconciler.lambdas.shared.calls import CallFailed

STACK, UPLOAD = "reconciler:stack", "reconciler:upload"
Live = Mapping[str, Any]


@dataclass(frozen=True)
class Result:
    """The end of a row: one of the words of `results`, and the user's id."""

    word: str
    user: str
    note: str = ""


@dataclass
class KnownUsers:
    """The ids of user names, as the last list showed them. A container keeps them: most are needed again soon."""

    ids: dict[str, str] = field(default_factory=dict)

    def find(self, connect: Connect, username: str) -> str:
        """Returns the id; "" if the instance has no such user."""
        if username not in self.ids:
            self.ids = {it["Username"]: it["Id"] for it in pages(connect, "ListUsers", "UserSummaryList", 1000)}
        return self.ids.get(username, "")


@dataclass(frozen=True)
class Users:
    """`owner` is the value of the stack's tag on the users of this pipeline."""

    connect: Connect
    known: KnownUsers
    owner: str

    def bring(
        self,
        request: Request,
        wanted: Wanted,
        user: str,
        *,
        password: Callable[[], str],
        note_change: Callable[[], object],
    ) -> Result:
        """Creates the user, or changes it by the fewest calls. `user` is its id if the roster knows one.

        `password` reads the first password; only a create asks for it. `note_change` is called before the first change
        of a user. Raises `Refused`, `TryAgain` and `OutOfTime`.
        """
        live = self._describe(user) if user else None
        if live is None:
            created = self._create(request, wanted, password())
            if created:
                return Result(results.CREATED, created)
            live = self._existing(wanted.agent.username)
        self._refuse_others(live, wanted.agent.username)
        is_new = (live.get("Tags") or {}).get(UPLOAD) == upload_tag(request)
        operations = list(changes(live, wanted))
        if operations and not is_new:
            note_change()
        for operation in operations:
            self._make(operation)
        if is_new:
            return Result(results.CREATED, str(live["Id"]))
        # The roster did not know the user, so the upload took its password for that of a new one.
        note = NO_ROTATION if request.password_secret and not user else ""
        return Result(results.CHANGED if operations else results.UNCHANGED, str(live["Id"]), note)

    def deactivate(self, username: str, user: str, security: str, routing: str) -> str:
        """Gives a user the profiles of a deactivated one. Returns its id; "" if there is none. Raises as `bring`."""
        live = self._owned(username, user)
        if not live:
            return ""
        if live.get(SECURITY) != [security]:
            operation = Operation("UpdateUserSecurityProfiles", {"UserId": live["Id"], SECURITY: [security]})
            self._make(operation)
        if routing and live.get(ROUTING) != routing:
            self._make(Operation("UpdateUserRoutingProfile", {"UserId": live["Id"], ROUTING: routing}))
        return str(live["Id"])

    def delete(self, username: str, user: str) -> str:
        """Deletes a user to whom no quick connect leads. Returns its id; "" if there is none. Raises as `bring`."""
        live = self._owned(username, user)
        if not live:
            return ""
        if aimed := self._quick_connect_to(str(live["Id"])):
            message = f"the quick connect {aimed} still leads to this user; delete it, or give it another aim"
            raise Refused("", message)
        try:
            self._make(Operation("DeleteUser", {"UserId": live["Id"]}))
        except TryAgain:
            if self._describe(str(live["Id"])) is not None:
                raise
        self.known.ids.pop(username, None)
        return str(live["Id"])

    def _create(self, request: Request, wanted: Wanted, password: str) -> str:
        """Returns the id of the new user; "" if the name is taken, perhaps by an earlier try."""
        own = {STACK: self.owner, UPLOAD: upload_tag(request)}
        operation = creation(wanted, own)
        secret = {"Password": password} if password else {}
        try:
            answer = self.connect(operation.name, **operation.params, **secret)
        except CallFailed as failed:
            if failed.code == TAKEN:
                return ""
            raise of_call(failed, has_password=bool(password)) from None
        self.known.ids[wanted.agent.username] = str(answer["UserId"])
        return str(answer["UserId"])

    def _existing(self, username: str) -> Live:
        id = self.known.find(self.connect, username)
        live = self._describe(id) if id else None
        if live is None:
            self.known.ids.pop(username, None)
            raise TryAgain("the user exists, and no list shows it yet")
        return live

    def _owned(self, username: str, user: str) -> Live | None:
        """Returns the user of a deleted item, if there is one. Raises `Refused` if it is another owner's."""
        id = user or self.known.find(self.connect, username)
        live = self._describe(id) if id else None
        if live is not None:
            self._refuse_others(live, username)
        return live

    def _describe(self, user: str) -> Live | None:
        try:
            answer: Live = self.connect("DescribeUser", UserId=user)["User"]
        except CallFailed as failed:
            if failed.code in (MISSING, "UserNotFoundException"):
                return None
            raise of_call(failed) from None
        return answer

    def _refuse_others(self, live: Live, username: str) -> None:
        """Raises `Refused` if the user is not this pipeline's, or has another name by now."""
        owner = (live.get("Tags") or {}).get(STACK, "")
        if owner and owner != self.owner:
            message = f"the user exists, and {owner} declares it; change it there, or leave out the row"
            raise Refused(LOGIN.name, message)
        if not owner:
            message = (
                "the user exists, and this import did not create it, so it is left alone; leave out the row, or give "
                f"the user the tag {STACK} with the value {self.owner}"
            )
            raise Refused(LOGIN.name, message)
        if live["Username"] != username:
            raise Refused(
                LOGIN.name, "the user has another name in Amazon Connect by now; upload the row with that one"
            )

    def _quick_connect_to(self, user: str) -> str:
        """Returns the name of a quick connect that leads to the user. AWS would leave it."""
        # API reference, DeleteUser: quick connects stay, and lead nowhere.
        for quick in pages(self.connect, "SearchQuickConnects", "QuickConnects", 100):
            config = quick.get("QuickConnectConfig") or {}
            if (config.get("UserConfig") or {}).get("UserId") == user:
                return str(quick.get("Name", ""))
        return ""

    def _make(self, operation: Operation) -> None:
        try:
            self.connect(operation.name, **operation.params)
        except CallFailed as failed:
            raise of_call(failed) from None


NO_ROTATION = (
    f"{PASSWORD.name}: Amazon Connect has no call that changes the password of a user, so it stays; let the user reset "
    "it, or reset it in the console"
)


def upload_tag(request: Request) -> str:
    """Returns the row that created a user, as the value of a tag: by it, an earlier try differs from an older user."""
    return f"{request.sequencer}:{request.row}"
