"""Operates deployed pipelines: reads their status, runs them, and reads the rows that they keep.

The commands of `reconciler/cli/pipelines` call it with the manifests of an environment and the port to AWS. Names of
resources come from the manifests. Those of tables and buckets come from the settings of the live function. It returns
values, and prints nothing. It changes no resource: it only sends events to functions and starts state machines.
"""
