"""The administrative resources of an instance: a table of types, regular operations, and methods for exceptions."""
