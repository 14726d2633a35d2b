"""JSON Schemas that editors and `validate` read, made from the kinds and from the settings.

The commands `schema` and `validate` call it, and `make schemas`. It writes files only when it is run as a program.
"""
