"""The archives that calls bring: in the request, or in a bucket."""

from __future__ import annotations

import io
import zipfile
from base64 import b64decode
from binascii import Error as BadBase64
from typing import Any

from moto.awslambda.models import LambdaBackend
from moto.s3.exceptions import MissingBucket, MissingKey
from moto.s3.models import s3_backends
from moto.utilities.utils import get_partition

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.functions.room import Params, invalid

DIRECT = 50 * 1024 * 1024  # bytes of an archive in a request [quotas: "50 MB (zipped, for direct upload)"]
REQUEST = 70_167_211  # bytes of a request [seen: AWS's own message]
UNZIPPED = 262_144_000  # bytes [seen: AWS's own message]


def check_code(backend: LambdaBackend, code: Params) -> None:
    """Refuses code that AWS cannot use. moto takes any bytes, and an object that is not there."""
    if code.get("ZipFile") is not None:
        content = _decoded(code["ZipFile"])
        if len(content) > DIRECT:
            message = f"Request must be smaller than {REQUEST} bytes for the operation"
            raise Refused("RequestEntityTooLargeException", message)
    elif code.get("S3Bucket"):
        content = _stored(backend, code["S3Bucket"], code.get("S3Key", ""))
    elif code.get("ImageUri"):
        return
    else:
        raise invalid("Please provide a source for function code.")
    try:
        unzipped = sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(content)).infolist())
    except zipfile.BadZipFile as wrong:
        message = "Could not unzip uploaded file. Please check your file, then try to upload again."
        raise invalid(message) from wrong
    if unzipped > UNZIPPED:
        raise invalid(f"Unzipped size must be smaller than {UNZIPPED} bytes")


def _decoded(content: Any) -> bytes:
    try:
        return b64decode(content)
    except BadBase64 as wrong:
        raise invalid("Could not unzip uploaded file. Please check your file, then try to upload again.") from wrong


def _stored(backend: LambdaBackend, bucket: str, key: str) -> bytes:
    """Returns an object, as Lambda reads it in the caller's name [the words: AWS's own]."""
    reason = "Error occurred while GetObject. S3 Error Code: {}. S3 Error Message: {}"
    try:
        stored = s3_backends[backend.account_id][get_partition(backend.region_name)].get_object(bucket, key)
    except MissingBucket as wrong:
        raise invalid(reason.format("NoSuchBucket", "The specified bucket does not exist")) from wrong
    except MissingKey:
        stored = None
    if stored is None:
        raise invalid(reason.format("NoSuchKey", "The specified key does not exist."))
    return bytes(stored.value)
