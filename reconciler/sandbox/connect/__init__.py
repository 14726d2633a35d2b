"""Amazon Connect as the sandbox answers it: one class, composed of rooms.

An operation is a method of its snake name that takes the request's parameters and returns the answer. Where there is
none, the operation may be a regular one of an administrative resource, which needs no method but a line in the
catalogue. What is written nowhere here is answered by moto where moto knows it, and refused in plain words where it
does not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from botocore import xform_name

from reconciler.sandbox.connect.admin import regular
from reconciler.sandbox.connect.admin.agent_statuses import AgentStatuses
from reconciler.sandbox.connect.admin.hierarchy import Hierarchy
from reconciler.sandbox.connect.admin.hours import Hours
from reconciler.sandbox.connect.admin.instance_attributes import InstanceAttributes
from reconciler.sandbox.connect.admin.instances import Instances
from reconciler.sandbox.connect.admin.integrations import Integrations
from reconciler.sandbox.connect.admin.lookups import Lookups
from reconciler.sandbox.connect.admin.overrides import Overrides
from reconciler.sandbox.connect.admin.queues import Queues
from reconciler.sandbox.connect.admin.quick_connects import QuickConnects
from reconciler.sandbox.connect.admin.routing_profiles import RoutingProfiles
from reconciler.sandbox.connect.admin.security_profiles import SecurityProfiles
from reconciler.sandbox.connect.admin.storage import Storage
from reconciler.sandbox.connect.attributes import Attributes
from reconciler.sandbox.connect.contacts_search import ContactSearch
from reconciler.sandbox.connect.evaluate import Evaluation
from reconciler.sandbox.connect.keys import Keys
from reconciler.sandbox.connect.reads import Reads
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.connect.search import Search
from reconciler.sandbox.connect.tables import Tables
from reconciler.sandbox.connect.tags import Tags
from reconciler.sandbox.connect.tokens import Tokens, has_token
from reconciler.sandbox.connect.writes import Writes


class Routing(Hours, Overrides, Queues, QuickConnects, RoutingProfiles):
    """Who gets which contacts, and when."""


class People(SecurityProfiles, Hierarchy, AgentStatuses):
    """What users may do, and how they are grouped."""


class Estate(Instances, InstanceAttributes, Integrations, Storage):
    """Instances, and what there is one of in each."""


class Administration(Routing, People, Estate, Lookups, ContactSearch, Tokens):
    """Everything but data tables and tags."""


class Connect(Evaluation, Reads, Keys, Writes, Attributes, Tags, Search, Tables, Administration):
    """Every operation of one account and Region."""

    def operation(self, name: str) -> Callable[[Params], Answer] | None:
        """How an operation is answered here; None: not here."""
        found: Callable[[Params], Answer] | None = getattr(self, xform_name(name), None)
        if found is None and name in regular.OPERATIONS:
            verb, type = regular.OPERATIONS[name]
            found = partial(getattr(self, verb), type, name)
        if found is not None and has_token(name):
            return partial(self.once, name, found)
        return found
