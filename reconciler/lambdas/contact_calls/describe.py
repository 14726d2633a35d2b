"""DescribeContact of many contacts at a time: all of them, or none and which ones could not be had."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import Any

from reconciler.lambdas.contact_calls.failures import DescribeFailed
from reconciler.lambdas.shared.calls import CallFailed

Contact = Mapping[str, Any]
TOLD = 20  # ids in a message


def describe_all(describe: Callable[[str], Contact], ids: Iterable[str], workers: int) -> list[Contact]:
    """The contacts in the order of their ids, each asked for once.

    Raises `DescribeFailed` after the last try of any of them, with every id that failed until then. Calls that have not
    begun by then are not made.
    """
    with ThreadPoolExecutor(workers, thread_name_prefix="describe") as pool:
        asked = {pool.submit(describe, each): each for each in dict.fromkeys(ids)}
        done, _ = wait(asked, return_when=FIRST_EXCEPTION)
        if any(each.exception() for each in done):
            pool.shutdown(cancel_futures=True)
            raise _failure(asked)
        return [each.result() for each in asked]


def _failure(asked: Mapping[Future[Contact], str]) -> BaseException:
    """What is no answer of the service comes first: it concerns all of them."""
    wrong = {id: each.exception() for each, id in asked.items() if not each.cancelled()}
    failed = {id: error for id, error in wrong.items() if error is not None}
    for error in failed.values():
        if not isinstance(error, CallFailed):
            return error
    codes = sorted({str(error) for error in failed.values()})
    shown = ", ".join(list(failed)[:TOLD])
    return DescribeFailed(f"{'; '.join(codes)} for {len(failed)} of {len(asked)} contacts: {shown}", tuple(failed))
