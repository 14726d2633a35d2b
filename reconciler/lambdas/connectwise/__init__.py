"""The code that the five functions of ConnectWise share: ledger, keys, tenants, settings, clock and sessions.

`connectwise_plan`, `connectwise_ingest`, `connectwise_transform`, `connectwise_load` and `connectwise_report` call it.
It has no handler of its own. It imports the standard library and boto3 only, so each archive may ship it.
"""
