"""Prompts: a name for a sound file in S3. Answers never show where the file came from.

Simplified: the object need not exist in the local S3.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from reconciler.sandbox.connect.admin.catalogue import PROMPT
from reconciler.sandbox.connect.admin.resources import Resources
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import invalid

# The model's own pattern has doubled backslashes in its second half: it would refuse every presigned address.
FILE = re.compile(r"s3://\S+/.+|https://\S+\.s3\.\S+\.amazonaws\.com/\S+")


class Prompts(Resources):
    def create_prompt(self, params: Params) -> Answer:
        _refuse_wrong_file(params)
        return self.create_one(PROMPT, "CreatePrompt", params)

    def update_prompt(self, params: Params) -> Answer:
        """Changes a prompt, and returns its id and ARN [service model]."""
        _refuse_wrong_file(params)
        self.update_one(PROMPT, "UpdatePrompt", params)
        _, prompt = self.one(PROMPT, params)
        return {"PromptARN": prompt.arn, "PromptId": prompt.id}

    def get_prompt_file(self, params: Params) -> Answer:
        """Returns an address in the form of a presigned one. Nothing answers there [simplified]."""
        holdings, prompt = self.one(PROMPT, params)
        instance = holdings.arn.rpartition("/")[2]
        host = f"prod.{self.region}.mediafilestorage.{instance}.s3.{self.region}.amazonaws.com"
        address = f"https://{host}/{prompt.id}/{quote(prompt.name)}?X-Amz-Expires=3600"
        return {"PromptPresignedUrl": address} | self.stamp(prompt.modified)


def _refuse_wrong_file(params: Params) -> None:
    address = params.get("S3Uri")
    if address is not None and not FILE.fullmatch(address):
        raise invalid("S3Uri: must be s3://BUCKET/KEY or a presigned address")
