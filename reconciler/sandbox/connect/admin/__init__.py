"""The administrative resources of an instance: one table of types, one regular part, one method for every oddity."""
