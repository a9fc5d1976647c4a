"""What is refused when a template is saved, and what the check tells about the rest."""

import pytest

from signet.errors import Rejected
from signet.templating.template import Parts, check

HOSTILE = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ x|attr('__class__') }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__ }}",
    "{{ lipsum(n=2000000) }}",
    "{{ joiner() }}",
    "{{ self.__init__ }}",
    "{{ self }}",
    "{{ get_flashed_messages() }}",
    "{{ request.application.__globals__ }}",
    "{{ config.from_object('os') }}",
    "{{ x|safe }}",
    "{{ x|map('attr', 'y')|list }}",
    "{{ range(*x) }}",
    "{{ '{:2000000000}'.format(1) }}",
    "{{ x.append(1) }}",
    "{% include 'a' %}",
    "{% import 'a' as b %}",
    "{% from 'a' import b %}",
    "{% extends 'a' %}",
    "{% block a %}{% endblock %}",
    "{% macro m() %}{{ m() }}{% endmacro %}",
    "{% set x %}a{% endset %}",
    "{% filter upper %}a{% endfilter %}",
    "{% autoescape false %}a{% endautoescape %}",
    "{% for a in b recursive %}{{ loop(a) }}{% endfor %}",
    "{{ x is callable }}",
    "{{ x",
    "{% if %}",
    "{% unknown %}",
]
OVERSIZED = {
    "parentheses": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "attributes": "{{ a" + ".b" * 5000 + " }}",
    "sum": "{{ 1" + "+1" * 30000 + " }}",
    "variables": "{{a}}" * 50000,
    "loops": "{% for a in b %}" * 40 + "{% endfor %}" * 40,
    "digits": "{{ " + "9" * 200000 + " }}",
    "source": "x" * (256 * 1024 + 1),
    "surrogate": "\ud800",
}
MISPLACED = [
    "<script>var a = '{{ x }}'</script>",
    "<a href={{ x }}>a</a>",
    "<a {{ x }}>a</a>",
    "<{{ x }}>",
    "<a onclick=\"f('{{ x }}')\">a</a>",
    "<a href='b'{% if y %}{{ x }}{% endif %}>a</a>",
]


@pytest.mark.parametrize("source", HOSTILE)
@pytest.mark.parametrize("part", ["subject", "html", "text"])
def test_template_is_refused_when_it_reaches_for_more_than_data(part: str, source: str) -> None:
    """A construct that is not offered is refused at save, with its part and line."""
    sources = {"subject": "a", "html": "b", part: f"\n{source}"}
    with pytest.raises(Rejected) as refused:
        check(Parts(**sources))

    assert [part] == [fault.field for fault in refused.value.fields]
    assert refused.value.fields[0].message.startswith("line 2: ")


@pytest.mark.parametrize("source", OVERSIZED.values(), ids=OVERSIZED.keys())
def test_template_is_refused_when_it_is_too_large_to_be_one(source: str) -> None:
    """Size, depth and number of words of a source are limited."""
    with pytest.raises(Rejected) as refused:
        check(Parts(subject="a", text=source))

    assert "text" == refused.value.fields[0].field


@pytest.mark.parametrize("source", MISPLACED)
def test_variable_is_refused_where_escaping_does_not_protect(source: str) -> None:
    """A variable stands in text or in a quoted attribute only."""
    with pytest.raises(Rejected) as refused:
        check(Parts(subject="a", html=source))

    assert "html" == refused.value.fields[0].field


@pytest.mark.parametrize(
    "source",
    [
        "<p class=\"{% if a %}b{% else %}c{% endif %}\" title='{{ x }}'>{{ x }}</p>",
        '<p{% if a %} class="d"{% endif %}>{{ x }}</p>',
        "<style>p { color: {{ x }} }</style>",
        '<!-- {{ x }} --><a href="{{ x }}">a > b</a>',
        "<script>var a = 1;</script>{{ x }}",
        "1 < 2 {{ x }}",
    ],
)
def test_variable_is_accepted_where_escaping_protects(source: str) -> None:
    """Ordinary places of variables are not refused."""
    found = check(Parts(subject="a", html=source))

    assert "x" in found.variables


def test_faults_of_all_parts_are_told_at_once() -> None:
    """An author sees every part that needs work in one answer."""
    with pytest.raises(Rejected) as refused:
        check(Parts(subject="{{", html="{% include 'a' %}", text="fine"))

    assert ["subject", "html"] == [fault.field for fault in refused.value.fields]


def test_template_is_refused_when_it_has_no_body() -> None:
    """A subject alone is no message."""
    with pytest.raises(Rejected, match="html"):
        check(Parts(subject="a"))


@pytest.mark.parametrize(
    ("source", "needed", "optional"),
    [
        ("{{ profile.first_name }}", ["profile.first_name"], []),
        ("{{ event.properties['total'] }}", ["event.properties.total"], []),
        ("{{ a.b|default('x') }}{% if c is defined %}d{% endif %}", [], ["a.b", "c"]),
        ("{{ a|default('x') }}{{ a }}", ["a"], []),
        (
            "{% for l in o.lines|sort(attribute='n') %}{{ l.n }}{{ loop.index }}{% endfor %}",
            ["o.lines", "o.lines[].n"],
            [],
        ),
        ("{% set p = profile %}{{ p.name }}", ["profile", "profile.name"], []),
        ("{% with q = a.b %}{{ q.c }}{% endwith %}{{ q }}", ["a.b", "a.b.c", "q"], []),
        ("{% for k, v in d.items() %}{{ k }}{{ v }}{% endfor %}", ["d"], []),
        ("{{ a[b.c].d }}{{ range(e) }}", ["a[].d", "b.c", "e"], []),
    ],
)
def test_variables_are_told_as_whole_paths(
    source: str, needed: list[str], optional: list[str]
) -> None:
    """The check names what a template reads, not only where it begins to read."""
    found = check(Parts(subject="a", text=source))

    assert (needed, optional) == (list(found.variables), list(found.optional))
