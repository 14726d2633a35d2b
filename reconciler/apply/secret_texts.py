"""Reads or makes the secret texts of a call right before it is sent. No result, event or journal has one.

A generated text is stored before it is used. After a killed run, the next one uses the stored text, so no password is
lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconciler.apply.run import backoff
from reconciler.apply.sending import Settled, Task
from reconciler.errors import CallError, Fate, Meaning, SecretError
from reconciler.kinds.passwords import generate, password_in, version_of
from reconciler.kinds.registry import KINDS
from reconciler.kinds.services import SECRETS
from reconciler.model import Call, HiddenText, Result, SecretText, Status
from reconciler.model.ownership import tags

_TRIES = 9  # the reads of a value that another run has stored, until AWS shows it
_LEAVING = "scheduled for deletion"


def with_texts(task: Task, call: Call) -> Call:
    """Returns the call with texts in place of markers. Raises `CallError`, `SecretError` and `Settled`."""
    texts = {name: _text(task, value) for name, value in call.params.items() if isinstance(value, SecretText)}
    return replace(call, params={**call.params, **texts}) if texts else call


def _text(task: Task, marker: SecretText) -> HiddenText:
    if marker.is_generated:
        return _generated(task, marker)
    if (stored := _stored(task, marker)) is None:
        raise SecretError(f"{marker.ref} has no value, or is not there; put the first password there, then apply again")
    return stored


def _generated(task: Task, marker: SecretText) -> HiddenText:
    """Returns the stored text, or stores a new one first."""
    run, name, is_there = task.run, marker.ref.name, False
    for attempt in range(1, _TRIES + 1):
        if run.ports.stop.is_set():
            raise Settled(Result(Status.SKIPPED, "the run was interrupted", "Interrupted"))
        if (stored := _stored(task, marker)) is not None:
            return stored
        text = generate()
        try:
            _write(
                task, "PutSecretValue" if is_there else "CreateSecret", _value(task, marker, text, is_there=is_there)
            )
        except CallError as wrong:
            if _LEAVING in wrong.message:
                _write(task, "RestoreSecret", {"SecretId": name})
            elif wrong.meaning is Meaning.TAKEN:
                is_there = True
            elif wrong.fate is Fate.REFUSED:
                raise
            run.count_retry()
            run.ports.pause(backoff(attempt))
        else:
            return text
    raise SecretError(f"{marker.ref} does not show its value; look at it in Secrets Manager, then apply again")


def _stored(task: Task, marker: SecretText) -> HiddenText | None:
    """Returns the text of a secret; `None` if there is no secret, or no value."""
    try:
        answer = task.run.ports.aws.read(SECRETS.name, "GetSecretValue", {"SecretId": marker.ref.name})
    except CallError as wrong:
        if wrong.is_gone:
            return None
        raise
    try:
        return password_in(answer)
    except ValueError as wrong:
        # The error of the JSON parser would quote the value.
        raise SecretError(f"{marker.ref} {wrong}; put another value there, then apply again") from None


def _value(task: Task, marker: SecretText, text: HiddenText, *, is_there: bool) -> dict[str, Any]:
    """Returns the parameters that store a text. The token lets AWS refuse a second text of another run."""
    value = {"SecretString": text, "ClientRequestToken": version_of(marker.ref.name)}
    if is_there:
        return {"SecretId": marker.ref.name, **value}
    own = KINDS[marker.ref.kind].tagging.encode(tags(task.run.plan.scope, marker.ref))
    return {"Name": marker.ref.name, "Description": f"The first password of {task.change.ref}", "Tags": own, **value}


def _write(task: Task, operation: str, params: Mapping[str, Any]) -> None:
    task.run.ports.aws.write(SECRETS.name, operation, params)
