"""The rules of agents who come from a spreadsheet.

The functions `agent_upload` and `agent_roster` and the command use them. The room is pure and imports the standard
library alone. `agent` has the values, `item` their form in DynamoDB. `table`, `headers` and `rows` read a file, and
`results` writes the answer of an upload.
"""
