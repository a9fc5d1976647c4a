"""Signed links: they say what was signed, or nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signet.errors import Misconfigured, Missing, Rejected
from signet.templating.links import Link, LinkSigner
from signet.templating.tracking import Tracker

SIGNER = LinkSigner(b"k" * 32)
TRACKER = Tracker(SIGNER, "https://s.example/")
TOKEN = SIGNER.token("click", workspace="w", message_id="m", url="https://x.example/?a=1&b=2")
IDS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
UNSAFE = [
    "javascript:alert(1)",
    "//evil.example",
    "\\\\evil.example",
    "https:\\\\evil.example",
    "https://x.example\\@evil.example",
    "https://x@evil.example/",
    "https://",
    "http:///path",
    "https://x.example/a\nb",
    "https://x.example/a b",
    "/relative",
    "ftp://x.example",
    "data:text/html,x",
    "https://x.example:99999/",
    "",
]


@given(IDS, IDS)
def test_token_reads_back_as_written(workspace: str, message_id: str) -> None:
    """A token carries its fields, whatever characters they have."""
    token = SIGNER.token("open", workspace=workspace, message_id=message_id)

    assert Link(workspace, message_id) == SIGNER.read("open", token)


def test_click_carries_its_target() -> None:
    """A click leads where it was signed to lead."""
    assert Link("w", "m", "https://x.example/?a=1&b=2") == SIGNER.read("click", TOKEN)


@given(st.integers(0, len(TOKEN) - 1), st.sampled_from(ALPHABET + "=.\né"))
@settings(max_examples=300)
def test_altered_token_is_missing(place: int, letter: str) -> None:
    """No single letter can be exchanged, not even in the unused bits at the end."""
    altered = TOKEN[:place] + letter + TOKEN[place + 1 :]
    if altered == TOKEN:
        return

    with pytest.raises(Missing):
        SIGNER.read("click", altered)


def test_cut_or_longer_token_is_missing() -> None:
    """A token is whole or nothing."""
    for token in [TOKEN[:end] for end in range(len(TOKEN))] + [
        TOKEN + "A",
        TOKEN + "=",
        " " + TOKEN,
    ]:
        with pytest.raises(Missing):
            SIGNER.read("click", token)


def test_token_is_missing_when_it_is_of_another_kind_or_key() -> None:
    """An open cannot be played as an unsubscribe, nor one deployment's link at another."""
    token = SIGNER.token("open", workspace="w", message_id="m")

    with pytest.raises(Missing):
        SIGNER.read("unsubscribe", token)
    with pytest.raises(Missing):
        LinkSigner(b"x" * 32).read("open", token)


def test_key_is_refused_when_it_is_short() -> None:
    """A guessable key is a fault of the deployment."""
    with pytest.raises(Misconfigured):
        LinkSigner(b"short")


@pytest.mark.parametrize("url", UNSAFE)
def test_click_target_is_refused_when_it_is_not_a_plain_web_address(url: str) -> None:
    """We never sign a redirect that could lead elsewhere than it shows."""
    with pytest.raises(Rejected, match="url"):
        SIGNER.token("click", workspace="w", message_id="m", url=url)


def tracked(html: str) -> str:
    """Track html and take the pixel out again."""
    result = TRACKER.track(html, workspace="w", message_id="m")
    start = result.index('<img src="https://s.example/t/o/')
    return result[:start] + result[result.index(">", start) + 1 :]


def test_web_links_lead_through_us_and_nothing_else_changes() -> None:
    """Only the value of a web link is replaced; quotes, case and blanks stay."""
    before, after = "<P Class=x>é <A title='href=\"n\"' HREF = '", "' >go</a ></p>"
    result = tracked(before + "https://x.example/?a=1&amp;b=2" + after)
    token = result.removeprefix(before + "https://s.example/t/c/").removesuffix(after)

    assert "https://x.example/?a=1&b=2" == SIGNER.read("click", token).url


@pytest.mark.parametrize(
    "html",
    [
        '<a href="mailto:a@x.example">',
        '<a href="tel:+43">',
        '<a href="#top">',
        '<a href="/relative">',
        '<a href="https://s.example/u/abc">',
        '<a data-no-track href="https://x.example">',
        '<!-- <a href="https://x.example"> -->',
        '<style><a href="https://x.example"></style>',
        '<abbr href="https://x.example">',
        '<link href="https://x.example">',
        "<a href=''>",
        "<a>",
    ],
)
def test_other_links_are_left_alone(html: str) -> None:
    """What is not a web link of the author's is not touched."""
    assert html == tracked(html)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:a",
        "//evil.example",
        "\\\\evil",
        "https:\\\\evil",
        "java&#10;script:a",
        "http://",
    ],
)
def test_html_is_refused_when_a_link_leads_nowhere_safe(url: str) -> None:
    """A mail with a dangerous link is not sent."""
    with pytest.raises(Rejected, match="html"):
        tracked(f'<a href="{url}">')


def test_pixel_stands_before_the_end_of_the_body() -> None:
    """An open is counted by a picture inside of the body."""
    result = TRACKER.track("<body>a</BODY></html>", workspace="w", message_id="m")
    token = result.split("/t/o/")[1].split('"')[0]

    assert result.startswith("<body>a<img ")
    assert result.endswith("</BODY></html>")
    assert Link("w", "m") == SIGNER.read("open", token)


def test_addresses_end_in_tokens_of_their_kind() -> None:
    """Each link of ours is read by the route it leads to."""
    unsubscribe = TRACKER.unsubscribe_url(workspace="w", message_id="m")

    assert Link("w", "m") == SIGNER.read(
        "unsubscribe", unsubscribe.removeprefix("https://s.example/u/")
    )
