"""Rendering: what arrives, what is missing, what is kept, and what is stopped."""

import html
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signet.errors import Rejected
from signet.templating.render import Rendered, Renderer
from signet.templating.sandbox import Sandbox
from signet.templating.template import Parts, check

DOUBLED = "".join(f"{{% set a{n + 1} = a{n} ~ a{n} %}}" for n in range(60))
NESTED = "".join(f"{{% set a{n + 1} = [a{n}, a{n}] %}}" for n in range(60))
BOMBS = {
    "times": "{{ 'a'*2000000000 }}",
    "times turned": "{{ 2000000000*'a' }}",
    "list": "{{ ([1]*2000000000)|length }}",
    "center": "{{ 'a'|center(2000000000) }}",
    "percent": "{{ '%2000000000d' % 1 }}",
    "format": "{{ '%2000000000d'|format(1) }}",
    "star": "{{ '%*d'|format(9999, 1) }}",
    "join": "{{ range(9999)|join('x'*100000) }}",
    "replace": "{{ ('a'*100000)|replace('a','b'*1000) }}",
    "indent": "{{ ('\\n'*100000)|indent(10000, blank=true) }}",
    "loops": "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
    "range": "{% for a in range(99999) %}{% endfor %}",
    "power": "{{ 10**100000000 }}",
    "powers": "{{ (2**1000)**1000 }}",
    "squares": "{% set n = namespace(x=3) %}{% for a in range(99) %}"
    "{% set n.x = n.x * n.x %}{% endfor %}{{ n.x }}",
    "wordwrap": "{{ ('a '*100000)|wordwrap(1) }}",
    "doubling": "{% set a0 = 'x' %}" + DOUBLED + "{{ a60 }}",
    "nesting": "{% set a0 = 1 %}" + NESTED + "{{ a60 == a59 }}",
    "slice": "{{ 'a'|slice(2000000000)|list }}",
    "batch": "{{ 'a'|batch(2000000000, 'x')|list }}",
    "sum": "{{ [[1],[2]]|sum(start=[]) }}",
    "output": "{% for a in range(9999) %}" + "x" * 10000 + "{% endfor %}",
    "namespace": "{% set n = namespace() %}{% set n.x = n %}{{ n }}",
}


def rendered(source: str, missing: str = "fail", **data: object) -> str:
    """Render a text part and give its text."""
    parts = Parts(subject="s", text=source)
    return Renderer().render("k", parts, data, missing=missing).text  # type: ignore[arg-type]


@pytest.mark.parametrize("source", BOMBS.values(), ids=BOMBS.keys())
@pytest.mark.parametrize("part", ["html", "text"])
def test_bomb_is_stopped_soon(part: str, source: str) -> None:
    """A template that wants too much is stopped within a second, by our own error."""
    parts = Parts(subject="a", **{part: source})
    started = time.perf_counter()

    def used() -> None:
        check(parts)
        Renderer().render("k", parts, {})

    with pytest.raises(Rejected) as refused:
        used()

    assert part == refused.value.fields[0].field
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ x['__class__'] }}",
        "{{ d.items }}",
        "{{ x.upper }}",
        "{{ range.__globals__ }}",
        "{% for i in [1] %}{{ loop._iterator }}{% endfor %}",
        "{{ namespace.__init__ }}",
    ],
)
def test_python_attribute_is_missing_when_the_check_was_passed_by(source: str) -> None:
    """The sandbox alone, without the check, gives data and nothing else."""
    template = Sandbox(autoescape=True, missing="default").from_string(source)

    assert "" == template.render(x="text", d={}, **{"signet budget": None})


def test_payload_is_text_when_it_comes_as_data() -> None:
    """What stands in a variable is never read as a template."""
    payload = "{{ 7*7 }}{% include 'x' %}<script>"
    parts = Parts(subject="{{ x }}", html="<p>{{ x }}</p>", text="{{ x }}")
    result = Renderer().render("k", parts, {"x": payload})

    assert (
        Rendered(payload, f"<p>{html.escape(payload)}</p>".replace("&#x27;", "&#39;"), payload)
        == result
    )


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
@settings(max_examples=200, deadline=None)
def test_any_text_arrives_escaped_in_html_and_verbatim_in_text(value: str) -> None:
    """No text can change the html around it, and none is changed on its way into text."""
    parts = Parts(subject="s", html='<p title="{{ x }}">{{ x }}</p>', text="{{ x }}")
    result = RENDERER.render("any", parts, {"x": value})
    inside = (result.html or "").removeprefix('<p title="').removesuffix("</p>")
    title, _, content = inside.partition('">')

    assert value == result.text
    assert (value, value) == (html.unescape(title), html.unescape(content)) or "&" in value
    assert not set("<>\"'") & set(content)


def test_naughty_strings_arrive(naughty_strings: list[str]) -> None:
    """No known naughty string breaks a render, in the data or as a key of it."""
    parts = Parts(subject="s", html="<p>{{ x }}</p>{{ d }}", text="{{ x }}")
    results = [RENDERER.render("blns", parts, {"x": x, "d": {x: x}}) for x in naughty_strings]

    assert naughty_strings == [result.text for result in results]
    assert not any("<script" in (result.html or "") for result in results)


