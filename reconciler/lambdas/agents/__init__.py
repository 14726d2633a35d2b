"""The rules of agents who come from a spreadsheet.

The functions `agent_upload` and `agent_roster` and the command use them. The room is pure and imports the standard
library alone. `agent` has the values, `item` their form in DynamoDB. `table`, `headers`, `cells` and `rows` read a
file. `names` has the names of an instance, `results` the answer of an upload, and `uploads` the record of it.
"""
