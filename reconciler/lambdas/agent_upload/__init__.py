"""Takes files that are uploaded to a bucket: a file of agents becomes requests, any other file a record.

S3 calls the function with its events (`event`). It recognises a file of agents by its header (`objects`). It checks
every row (`importing`), and keeps passwords in Secrets Manager alone (`passwords`). It writes requests into the roster
table (`roster`), which `agent_roster` carries out. At the end the file is in quarantine, and a result file has every
row.
"""
