"""The commands that the workflows call: they write a pull request's comment, a run's summary, and issues.

`reconciler.cli` registers them. Plans and outcomes come in as JSON files, texts for GitHub go out through
`reconciler.github`. Nothing here reads AWS.
"""
