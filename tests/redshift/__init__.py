"""A Redshift for tests: its wire protocol towards the unmodified `redshift_connector`, PostgreSQL without root behind.

    with running(Path(...), s3=client) as redshift:
        redshift.address, redshift.certificate, redshift.sql("select 1")

What Redshift has and PostgreSQL lacks is translated (`dialect`), what Redshift refuses is refused, COPY reads Parquet
from the S3 client that it is given (`copying`), and the connection can be cut at any statement (`front`). Isolation is
serializable and lengths are bytes, as there; queues, costs and what keys mean to the planner are not modelled.
"""

from tests.redshift.cluster import Redshift, running

__all__ = ["Redshift", "running"]
