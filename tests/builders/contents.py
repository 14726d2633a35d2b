"""Invented kinds of files: a program, which shows every form of a content field, and an object of Amazon S3."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.errors import Meaning
from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Identity, Reading, Writing
from reconciler.kinds.service import Refusal, Service
from reconciler.kinds.services import CONNECT
from reconciler.kinds.translation import AS_IN_CREATES
from reconciler.kinds.verbs import Detail, Listing, Update
from reconciler.model import AwsName, Content, ContentLimit, Each, Ownership, Resource, Spec, Unordered

BUCKET = "artifacts"


class Layer(Spec):
    name: str
    code: Content
    note: str = ""


class Program(Resource):
    """A resource that is like a Lambda function. Its runtime cannot change."""

    code: Annotated[
        Content, ContentLimit(1_000, "put it into a bucket and name that"), Field(description="What it executes.")
    ]
    icon: Content | None = None
    pages: tuple[Content, ...] = ()
    layers: Annotated[Unordered[Layer], Each("name")] = ()
    note: str = ""
    runtime: str = ""


class ProgramKind(Kind[Program]):
    """A kind whose answers have hashes without sizes, and whose icon and note share one update."""

    spec = Program
    service = CONNECT
    identity = Identity("ProgramId")
    reading = Reading(search=Listing("SearchPrograms", "Programs"), describe=("DescribeProgram", "Program"))
    writing = Writing(
        create="CreateProgram",
        delete="DeleteProgram",
        updates=(
            Update("UpdateProgramCode", ("code",)),
            Update("UpdateProgram", ("icon", "note")),
            Update("UpdateProgramLayers", ("pages", "layers")),
        ),
    )

    def read_field(self, field: str, value: Any) -> Any:
        return Content(value) if field in ("code", "icon") else value


class Blob(Resource):
    """An object of a bucket. Its metadata have the hash, so both are always written together."""

    name: Annotated[str, AwsName("Key")]
    bucket: str
    body: Annotated[Content, AwsName("Body", read="sha256")]


class BlobKind(Kind[Blob]):
    spec = Blob
    service = Service("s3", "Amazon S3", refusals=(Refusal("404", Meaning.GONE),))
    ownership = Ownership.DECLARED
    identity = Identity("Key", with_fields=("bucket",))
    reading = Reading(
        search=Listing("ListObjectsV2", "Contents", filters={"Bucket": BUCKET}, constants={"Bucket": BUCKET}),
        describe=("HeadObject", "Metadata"),
        details=(Detail(("body",)),),
    )
    writing = Writing(create="PutObject", delete="DeleteObject", updates=(Update("PutObject", ("body",)),))

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        return str(members["Key"]), ""

    def read_field(self, field: str, value: Any) -> Any:
        return Content(value) if field == "body" else value

    def to_aws(self, spec: Blob, fields: Collection[str], names: Mapping[str, str] = AS_IN_CREATES) -> dict[str, Any]:
        metadata = {"Metadata": {"sha256": spec.body.sha256}} if "body" in fields else {}
        return {**super().to_aws(spec, fields, names), **metadata}


def content(text: str) -> Content:
    """Returns the content of a text file."""
    return Content.of_bytes(text.encode())


def program(**fields: Any) -> Program:
    return Program.model_validate({"name": "P", "code": content("print(1)"), **fields})
