"""The calls of this function, and the IAM actions that its role needs. `policy.json` is generated from this table.

SDKs call the service `qconnect`; IAM and ARNs call it `wisdom`. A policy that says qconnect allows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.lambdas.session_data.target import Target


@dataclass(frozen=True)
class Action:
    service: str
    operation: str
    allows: str
    resources: tuple[str, ...]
    """With {partition}, {region}, {account}, {instance} and {assistant}."""

    def needs(self, target: Target) -> str:
        """Returns the action and its resource, for people."""
        return f"{self.allows} on {self.resources[0].format(**_words(target))}"


DESCRIBE_CONTACT = Action(
    "connect",
    "DescribeContact",
    "connect:DescribeContact",
    ("arn:{partition}:connect:{region}:{account}:instance/{instance}/contact/*",),
)
UPDATE_SESSION_DATA = Action(
    "qconnect",
    "UpdateSessionData",
    "wisdom:UpdateSessionData",
    (
        "arn:{partition}:wisdom:{region}:{account}:session/{assistant}/*",
        "arn:{partition}:wisdom:{region}:{account}:assistant/{assistant}",
    ),
)
ACTIONS = (DESCRIBE_CONTACT, UPDATE_SESSION_DATA)


def _words(target: Target) -> dict[str, str]:
    return {
        "partition": target.place.partition or "aws",
        "region": target.region,
        "account": target.place.account or "ACCOUNT",
        "instance": target.instance,
        "assistant": target.assistant,
    }
