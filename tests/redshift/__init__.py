"""A Redshift for tests: its wire protocol, with PostgreSQL behind it, which needs no root.

    with running(Path(...), s3=client) as redshift:
        redshift.address, redshift.certificate, redshift.sql("select 1")

SQL that PostgreSQL lacks is translated (`dialect`), and SQL that Redshift refuses is refused. COPY reads Parquet from a
given S3 client (`copying`). The connection can be cut at any statement (`front`). Isolation is serializable and lengths
are bytes, as in Redshift. Queues, costs and the planner's use of keys are not modelled.
"""

from tests.redshift.cluster import Redshift, running

__all__ = ["Redshift", "running"]
