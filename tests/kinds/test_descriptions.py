"""Descriptions. AWS trims them, so white space around them does not count in a comparison."""

from reconciler.kinds.connect.data_table.spec import Attribute, DataTable
from reconciler.kinds.registry import KINDS
from reconciler.schemas.kind import kind_schema


def test_white_space_around_a_description_means_nothing():
    table = DataTable(name="T", time_zone="UTC", description=" who is served\nhow \n")
    attribute = Attribute(name="A", value_type="TEXT", description="\tits tier ")

    assert (table.description, attribute.description) == ("who is served\nhow", "its tier")


def test_the_schema_documents_white_space_and_the_default_lock_level():
    spec = kind_schema(KINDS["DataTable"])["properties"]["spec"]["properties"]

    assert "white space around it" in spec["description"]["description"]
    assert "white space around it" in spec["attributes"]["items"]["properties"]["description"]["description"]
    assert "a live table keeps its level" in spec["valueLockLevel"]["description"]
