"""DescribeContact of many contacts in parallel: which were described, and which were refused one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

from reconciler.lambdas.contact_calls.failures import DescribeFailed
from reconciler.lambdas.shared.calls import CallFailed

Contact = Mapping[str, Any]
LISTED_IDS = 20  # ids in a message
# More failing contacts at once are an outage, not contacts with a defect.
MOST_FAILED = 20
# Answers that may concern one contact. Denied access, throttling and a lost connection concern all of them.
OF_ONE_CONTACT = frozenset(
    {
        *("ResourceNotFoundException", "InvalidRequestException", "InvalidParameterException"),
        *("InternalServiceException", "InternalServerException", "InternalServerError", "InternalFailure"),
    }
)


@dataclass(frozen=True)
class Described:
    """The described contacts in the order of their ids, and the last answer for each of the others."""

    contacts: tuple[Contact, ...]
    refused: Mapping[str, CallFailed]

    def failure(self) -> DescribeFailed:
        return _describe_failed(self.refused, len(self.contacts) + len(self.refused))


def describe_all(
    describe: Callable[[str], Contact], ids: Iterable[str], workers: int, *, most_refused: int = MOST_FAILED
) -> Described:
    """Describes each contact, those that are refused twice. Raises what concerns more than single contacts."""
    first = _describe_each(describe, ids, workers, most_refused)
    if not first.refused:
        return first
    second = _describe_each(describe, first.refused, workers, most_refused)
    contacts = {contact["Id"]: contact for contact in (*first.contacts, *second.contacts)}
    in_order = tuple(contacts[id] for id in dict.fromkeys(ids) if id in contacts)
    return Described(in_order, second.refused)


def _describe_each(
    describe: Callable[[str], Contact], ids: Iterable[str], workers: int, most_refused: int
) -> Described:
    """Cancels the calls that have not begun as soon as an error concerns all contacts, or too many fail."""
    with ThreadPoolExecutor(workers, thread_name_prefix="describe") as pool:
        ids_by_future = {pool.submit(describe, id): id for id in dict.fromkeys(ids)}
        refused: dict[str, CallFailed] = {}
        for future in as_completed(ids_by_future):
            error = future.exception()
            if error is None:
                continue
            if not isinstance(error, CallFailed) or error.code not in OF_ONE_CONTACT or len(refused) == most_refused:
                pool.shutdown(cancel_futures=True)
                raise _failure(ids_by_future)
            refused[ids_by_future[future]] = error
        contacts = tuple(future.result() for future, id in ids_by_future.items() if id not in refused)
        return Described(contacts, refused)


def _failure(ids_by_future: Mapping[Future[Contact], str]) -> BaseException:
    """Returns an error that is not an answer of the service first: it concerns all contacts."""
    wrong = {id: future.exception() for future, id in ids_by_future.items() if not future.cancelled()}
    refused: dict[str, CallFailed] = {}
    for id, error in wrong.items():
        if error is not None and not isinstance(error, CallFailed):
            return error
        if error is not None:
            refused[id] = error
    return _describe_failed(refused, len(ids_by_future))


def _describe_failed(refused: Mapping[str, CallFailed], count: int) -> DescribeFailed:
    codes = sorted({str(error) for error in refused.values()})
    listed = ", ".join(list(refused)[:LISTED_IDS])
    return DescribeFailed(f"{'; '.join(codes)} for {len(refused)} of {count} contacts: {listed}", tuple(refused))
