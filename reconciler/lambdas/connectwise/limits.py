"""The limits of the warehouse."""

LONGEST_TEXT = 65_535
"""The bytes of the longest VARCHAR of Redshift. History in the bucket keeps longer texts whole; the load cuts them."""
