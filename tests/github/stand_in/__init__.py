"""A stand-in of GitHub's REST API: issues, comments and labels of one repository, over real HTTP.

    with serving() as github:                       in the process of the tests
        github.world.open_pull_request(7)
    python -m tests.github.stand_in --port 0        in one of its own; the first line is `ready http://127.0.0.1:PORT`

Its rules are documented: each rule in `rules.py` names its page. Where the documentation is silent, the rule is the
strictest reading, and says so. No rule comes from our own client.
"""

from .faults import Fault
from .server import StandIn, serving
from .world import ACTIONS, Token, World

__all__ = ["ACTIONS", "Fault", "StandIn", "Token", "World", "serving"]
