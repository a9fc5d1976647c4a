"""The text derived from html reads well."""

import time

import pytest

from signet.templating.text import html_to_text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One</p><p>Two<br>Three</p>", "One\n\nTwo\nThree\n"),
        ("<h1>A</h1>b  \n c", "A\n\nb c\n"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "- a\n- b\n  - c\n"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b\n"),
        (
            "<table><tr><td>Mug</td><td>2</td></tr><tr><td>Sum</td><td>3</td></tr></table>",
            "Mug  2\nSum  3\n",
        ),
        ('<a href="https://x.example/a">Go</a>', "Go (https://x.example/a)\n"),
        ('<a href="https://x.example/">x.example</a>', "x.example\n"),
        ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example\n"),
        ('<a href="#top">Up</a>', "Up\n"),
        ('<a href="https://x.example/a"><div>Go</div></a>b', "Go (https://x.example/a)\nb\n"),
        ('<a href="https://x.example/a"><img alt="Logo"></a>', "Logo (https://x.example/a)\n"),
        ('<div style="display: none">pre</div><p hidden>x</p>a', "a\n"),
        ("<head><title>t</title><style>s</style></head><script>a<b</script><!-- c -->x", "x\n"),
        ("a &amp; b &lt;c&gt; &#x1F600;", "a & b <c> 😀\n"),
        ("<blockquote><p>a</p></blockquote>", "> a\n"),
        ("<pre>a\n  b</pre>", "a\n  b\n"),
        ("1 < 2 and <b>bold", "1 < 2 and bold\n"),
        ("", ""),
    ],
)
def test_html_becomes_readable_text(html: str, expected: str) -> None:
    """Each kind of element has one plain form."""
    assert expected == html_to_text(html)


def test_lines_are_wrapped_and_addresses_are_not_broken() -> None:
    """Lines stay within 78 characters unless one word is longer."""
    url = "https://x.example/" + "a" * 100
    lines = html_to_text(f"<p>{'word ' * 40}<a href='{url}'>here</a></p>").splitlines()

    assert any(url in line for line in lines)
    assert all(len(line) <= 78 for line in lines if url not in line)


@pytest.mark.parametrize(
    "piece", ["<a ", "<a \"'", "<!--", "<script>", "<div><p>", "</", '<a "x>', "&#"]
)
def test_time_stays_linear_when_html_is_broken(piece: str) -> None:
    """Tags that never end cost no more than those that do."""
    started = time.thread_time()
    html_to_text(piece * (200_000 // len(piece)))

    assert time.thread_time() - started < 2
