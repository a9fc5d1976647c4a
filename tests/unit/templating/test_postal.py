"""The sender's postal address in marketing mails."""

import pytest

from signet.templating.postal import addressed
from signet.templating.render import Rendered

ADDRESS = "Müller & Co\nRing 1, Wien"


def test_an_address_is_added_to_each_part_that_lacks_it() -> None:
    """Text gets lines at its end, html a paragraph before its body ends."""
    html = "<html><body><p>Hi</p></BODY></html>"
    done = addressed(Rendered("s", html, "Hi\n"), ADDRESS)

    paragraph = "<p>Müller &amp; Co<br>Ring 1, Wien</p>"
    assert f"<html><body><p>Hi</p>{paragraph}</BODY></html>" == done.html
    assert f"Hi\n\n-- \n{ADDRESS}\n" == done.text


@pytest.mark.parametrize(
    "html",
    [
        "<p>Müller &amp; Co<br>Ring 1,\n Wien</p>",
        "<td>Müller &#38; Co</td><td>Ring 1, Wien</td>",
        None,
    ],
)
def test_an_address_that_is_there_is_not_added(html: str | None) -> None:
    """However its lines are broken."""
    filled = Rendered("s", html, "by Müller & Co Ring 1, Wien")

    assert filled == addressed(filled, ADDRESS)


def test_without_an_address_nothing_changes() -> None:
    """A workspace that named none adds nothing."""
    filled = Rendered("s", "<p>x</p>", "x")

    assert filled == addressed(filled, " \n")


def test_twice_is_as_once() -> None:
    """The same message renders to the same bytes."""
    once = addressed(Rendered("s", "<p>x</p>", "x"), ADDRESS)

    assert once == addressed(once, ADDRESS)
