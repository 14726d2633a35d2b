"""The workflow files, run on this machine: their own `run:` steps in order, and stand-ins for what GitHub and AWS do.

`runner.py` reads a workflow and runs it as GitHub documents it; `uses.py` stands in for the five actions; `site.py` is
GitHub's side (repository, pull requests, artifacts, tokens with just their permissions); `scene.py` is what people do;
`stories.py` are the stories. Nothing here knows what a workflow ought to do: only the stories do.
"""
