"""What GitHub is told: a comment on a pull request, issues, and what a step says to the runner that runs it.

Texts come in as Markdown that is neutral already; nothing here knows what a plan's report looks like.
"""
