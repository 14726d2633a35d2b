"""Loads the history of all tenants into Redshift: one transaction for each canonical table.

It copies the change files above each tenant's watermark in Redshift. The newest version of each start replaces the row
that is there. A load can be repeated whatever became of the last try: the watermarks decide what is new.
"""
