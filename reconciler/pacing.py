"""Token-bucket arithmetic, pure. The client waits by it, and the estimate uses it.

Amazon Connect throttles every operation separately, per account and Region. The limit is 2 requests a second, burst 5,
unless the Service Quotas page lists the operation
(https://docs.aws.amazon.com/connect/latest/adminguide/amazon-connect-service-limits.html).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Rate(NamedTuple):
    """The calls per second that refill the bucket, and the calls in a full bucket."""

    per_second: float
    burst: int


CONNECT_DEFAULT = Rate(2.0, 5)
# The service's bucket begins to refill when the first call arrives, not when it is sent. The first trip is the longest.
FIRST_TRIP = 0.05  # seconds


@dataclass(frozen=True)
class Rates:
    """The rates of calls, by `service:Operation`. A rate of `None` is unlimited.

    `services`: the rates of services that do not have the default, by boto3's name.
    """

    default: Rate | None = CONNECT_DEFAULT
    operations: Mapping[str, Rate | None] = field(default_factory=dict)
    services: Mapping[str, Rate | None] = field(default_factory=dict)

    def of(self, call: str) -> Rate | None:
        if call in self.operations:
            return self.operations[call]
        return self.services.get(call.partition(":")[0], self.default)


class Bucket(NamedTuple):
    """`tokens` at the moment `at`, in seconds of any monotonic clock. Below zero they are already promised."""

    tokens: float
    at: float


def full(rate: Rate, now: float) -> Bucket:
    return Bucket(float(rate.burst), now)


def take(rate: Rate, bucket: Bucket, now: float) -> tuple[Bucket, float]:
    """Promises one token. Returns the bucket afterwards, and the seconds to wait before using the token."""
    refilled = min(float(rate.burst), bucket.tokens + max(0.0, now - bucket.at) * rate.per_second)
    left = refilled - 1.0
    begins = now + FIRST_TRIP if refilled >= rate.burst else max(now, bucket.at)
    return Bucket(left, begins), max(0.0, -left / rate.per_second)


def drained(bucket: Bucket, now: float) -> Bucket:
    """Returns an empty bucket, because the service has throttled a call."""
    return Bucket(min(0.0, bucket.tokens), now)
