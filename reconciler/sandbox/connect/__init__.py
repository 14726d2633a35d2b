"""Amazon Connect in the sandbox: one class, composed of one class per topic.

An operation is a method: its name in snake case takes the request's parameters and returns the answer. A regular
operation of an administrative resource has no method; the catalogue describes it. moto answers the other operations
that it knows. The sandbox refuses the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from botocore import xform_name

from reconciler.sandbox.connect.admin import regular
from reconciler.sandbox.connect.admin.agent_statuses import AgentStatuses
from reconciler.sandbox.connect.admin.email_addresses import EmailAddresses
from reconciler.sandbox.connect.admin.flow_modules import FlowModules
from reconciler.sandbox.connect.admin.hierarchy import Hierarchy
from reconciler.sandbox.connect.admin.hours import Hours
from reconciler.sandbox.connect.admin.instance_attributes import InstanceAttributes
from reconciler.sandbox.connect.admin.instances import Instances
from reconciler.sandbox.connect.admin.integrations import Integrations
from reconciler.sandbox.connect.admin.lookups import Lookups
from reconciler.sandbox.connect.admin.overrides import Overrides
from reconciler.sandbox.connect.admin.prompts import Prompts
from reconciler.sandbox.connect.admin.queues import Queues
from reconciler.sandbox.connect.admin.quick_connects import QuickConnects
from reconciler.sandbox.connect.admin.routing_profiles import RoutingProfiles
from reconciler.sandbox.connect.admin.security_profiles import SecurityProfiles
from reconciler.sandbox.connect.admin.storage import Storage
from reconciler.sandbox.connect.admin.users import Users
from reconciler.sandbox.connect.admin.versions import Versions
from reconciler.sandbox.connect.admin.views import Views
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
    """The resources that route contacts."""


class People(SecurityProfiles, Hierarchy, AgentStatuses, Users):
    """The users, with their permissions and groups."""


class Estate(Instances, InstanceAttributes, Integrations, Storage):
    """Instances and their settings."""


class Scripts(FlowModules, Versions, Prompts, Views):
    """The flows, and what flows use."""


class Administration(Routing, People, Estate, EmailAddresses, Scripts, Lookups, ContactSearch, Tokens):
    """All resources except data tables and tags."""


class Connect(Evaluation, Reads, Keys, Writes, Attributes, Tags, Search, Tables, Administration):
    """All operations of one account and Region."""

    def operation(self, name: str) -> Callable[[Params], Answer] | None:
        """Returns the function that answers an operation, or None if moto answers it."""
        method: Callable[[Params], Answer] | None = getattr(self, xform_name(name), None)
        if method is None and name in regular.OPERATIONS:
            verb, type = regular.OPERATIONS[name]
            method = partial(getattr(self, verb), type, name)
        if method is not None and has_token(name):
            return partial(self.once, name, method)
        return method
