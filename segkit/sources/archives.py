"""Files as streams of bytes, unpacked from gzip and zip."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from segkit.errors import UserError
from segkit.settings.sources import SUFFIXES

CHUNK = 1 << 24
ZIP = b"PK\x03\x04"
_GZIP = b"\x1f\x8b"
_BROKEN_ZIP = (RuntimeError, zipfile.BadZipFile, zlib.error)
_BROKEN_GZIP = (OSError, EOFError, zlib.error, zipfile.BadZipFile)
Stream = IO[bytes] | io.BufferedIOBase


@dataclass(frozen=True)
class Content:
    """A file, or one in an archive, that can be read from its beginning as often as needed.

    `packed` says how it is packed; `path` is there for a file that is not.
    """

    name: str
    open: Callable[[], Stream]
    packed: str = ""
    path: Path | None = None

    def read(self, size: int = -1) -> bytes:
        """Return the first bytes, all if left out."""
        with _told(self), self.open() as stream:
            return stream.read(size)

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes of the file."""
        with _told(self), self.open() as stream:
            while chunk := stream.read(CHUNK):
                yield chunk


def unpack(path: Path, name: str) -> list[Content]:
    """Return the file, or the files that it packs.

    Raises
    ------
    UserError
        When the file is missing, or an archive is damaged or holds no file that can be read.
    """
    return _unpack(Content(name, lambda: path.open("rb"), path=path))


def _unpack(content: Content) -> list[Content]:
    head = content.read(len(ZIP))
    if head.startswith(_GZIP):
        return [Content(content.name, lambda: _Gzip(content.open()), "gzip")]
    if head == ZIP and not _is_workbook(content):
        return _members(content)
    return [content]


class _Gzip(gzip.GzipFile):
    """A gzip stream that closes the stream below it."""

    def __init__(self, below: Stream) -> None:
        super().__init__(fileobj=cast(IO[bytes], below), mode="rb")
        self._below = below

    def close(self) -> None:
        super().close()
        self._below.close()


@contextmanager
def _told(content: Content) -> Iterator[None]:
    """Tell in a sentence why a file cannot be read."""
    name, broken = content.name, tuple[type[Exception], ...]()
    if content.packed == "gzip":
        broken, text = _BROKEN_GZIP, f"{name} is damaged: the gzip archive ends early or is broken. Copy it again."
    elif content.packed == "zip":
        broken, text = _BROKEN_ZIP, f"{name} cannot be unpacked ({{0}}). Pack it without a password, or copy it again."
    else:
        broken = (OSError,)
        text = f"{name} cannot be read: {{0.strerror}}. Close it where it is open, or look at its path."
    try:
        yield
    except broken as error:
        raise UserError(text.format(error)) from None


def _is_workbook(content: Content) -> bool:
    try:
        with _archive(content) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        raise UserError(f"{content.name} is damaged: it ends early or is broken. Copy it again.") from None
    return "[Content_Types].xml" in names or "content.xml" in names


def _archive(content: Content) -> zipfile.ZipFile:
    """Return an opened zip; one inside another archive is unpacked into memory."""
    return zipfile.ZipFile(content.path or io.BytesIO(content.read()))


def _members(content: Content) -> list[Content]:
    name = content.name
    with _archive(content) as archive:
        infos = [i for i in archive.infolist() if not i.is_dir() and i.filename.lower().endswith(SUFFIXES)]
    infos = [i for i in infos if not PurePosixPath(i.filename).name.startswith((".", "~$", "__MACOSX"))]
    if not infos:
        raise UserError(f"{name} holds no file that can be read. Known endings: {', '.join(SUFFIXES)}.")
    found = []
    for info in infos:
        shown = f"{name}/{info.filename}" if len(infos) > 1 else name
        found += _unpack(Content(shown, _opener(content, info), "zip"))
    return found


def _opener(content: Content, info: zipfile.ZipInfo) -> Callable[[], Stream]:
    return lambda: _archive(content).open(info)
