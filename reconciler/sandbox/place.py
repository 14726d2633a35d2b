"""The place of the sandbox: one account, one Region, one Amazon Connect instance."""

from __future__ import annotations

ACCOUNT = "111122223333"
REGION = "us-east-1"
INSTANCE_ID = "00000000-0000-4000-8000-00000000c0de"
INSTANCE_ARN = f"arn:aws:connect:{REGION}:{ACCOUNT}:instance/{INSTANCE_ID}"
INSTANCE_ALIAS = "sandbox"
