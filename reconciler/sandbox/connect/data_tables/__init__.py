"""The state of data tables and the rules that AWS keeps for it: values, keys, locks.

The operations of `reconciler.sandbox.connect` call it. Requests that passed the door come in, `Refused` goes out where
AWS refuses.
"""
