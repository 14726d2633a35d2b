"""Writes to GitHub: comments on pull requests, issues, and the files and annotations of a workflow's step.

Texts arrive as escaped Markdown. This package does not know what a report looks like.
"""
