"""The function that makes users of Amazon Connect from the agents of a roster table.

The table's stream calls it. `records` reads the events, and `lookups` has the ids of names. `users` makes the calls of
one user by the rules of the room `agents`. `ledger` writes the result of each row.
"""
