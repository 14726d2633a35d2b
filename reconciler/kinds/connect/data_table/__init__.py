"""The kind DataTable: a table, its attributes, and its cells, which are written in a sheet.

`kind` is what the registry finds. Declared rows come in as texts and go out as records of cells, or as mistakes with
their place. Nothing here reads AWS.
"""
