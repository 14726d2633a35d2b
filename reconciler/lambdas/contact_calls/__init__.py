"""Loads completed contacts of Amazon Connect into Redshift, every two hours.

The schedule's own time is the end of a run (`windows`); a watermark in DynamoDB is its start (`ledger`). The function
searches the contacts that disconnected in between (`search`) and describes them (`describe`). It puts them into columns
(`transform`), and merges them in one transaction (`warehouse`). The watermark moves only after a commit, so no contact
is missed.
"""
