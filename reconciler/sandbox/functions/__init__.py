"""AWS Lambda in the sandbox."""
