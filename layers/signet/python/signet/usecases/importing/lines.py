"""Lines of a text, of any newline and of bounded length, with the bytes that they took."""

import io
from collections.abc import Iterable, Iterator

from signet.usecases.importing.unpacking import Unreadable

LONGEST_LINE = 1 << 20
_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


def encoding_of(first: bytes) -> tuple[str, int]:
    """Tell the encoding of a text by its first bytes, and how many of them are its mark."""
    for mark, encoding in _MARKS:
        if first.startswith(mark):
            return encoding, len(mark)
    return "utf-8", 0


def errors_of(encoding: str) -> str:
    """Name how what does not decode is kept in a text."""
    return "surrogateescape" if encoding == "utf-8" else "surrogatepass"


class _Pieces(io.RawIOBase):
    """Pieces of bytes as the SDK of text reads them."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "io.WriteableBuffer") -> int:  # type: ignore[name-defined]
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        view = memoryview(buffer)
        size = min(len(view), len(self._left))
        view[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


class Lines:
    """
    The lines of a text, each with its newline.

    A byte that does not decode is kept in the text as half a surrogate pair, which no row may
    hold, so that the row is laid aside and the others are not.
    """

    def __init__(self, pieces: Iterable[bytes], encoding: str) -> None:
        """Read pieces of bytes in an encoding."""
        self._encoding = encoding
        self._errors = errors_of(encoding)
        raw = io.BufferedReader(_Pieces(iter(pieces)), 1 << 16)
        self._text = io.TextIOWrapper(raw, encoding, errors=self._errors, newline="")

    def __iter__(self) -> Iterator[tuple[str, int]]:
        """
        Give each line with the bytes that it took; one that is too long is given in part.

        Raises:
            Unreadable: It does not decode, and cannot be read any further.
        """
        while line := self._next():
            if len(line) < LONGEST_LINE or line.endswith(("\n", "\r")):
                yield line, self._size(line)
                continue
            size = self._size(line)
            while (rest := self._next()) and not rest.endswith(("\n", "\r")):
                size += self._size(rest)
            yield line, size + self._size(rest)

    def _next(self) -> str:
        try:
            return self._text.readline(LONGEST_LINE)
        except UnicodeDecodeError as error:
            raise Unreadable.field("file", f"is not {self._encoding.upper()} text") from error

    def _size(self, text: str) -> int:
        if self._encoding == "utf-8" and text.isascii():
            return len(text)
        return len(text.encode(self._encoding, self._errors))
