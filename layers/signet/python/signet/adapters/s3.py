"""Objects on S3, and the immutable texts of templates kept there."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from signet.domain.template import TemplateDraft
from signet.errors import Missing, Transient
from signet.ports import ObjectStore

_TAKEN = {"PreconditionFailed", "ConditionalRequestConflict"}
_GONE = {"NoSuchKey", "404"}
_BEYOND = {"InvalidRange", "416"}
# One request per four mebibytes: as much as is held of an object that is read as a stream.
_PIECE = 1 << 22
EPOCH = "send-epoch"


class S3Objects:
    """One bucket."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, body: bytes, *, if_absent: bool = False) -> None:
        """Write an object; with `if_absent`, an existing one is kept and that is success."""
        condition = {"IfNoneMatch": "*"} if if_absent else {}
        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body, **condition)
        except ClientError as error:
            if not (if_absent and error.response["Error"]["Code"] in _TAKEN):
                raise Transient(str(error)) from error
        except BotoCoreError as error:
            raise Transient(str(error)) from error

    def get(self, key: str) -> bytes:
        """Read an object."""
        try:
            body: bytes = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                raise Missing(f"there is no object {key}") from error
            raise Transient(str(error)) from error
        except BotoCoreError as error:
            raise Transient(str(error)) from error
        return body

    def stream(self, key: str, *, start: int = 0, tag: str = "") -> Iterator[bytes]:
        """Read an object piece by piece, from one of its bytes on."""
        while (found := self._piece(key, start, tag)) is not None:
            piece, size = found
            yield piece
            start += len(piece)
            if start >= size:
                return

    def upload_link(self, key: str, lifetime: timedelta) -> str:
        """Give a link under which anybody may write this one object by PUT, for a while."""
        link: str = self._client.generate_presigned_url(
            "put_object",
            Params={"Bucket": self._bucket, "Key": key},
            ExpiresIn=lifetime // timedelta(seconds=1),
        )
        return link

    def _piece(self, key: str, start: int, tag: str) -> tuple[bytes, int] | None:
        """Read one range; give it with the size of the whole, or None behind the end."""
        wanted = f"bytes={start}-{start + _PIECE - 1}"
        condition = {"IfMatch": f'"{tag}"'} if tag else {}
        try:
            answer = self._client.get_object(
                Bucket=self._bucket, Key=key, Range=wanted, **condition
            )
            size = int(answer["ContentRange"].rpartition("/")[2])
            return answer["Body"].read(), size
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _BEYOND:
                return None
            if code in _GONE | _TAKEN:
                raise Missing(f"there is no object {key} in this state") from error
            raise Transient(str(error)) from error
        except BotoCoreError as error:
            raise Transient(str(error)) from error

    def names(self, prefix: str, *, after: str = "") -> Iterator[str]:
        """Give the keys that begin with a prefix, in order, from behind one on."""
        try:
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=prefix, StartAfter=after
            )
            for page in pages:
                yield from (found["Key"] for found in page.get("Contents", []))
        except (ClientError, BotoCoreError) as error:
            raise Transient(str(error)) from error


class S3Epoch:
    """The send epoch as one object, replaced only over the version that was read."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def read(self) -> int:
        """Give the epoch; 0 before the first beat."""
        return self._read()[0]

    def advance(self, before: int, after: int) -> bool:
        """Write the next epoch over the one that was read; False when it is another."""
        standing, tag = self._read()
        if standing != before:
            return False
        condition = {"IfMatch": tag} if tag else {"IfNoneMatch": "*"}
        try:
            self._client.put_object(
                Bucket=self._bucket, Key=EPOCH, Body=str(after).encode(), **condition
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _TAKEN:
                return False
            raise Transient(str(error)) from error
        except BotoCoreError as error:
            raise Transient(str(error)) from error
        return True

    def _read(self) -> tuple[int, str]:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=EPOCH)
            return int(answer["Body"].read()), str(answer["ETag"])
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return 0, ""
            raise Transient(str(error)) from error
        except BotoCoreError as error:
            raise Transient(str(error)) from error


class StoredTexts:
    """Template texts as canonical JSON under their own SHA-256; written once, never changed."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def write(self, workspace: str, name: str, draft: TemplateDraft) -> tuple[str, str]:
        """Keep a text under its own hash."""
        body = json.dumps(draft.model_dump(mode="json"), sort_keys=True, ensure_ascii=False).encode(
            "utf-8", "surrogatepass"
        )
        digest = hashlib.sha256(body).hexdigest()
        key = f"templates/{workspace}/{name}/{digest}.json"
        self._objects.put(key, body, if_absent=True)
        return key, digest

    def read(self, content_key: str) -> TemplateDraft:
        """Read a text back."""
        return TemplateDraft.model_validate_json(self._objects.get(content_key))
