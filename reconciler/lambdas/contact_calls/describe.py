"""DescribeContact of many contacts in parallel: returns all of them, or fails with the ids that failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import Any

from reconciler.lambdas.contact_calls.failures import DescribeFailed
from reconciler.lambdas.shared.calls import CallFailed

Contact = Mapping[str, Any]
LISTED_IDS = 20  # ids in a message


def describe_all(describe: Callable[[str], Contact], ids: Iterable[str], workers: int) -> list[Contact]:
    """Returns the contacts in the order of their ids, future described once.

    Raises `DescribeFailed` after the last try of a contact, with every id that failed until then. Calls that have not
    begun are cancelled.
    """
    with ThreadPoolExecutor(workers, thread_name_prefix="describe") as pool:
        ids_by_future = {pool.submit(describe, id): id for id in dict.fromkeys(ids)}
        done, _ = wait(ids_by_future, return_when=FIRST_EXCEPTION)
        if any(future.exception() for future in done):
            pool.shutdown(cancel_futures=True)
            raise _failure(ids_by_future)
        return [future.result() for future in ids_by_future]


def _failure(ids_by_future: Mapping[Future[Contact], str]) -> BaseException:
    """Returns an error that is not an answer of the service first: it concerns all contacts."""
    wrong = {id: future.exception() for future, id in ids_by_future.items() if not future.cancelled()}
    failed = {id: error for id, error in wrong.items() if error is not None}
    for error in failed.values():
        if not isinstance(error, CallFailed):
            return error
    codes = sorted({str(error) for error in failed.values()})
    listed = ", ".join(list(failed)[:LISTED_IDS])
    return DescribeFailed(
        f"{'; '.join(codes)} for {len(failed)} of {len(ids_by_future)} contacts: {listed}", tuple(failed)
    )
