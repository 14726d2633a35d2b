"""The code that Lambdas share.

`surroundings` is the outside world of a function, and a test gives it another one. `settings` reads its environment
variables, and `actions` has the type of its table of calls. `calls`, `caller`, `deadline` and `pace` make calls that
end in time. `logs`, `metrics` and `redaction` report without secrets. `redshift` and `sql_files` are for a warehouse.
"""
