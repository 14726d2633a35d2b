"""The User kind: an agent, or another person who works in the contact centre."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds import passwords
from reconciler.kinds.base import Declared, Kind
from reconciler.kinds.connect import sign_in, user_answers, user_rules
from reconciler.kinds.connect.user_answers import FIELDS, FORMS, NUMBERS
from reconciler.kinds.connect.user_settings import (
    AfterContactWorkConfigPerChannel,
    AutoAcceptConfig,
    IdentityInfo,
    Password,
    PersistentConnectionConfig,
    PhoneNumberConfig,
    Proficiency,
    UserPhoneConfig,
    VoiceEnhancementConfig,
)
from reconciler.kinds.fields import Names, named_in
from reconciler.kinds.groups import Deletion, Identity, Ordering, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Detail, Listing, Set, Update
from reconciler.kinds.words import Tagged
from reconciler.lambdas.agents.connect_user import UPDATES, without_unused
from reconciler.model import (
    AwsName,
    Call,
    Clearable,
    Each,
    Keyed,
    Partial,
    Problem,
    Ref,
    RefTo,
    Resource,
    SecretText,
    Unordered,
    WrittenRecords,
)
from reconciler.model.environment import Quotas
from reconciler.model.ownership import STACK

SecurityProfiles = Annotated[
    Unordered[Annotated[str, RefTo("SecurityProfile", undeclared=True)]], AwsName("SecurityProfileIds"), Each()
]
Proficiencies = Annotated[Unordered[Proficiency], AwsName("UserProficiencies"), Each("skill")]


class User(Tagged):
    """A user of the instance: an agent, a supervisor, an administrator."""

    name: Annotated[
        str,
        Field(
            min_length=1,
            max_length=100,
            description="The user name, with which the user signs in. AWS cannot change it.",
            examples=["agent-001"],
        ),
        AwsName("Username"),
    ]
    identity_info: Annotated[IdentityInfo, Partial()] = IdentityInfo()
    directory_user_id: str | None = Field(
        None,
        description="The user's id in the directory, if AWS cannot reach the directory. Only a create sends it.",
        examples=["0123456789ab"],
    )
    password: Password | None = Field(
        None,
        description="The source of the first password: `{generate: true}`, or `{secret: NAME}`. A new user needs one "
        "where Amazon Connect keeps the passwords. Only a create sends it; it is never compared or shown.",
        examples=[{"generate": True}, {"secret": "contact-centre/first-password"}],
    )
    routing_profile: Annotated[str, RefTo("RoutingProfile", undeclared=True)] = Field(
        description="The name of the routing profile: the queues and channels of the user.", examples=["First line"]
    )
    security_profiles: SecurityProfiles = Field(
        min_length=1,
        max_length=10,
        description="All security profiles of the user, 1 to 10. Live ones that are left out are removed.",
        examples=[["Agent"]],
    )
    hierarchy_group: Annotated[str | None, RefTo("UserHierarchyGroup", undeclared=True), Clearable()] = Field(
        None, description="The path of the hierarchy group. Null removes the user from it.", examples=["London/Sales"]
    )
    phone_config: Annotated[UserPhoneConfig, Partial()] = UserPhoneConfig()
    auto_accept_configs: Annotated[Unordered[AutoAcceptConfig], Keyed("channel")] = Field(
        (), description="How contacts reach the agent, by channel. Channels that are left out stay as they are."
    )
    after_contact_work_configs: Annotated[Unordered[AfterContactWorkConfigPerChannel], Keyed("channel")] = Field(
        (), description="The work after a contact, by channel. Channels that are left out stay as they are."
    )
    phone_number_configs: Annotated[Unordered[PhoneNumberConfig], Keyed("channel")] = Field(
        (), description="The phone of the agent, for VOICE."
    )
    persistent_connection_configs: Annotated[Unordered[PersistentConnectionConfig], Keyed("channel")] = Field(
        (), description="The connection between calls, for VOICE."
    )
    voice_enhancement_configs: Annotated[Unordered[VoiceEnhancementConfig], Keyed("channel")] = Field(
        (), description="How AWS improves the agent's voice, for VOICE."
    )
    proficiencies: Proficiencies = Field(
        (),
        max_length=10,
        description="All proficiencies of the user, up to 10. Live ones that are left out are removed.",
    )


# A user has up to 10: administrator guide, "Assign proficiencies". No batch size is documented.
SKILLS = Set(
    "proficiencies",
    add="AssociateUserProficiencies",
    change="UpdateUserProficiencies",
    remove="DisassociateUserProficiencies",
    batch=10,
    most=10,
)

DETAILS = (
    # SearchUsers has only the names of a person. Source: service model, UserIdentityInfoLite.
    Detail(
        (
            *("identity_info.email", "identity_info.secondary_email", "identity_info.mobile"),
            # The unit of these in a search is not documented: see `user_answers.in_seconds`.
            "after_contact_work_configs",
        )
    ),
    Detail(("proficiencies",), Listing("ListUserProficiencies", "UserProficiencyList", {"MaxResults": 100})),
)


class UserKind(Kind[User]):
    spec = User
    service = CONNECT
    identity = Identity("UserId")
    reading = Reading(
        search=Listing("SearchUsers", "Users", {"MaxResults": 500}),
        lookup=Listing("ListUsers", "UserSummaryList", {"MaxResults": 1000}),
        describe=("DescribeUser", "User"),
        details=DETAILS,
        # DescribeUser shows an id for every user, also where none was sent. Source: Terraform's acceptance tests.
        write_only=frozenset({"directory_user_id", "password"}),
    )
    writing = Writing(
        create="CreateUser",
        delete="DeleteUser",
        updates=tuple(Update(operation, tuple(FIELDS[it] for it in members)) for operation, members in UPDATES),
        sets=(SKILLS,),
        set_after_create=frozenset({"proficiencies"}),
        forms=FORMS,
    )
    ordering = Ordering(
        keeps_alive=frozenset({"routing_profile", "security_profiles", "hierarchy_group"}),
        needs=("PredefinedAttribute",),
        sees=("ConnectInstance", "QuickConnect"),
        compares_with=("ConnectInstance", "PredefinedAttribute"),
    )
    deletion = Deletion(irreversible="the user can no longer sign in, and a new user of that name has no history")
    calls_for = MappingProxyType({"password": passwords.CALLS})

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return user_rules.problems(declared)

    def among(self, declared: Declared) -> Iterator[tuple[Ref, Problem]]:
        yield from user_rules.problems_of_values(declared)
        yield from sign_in.problems_of_passwords(declared)

    def create_call(self, ref: Ref, spec: User, tags: Mapping[str, str], held: Collection[str] = ()) -> Call:
        call = super().create_call(ref, spec.model_copy(update={"password": None}), tags, held)
        return self.call(call.operation, {**call.params, **password_marker(spec, tags)})

    def recreated(self, spec: User, there: Mapping[Ref, Resource]) -> User:
        is_needed = spec.password is None and sign_in.keeps_passwords(there)
        return spec.model_copy(update={"password": Password(generate=True)}) if is_needed else spec

    def refuses(self, ref: Ref, before: User | None, after: User | None, there: Mapping[Ref, Resource]) -> str:
        """Returns which rule of the instance the user breaks, or which quick connect a deleted user leaves behind."""
        if after is None:
            return aimed_at(ref, there)
        return sign_in.refusal(before, after, (spec for it, spec in there.items() if it.kind == "ConnectInstance"))

    def of_search(self, members: Mapping[str, Any]) -> Mapping[str, Any]:
        return user_answers.in_seconds(members)

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> User:
        user = super().from_aws({key: value for key, value in answer.items() if key != "DirectoryUserId"}, names, name)
        if "LastModifiedTime" not in answer:
            return user
        # DescribeUser has the whole person, so a missing address is one that the user does not have.
        whole = user.identity_info.model_copy(update=dict(user.identity_info))
        return user.model_copy(update={"identity_info": whole})

    def read_field(self, field: str, value: Any) -> Any:
        return without_unused(NUMBERS[field], value) if field in NUMBERS else value

    def replace_call(self, ref: Ref, update: Update, spec: User) -> Call:
        call = super().replace_call(ref, update, spec)
        return self.call(update.operation, {name: value for name, value in call.params.items() if value != []})

    def form_of(self, live: User) -> frozenset[str]:
        return user_answers.form_of(live)


def password_marker(spec: User, tags: Mapping[str, str]) -> dict[str, SecretText]:
    """Returns the parameter of a create that stands for the password, which only apply knows; empty without one."""
    if not spec.password:
        return {}
    if spec.password.secret:
        return {"Password": SecretText(Ref("Secret", spec.password.secret))}
    name = passwords.secret_name(tags.get(STACK, ""), spec.name)
    return {"Password": SecretText(Ref("Secret", name), is_generated=True)}


def aimed_at(user: Ref, there: Mapping[Ref, Resource]) -> str:
    """Returns which quick connects lead to a user who is to be deleted. Source: API reference, DeleteUser."""
    aimed = [ref for ref, spec in sorted(there.items()) if ref.kind == "QuickConnect" and user in named_in(spec)]
    if not aimed:
        return ""
    more = f" and {len(aimed) - 1} more" if len(aimed) > 1 else ""
    return f"{aimed[0]}{more} still leads to this user, and would lead nowhere; delete it, or give it another aim"
