"""A job of Spark that continues the histories of large tenants: the work of transform, with its code and statements.

Transform decides by size which pairs become a job. The job reads the same ledger, leases the same items, and makes the
same commits. Only the engine differs: `engine` runs the statements of transform as Spark's. EMR Serverless runs it.
"""
