from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from reconciler.aws.client import Aws
from reconciler.aws.pacer import Pacer
from reconciler.config import read_config
from reconciler.model import Outcome, Plan
from reconciler.pacing import Rates
from reconciler.plan import Selection
from reconciler.reconcile import Options, preview, run
from reconciler.sandbox import ACCOUNT, INSTANCE_ARN, INSTANCE_ID, REGION, in_process
from tests.worlds.world import session

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


@dataclass(frozen=True)
class Examples:
    """The plan of all examples in a new sandbox, the outcome of its apply, and the plan after it."""

    plan: Plan
    outcome: Outcome
    plan_after: Plan


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Examples:
    root = tmp_path_factory.mktemp("examples")
    shutil.copytree(EXAMPLES, root, dirs_exist_ok=True)
    # The sandbox must end here: one that is entered within another one starts with its resources.
    with in_process() as control:
        # The users of the examples sign in with SAML. No kind creates the stream of a table.
        control.set_faults({"switches": {"signIn": "SAML", "missingEventSource": "accepted"}})
        return Examples(preview(options(root)).plan, run(options(root)), preview(options(root)).plan)


def options(root: Path) -> Options:
    config = read_config(root / "reconcile.yaml", {})
    place = replace(config.environments["sandbox"], instance=INSTANCE_ARN, account=ACCOUNT, region=REGION)
    environment = replace(place, rates=Rates(default=None))
    may_create = Selection(allow_create=frozenset({"ConnectInstance/example-contact-centre"}))
    return Options(
        environment,
        Aws(session(), INSTANCE_ID, Pacer(environment.rates)),
        selection=may_create,
        known_environments=tuple(config.environments),
    )
