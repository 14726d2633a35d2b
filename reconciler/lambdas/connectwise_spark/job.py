"""The entry point of the job: `main` with one argument, the lane of large pairs that transform answered.

It works as transform does, with its settings and its results, and without the time limit of a function. A pair that
failed is a result. The job itself fails only if it cannot work at all.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pyspark.sql import SparkSession

from reconciler.lambdas.connectwise_spark.engine import SparkConnection
from reconciler.lambdas.connectwise_spark.holding import LastingRole, hold
from reconciler.lambdas.connectwise_spark.metrics import MetricLines
from reconciler.lambdas.connectwise_transform.engine import Engine
from reconciler.lambdas.connectwise_transform.function import PATIENCE, answer
from reconciler.lambdas.connectwise_transform.merging import connect
from reconciler.lambdas.shared.surroundings import Surroundings

# The statements need these, whatever the application says.
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "20000",
}
MEGABYTES = 4096  # of DuckDB on the driver, beside Spark
DAY = 86_400_000  # milliseconds; EMR Serverless ends the job earlier, by its time-out


@dataclass(frozen=True)
class Context:
    """The context of the job, as a Lambda has it. Its metrics count for the function in whose place it works."""

    function_name: str
    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        return DAY


def main(arguments: Sequence[str], archive: Path | None = None) -> None:
    """Works on one lane. `archive` has this code, for the executors. Raises `Failed` if it cannot work at all."""
    event = json.loads(arguments[0])
    spark = _session()
    if archive is not None:
        spark.sparkContext.addPyFile(str(archive))
    lines, context = MetricLines(), _context(spark)
    around = replace(Surroundings.at_aws(), write=lines.write)
    try:
        answer(event, context, around, _engine(spark))
    finally:
        calls = around.calls(around.deadline(context, DAY / 1000, 0.0), PATIENCE)
        lines.send(around.client("cloudwatch", os.environ["AWS_REGION"], PATIENCE), calls)
        spark.stop()


def _session() -> SparkSession:
    builder = SparkSession.builder.appName("connectwise")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _context(spark: SparkSession) -> Context:
    name = os.environ.get("TRANSFORM_FUNCTION_NAME", "connectwise-transform")
    return Context(name, spark.sparkContext.applicationId)


def _engine(spark: SparkSession) -> Engine:
    def opened(folder: Path, memory_megabytes: int, threads: int) -> SparkConnection:
        local = connect(folder, memory_megabytes=max(memory_megabytes, MEGABYTES), threads=threads)
        return SparkConnection(spark, local, folder)

    return Engine(opened, hold, LastingRole)
