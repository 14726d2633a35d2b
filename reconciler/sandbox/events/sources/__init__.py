"""Event source mappings: queues and streams whose records reach functions in batches.

moto delivers each message and each record at once, and forgets the records of a stream after a failure. This package
reads them itself instead, as Lambda's pollers do.
"""