@pytest.mark.parametrize(
    ("source", "data", "path"),
    [
        ("{{ profile.first_name }}", {"profile": {}}, "profile.first_name"),
        ("{{ profile.first_name }}", {}, "profile.first_name"),
        ("{{ profile.first_name }}", {"profile": {"first_name": None}}, "profile.first_name"),
        ("{{ a.b }}{{ c.b }}", {"a": {"b": 1}, "c": {}}, "c.b"),
        ("{% if a.b %}x{% endif %}", {"a": {}}, "a.b"),
        ("{% for x in a.b %}x{% endfor %}", {"a": {}}, "a.b"),
        ("{% for x in a.items %}x{% endfor %}", {"a": {}}, "a.items"),
        ("{% for x in a %}{{ x.y }}{% endfor %}", {"a": [{"y": 1}, {}]}, "a[].y"),
        ("{{ a.b|upper }}", {"a": {}}, "a.b"),
        ("{{ a.b ~ 'x' }}", {"a": {}}, "a.b"),
        ("{{ a.b + 1 }}", {"a": {}}, "a.b"),
        ("{{ a.b.upper() }}", {"a": {}}, "a.b"),
    ],
)
def test_missing_variable_rejects_the_message_and_is_named(
    source: str, data: dict[str, object], path: str
) -> None:
    """Nobody gets a mail with a hole in it, and the author learns which path was missing."""
    with pytest.raises(Rejected) as refused:
        rendered(source, **data)

    assert (path, "is missing") == (
        refused.value.fields[0].field,
        refused.value.fields[0].message,
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ a.b.c|default('x') }}", "x"),
        ("{{ n|default('x') }}", "x"),
        ("{% if a.b is defined %}x{% else %}y{% endif %}", "y"),
        ("{{ 'x' if false }}", ""),
        (
            "{{ d.items }} {{ d['keys'] }} {% for k, v in d.items() %}{{ k }},{% endfor %}",
            "1 2 items,keys,",
        ),
        ("{{ '%.2f'|format(3) }} {{ '%05d' % 7 }}", "3.00 00007"),
        ("{% for x in [3,1]|sort %}{{ x }}{{ '' if loop.last else '-' }}{% endfor %}", "1-3"),
        (
            "{% set n = namespace(t=0) %}{% for x in [1,2] %}{% set n.t = n.t+x %}{% endfor %}{{ n.t }}",  # noqa: E501
            "3",
        ),
        ("{{ [{'p': 1}, {'p': 2}]|map(attribute='p')|join(', ') }}", "1, 2"),
        ("{{ 'a b'.split()|last }}{{ 'x'.upper() }}{{ 'abc'[:2] }}", "bXab"),
        ("{% for x in [1,2] %}{{ loop.cycle('o','e') }}{% endfor %}", "oe"),
        ("{{ 'a' ~ 1 ~ 'b' }}{{ 2*3 }}{{ 'ab'*2 }}{{ 7 % 4 }}{{ 2**5 }}", "a1b6abab332"),
    ],
)
def test_offered_language_works(source: str, expected: str) -> None:
    """What authors usually write goes through the sandbox unharmed."""
    assert expected == rendered(source, d={"items": 1, "keys": 2}, a={}, n=None)


def test_missing_variable_prints_nothing_when_the_policy_is_default() -> None:
    """With the policy `default` a hole is allowed."""
    assert "Dear ," == rendered("Dear {{ profile.x.y }}{{ n }},", missing="default", n=None)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", " JaVa\tScript:x", "vbscript:x", "data:text/html,x"]
)
@pytest.mark.parametrize("source", ['<a href="{{ u }}">', "<img src='{{ u }}'>"])
def test_reference_is_refused_when_its_scheme_could_run(source: str, url: str) -> None:
    """A variable cannot put a script behind a link."""
    with pytest.raises(Rejected, match="html"):
        Renderer().render("k", Parts(subject="s", html=source), {"u": url})


@pytest.mark.parametrize(
    "value", ["a\nb", "a\r\nBcc: x@y.z", "\0", "A =?UTF-8?Q?=0A?= b", "x" * 999]
)
def test_subject_is_refused_when_it_is_not_one_short_line(value: str) -> None:
    """A variable cannot smuggle a header through the subject."""
    with pytest.raises(Rejected, match="subject"):
        Renderer().render("k", Parts(subject="{{ x }}", text="t"), {"x": value})


def test_error_in_the_template_names_part_and_line() -> None:
    """What fails only with some data tells the author where."""
    with pytest.raises(Rejected) as refused:
        rendered("a\nb\n{{ x / 0 }}", x=1)

    assert "text" == refused.value.fields[0].field
    assert "line 3: fails (ZeroDivisionError)" == refused.value.fields[0].message


def test_text_is_derived_when_only_html_is_given() -> None:
    """A mail has a text part even if its author wrote none."""
    result = Renderer().render("k", Parts(subject="s", html="<p>a &amp; {{ x }}</p>"), {"x": "<b>"})

    assert "a & <b>\n" == result.text


def test_version_is_compiled_once_when_it_is_rendered_often() -> None:
    """The expensive step happens once per version and part."""
    renderer = Renderer()
    parts = Parts(subject="{{ x }}", html="<p>{{ x }}</p>", text="{{ x }}")
    for number in range(20):
        renderer.render("k@1", parts, {"x": number})

    assert 3 == renderer.compiles


def test_oldest_version_is_dropped_when_there_is_no_room() -> None:
    """The memory of compiled templates is bounded."""
    renderer = Renderer(keep=2)
    for key in ("a", "b", "a"):
        renderer.render(key, Parts(subject="s", text="t"), {})

    assert 6 == renderer.compiles


RENDERER = Renderer()
