"""Connects to AWS: one client for each service, paced and retried. It is the only importer of boto3 for the commands.

Only `cli` imports this package, and gives the stages the port. A call comes in as a value, and the answer goes out, or
`CallError`. It knows no kind and no plan.
"""
