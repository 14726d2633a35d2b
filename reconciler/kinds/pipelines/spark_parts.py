"""The structures of a pipeline that hands large work to Spark."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reconciler.model import Spec
from reconciler.model.spec import expecting

Rows = Annotated[int, Field(ge=0, le=10**12)]


class SparkThresholds(Spec):
    """The rows of a table of one tenant above which a job does the work. Below, one Lambda is faster and cheaper."""

    open_rows: Rows = Field(20_000_000, description="Current records of the canonical table.")
    new_rows: Rows = Field(10_000_000, description="Rows of raw files that are not in the history yet.")
    rebuilt_rows: Rows = Field(50_000_000, description="Rows of all raw files, when the history is rebuilt.")


class SparkSettings(Spec):
    """The application of Amazon EMR Serverless for large tenants, and the size of their work.

    The image has Python 3.11 with the packages of the job. An application of your own must have such an image too.
    """

    image: str | None = Field(
        None,
        pattern=r"^[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.[a-z0-9._-]+/[a-z0-9._/-]+[:@][A-Za-z0-9_.:-]+$",
        description="The URI of the image in Amazon ECR, with a tag or a digest. The pipeline then has an application "
        "of its own.",
        examples=["111122223333.dkr.ecr.ca-central-1.amazonaws.com/reconcile-spark:1"],
        json_schema_extra=expecting("the URI of an image in Amazon ECR"),
    )
    release_label: str = Field(
        "emr-7.9.0",
        pattern=r"^[A-Za-z0-9._/-]{1,64}$",
        description="The release of Amazon EMR that the image is made from.",
        json_schema_extra=expecting("a release such as emr-7.9.0"),
    )
    application: str | None = Field(
        None,
        min_length=1,
        description="The name of an EmrServerlessApplication with a document of its own, in place of image.",
        examples=["etl"],
    )
    python: str = Field(
        "/usr/bin/python3.11",
        pattern=r"^[A-Za-z0-9_./-]+$",
        description="The path of Python in the image: 3.11 or newer.",
    )
    timeout_minutes: int = Field(180, ge=5, le=1440, description="The minutes after which AWS ends a job.")
    above: SparkThresholds = SparkThresholds()
