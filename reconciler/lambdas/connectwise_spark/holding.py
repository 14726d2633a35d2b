"""Rights that last as long as a job: sessions of the tenant role that renew themselves, and leases that are renewed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

from botocore.credentials import RefreshableCredentials
from botocore.session import Session

from reconciler.lambdas.connectwise.clock import RunClock
from reconciler.lambdas.connectwise.failures import LeaseLost, LedgerFailed
from reconciler.lambdas.connectwise.ledger import LEASE_SECONDS, Lease, Ledger
from reconciler.lambdas.connectwise.session import TAG, TenantRole
from reconciler.lambdas.shared.calls import new_session

# "Role chaining limits your session to a maximum of one hour" [IAM user guide]; a renewal is due 15 minutes earlier.
SECONDS = 3600


@dataclass(frozen=True)
class LastingRole(TenantRole):
    """The tenant role for a job, which may take longer than one session."""

    def session(self, tenant: str, run: str) -> Session:
        """Returns a session that reaches this tenant's data only, and renews itself. Raises as `TenantRole` does."""

        def renewed() -> dict[str, Any]:
            request = {"RoleArn": self.arn, "RoleSessionName": run[:64], "DurationSeconds": SECONDS}
            tags = [{"Key": TAG, "Value": tenant}]
            answer = self.calls.make("sts:AssumeRole", lambda: self.sts.assume_role(**request, Tags=tags))
            given = answer["Credentials"]
            return {
                "access_key": given["AccessKeyId"],
                "secret_key": given["SecretAccessKey"],
                "token": given["SessionToken"],
                "expiry_time": given["Expiration"].isoformat(),
            }

        session = new_session()
        # botocore has no public way to set credentials that renew themselves.
        lasting = RefreshableCredentials.create_from_metadata(renewed(), renewed, "sts-assume-role")
        session._credentials = lasting  # type: ignore[attr-defined]
        return session


@contextmanager
def hold(ledger: Ledger, lease: Lease, clock: RunClock, every: float = LEASE_SECONDS / 3) -> Iterator[None]:
    """Renews a lease from a thread until the block ends, so that no other run begins the same work.

    A lease that is lost stays lost: the next write of the block's caller is refused.
    """
    ended = Event()

    def renew() -> None:
        while not ended.wait(every):
            try:
                ledger.write(lease, {}, now=clock.seconds())
            except LeaseLost:
                return
            except LedgerFailed:
                continue  # AWS may answer the next time, before the lease ends

    thread = Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
