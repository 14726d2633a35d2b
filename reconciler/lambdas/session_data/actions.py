"""The calls that this function makes, and what a role must allow for them. `policy.json` is made from this table.

The service is called `qconnect` by SDKs and `wisdom` by IAM and in ARNs: a policy that says qconnect allows nothing.
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
        """For people: the action and on what."""
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
