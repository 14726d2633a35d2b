"""The kinds: which AWS operation reads and writes which field. One file a kind, one package a service.

All stages ask it through `registry`. A kind is a table; `base` reads the table and makes calls, which are values.
Nothing here calls AWS, except `asking`, through the port. A kind names other kinds and imports none.
"""
