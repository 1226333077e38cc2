"""Large files from a form straight to the disk: hashed as they arrive, cut off above the limit, never in memory.

The body is read only after the guard of the page let its sender in; what nobody keeps is removed with the request.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from functools import wraps
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from dancu.reconcile import folders

CHUNK_BYTES = 1024 * 1024
Page = Callable[..., HttpResponse]


class ArrivingFile(UploadedFile):  # type: ignore[type-arg]  # it takes none when it runs
    """A file on the disk, under its digest once it is kept. Closing the request removes what was not taken."""

    def __init__(self, path: Path, name: str, size: int, digest: str, *, is_too_large: bool) -> None:
        super().__init__(BytesIO(), name, size=size)
        self.path, self.digest, self.is_too_large = path, digest, is_too_large

    def close(self) -> None:
        self.path.unlink(missing_ok=True)


class ToDisk(FileUploadHandler):
    """Writes the one file of a form below the home (*nhận tệp lớn*). Closed until the guard has spoken: then nothing is written."""

    chunk_size = CHUNK_BYTES

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.bytes_max = 0  # closed

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if not self.bytes_max:
            raise SkipFile
        self._digest, self._size = hashlib.sha256(), 0
        made = tempfile.NamedTemporaryFile(dir=folders.incoming(settings.CONFIG.home), delete=False)  # noqa: SIM115 - closed below
        self._file, self._path = made, Path(made.name)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        if self._size <= self.bytes_max:  # what is above is read and thrown away: a browser hears an answer only then
            self._digest.update(raw_data)
            self._file.write(raw_data)

    def file_complete(self, file_size: int) -> ArrivingFile:
        self._file.close()
        is_too_large = self._size > self.bytes_max
        if is_too_large:
            self._path.write_bytes(b"")
        digest = self._digest.hexdigest()
        return ArrivingFile(self._path, self.file_name or "", self._size, digest, is_too_large=is_too_large)

    def upload_interrupted(self) -> None:
        if hasattr(self, "_file"):
            self._file.close()
            self._path.unlink(missing_ok=True)


def takes_large_file(page: Page) -> Page:
    """Outermost mark of a page with a large file: its body is not read before the page itself asks for it.

    The token of the form is checked all the same, by `within_form`, once the sender is known.
    """

    @csrf_exempt
    @wraps(page)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            request.upload_handlers = [ToDisk(request)]
        return page(request, *args, **kwargs)

    inner.reads_body_itself = True  # type: ignore[attr-defined]  # a function carries the mark
    return inner


def within_form(request: HttpRequest, bytes_max: int, page: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """Let the file in, up to a size, then check the token of the form and go on."""
    cast(ToDisk, request.upload_handlers[0]).bytes_max = bytes_max
    return csrf_protect(page)(request)
