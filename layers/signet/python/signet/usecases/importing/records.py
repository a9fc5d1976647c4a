"""The rows of a file one after the other, those that cannot be read among them."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from signet.usecases.importing.lines import LONGEST_LINE, Lines
from signet.usecases.importing.shape import Dialect

# A row of many quoted lines is held while it is read; so many characters of it, and no more.
LONGEST_ROW = 4 * LONGEST_LINE
_SHOWN = 4_000


@dataclass(frozen=True, slots=True)
class Record:
    """
    One row: its number, its cells or its line, what is wrong with it already.

    `end` is where it ends in the unpacked bytes.
    """

    number: int
    content: list[str] | str
    end: int
    fault: str = ""

    @property
    def size(self) -> int:
        """The characters that it holds."""
        return len(self.content) if isinstance(self.content, str) else sum(map(len, self.content))


class _TooLong(Exception):
    """A line or a row is longer than may be held."""


class _Feed:
    """
    Lines for a reader of rows, which can be given back.

    `taken` are the lines of the present row, `end` is behind the last of them.
    """

    def __init__(self, lines: Lines, start: int) -> None:
        self._lines = iter(lines)
        self._again: deque[tuple[str, int]] = deque()
        self.taken: list[tuple[str, int]] = []
        self.end = start
        self._held = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line, size = self._again.popleft() if self._again else next(self._lines)
        self.taken.append((line, size))
        self.end += size
        self._held += len(line)
        if len(line) >= LONGEST_LINE or self._held > LONGEST_ROW:
            raise _TooLong(f"is longer than {LONGEST_LINE} characters")
        return line

    def begin(self) -> None:
        """Let a row begin."""
        self.taken.clear()
        self._held = 0

    def give_up(self) -> str:
        """Give the first line of the present row, and read on with the one behind it."""
        rest = self.taken[1:]
        self._again.extendleft(reversed(rest))
        self.end -= sum(size for _, size in rest)
        return self.taken[0][0]


def rows_of_cells(lines: Lines, dialect: Dialect, *, start: int, number: int) -> Iterator[Record]:
    """
    Read rows of cells; a row whose quotes are wrong is one line, and the next begins behind it.

    Args:
        lines: From the beginning of a row on.
        dialect: How cells stand beside each other.
        start: Where the lines begin in the unpacked bytes.
        number: The number of the first row.
    """
    feed = _Feed(lines, start)
    reader = dialect.reader(feed)
    while True:
        feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLong) as error:
            line = feed.give_up().rstrip("\r\n")
            yield Record(number, line[:_SHOWN], feed.end, _fault(error))
            reader = dialect.reader(feed)
        else:
            if cells:
                yield Record(number, cells, feed.end)
        number += 1


def rows_of_lines(lines: Lines, *, start: int, number: int) -> Iterator[Record]:
    """Read each line as a row; see `rows_of_cells` for the arguments."""
    end = start
    for line, size in lines:
        end += size
        text = line.strip()
        if len(line) >= LONGEST_LINE:
            yield Record(number, text[:_SHOWN], end, f"is longer than {LONGEST_LINE} characters")
        elif text:
            yield Record(number, text, end)
        number += 1


def _fault(error: Exception) -> str:
    if isinstance(error, _TooLong):
        return str(error)
    if "end of data" in str(error):
        return "a quote is opened and never closed"
    if "field limit" in str(error):
        return f"a cell is longer than {LONGEST_LINE} characters, or a quote is never closed"
    return f"is badly quoted: {error}"
