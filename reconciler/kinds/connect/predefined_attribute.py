"""Predefined attribute: the values that routing criteria and proficiencies may have."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.tables import Listing, Update
from reconciler.model import Each, Ownership, Resource, Spec, Unordered

Text = Annotated[str, Field(min_length=1, max_length=100)]


class AttributeValues(Spec):
    """The values it may have."""

    string_list: Annotated[Unordered[Text], Each()] = Field((), max_length=500, description="The values.")


class AttributeConfiguration(Spec):
    """How strictly it is taken."""

    enable_value_validation_on_association: bool = Field(
        False, description="Whether a contact may be given no other value."
    )


class PredefinedAttribute(Resource):
    """An attribute with its values; it bears no tags, so it is ours while it is declared."""

    name: Text
    values: AttributeValues = AttributeValues()
    purposes: Annotated[Unordered[Text], Each()] = Field((), max_length=10, description="What it may be used for.")
    attribute_configuration: AttributeConfiguration = AttributeConfiguration()


class PredefinedAttributeKind(Kind[PredefinedAttribute]):
    spec = PredefinedAttribute
    ownership = Ownership.DECLARED
    id_param = "Name"
    search = Listing("SearchPredefinedAttributes", "PredefinedAttributes", {"MaxResults": 100})
    lookup = Listing("ListPredefinedAttributes", "PredefinedAttributeSummaryList", {"MaxResults": 100})
    describe = ("DescribePredefinedAttribute", "PredefinedAttribute")
    create = "CreatePredefinedAttribute"
    delete = "DeletePredefinedAttribute"
    updates = (Update("UpdatePredefinedAttribute", ("values", "purposes", "attribute_configuration")),)
