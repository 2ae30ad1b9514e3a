"""Hostile templates: literal or refused, in milliseconds and little memory."""

import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.graph.bindings import TemplateError, references, render

SCOPE = {
    "brief": {
        "topic": "apple",
        "list": ["a", "b"],
        "big": "x" * 50_000,
        "quotes": '"' * 190_000,
        "rows": [{"text": "t" * 100, "n": n} for n in range(1_000)],
    },
    "nodes": {"copy": {"variants": [{"text": "hi", "fields": {}}]}},
    "today": "2026-03-09",
}
LONG = "y" * 400
WHENS = "{% case 1 %}{% when " + "1," * 400 + "1 %}"

REFUSED = {
    "range joined": '{{ (1..100000000) | join: "," }}',
    "range reversed": "{% for i in (1..100000000) reversed %}{% endfor %}",
    "range skipped": "{% for i in (1..100000000) offset: 99999999 %}{% endfor %}",
    "range searched": "{% if (1..100000000) contains 'a' %}{% endif %}",
    "range kept": "{% assign r = (1..100000000) %}{{ r | last }}",
    "range from a variable": "{{ (1..brief.many) | size }}",
    "replace twice": f'{{{{ brief.topic | replace: "", "{LONG}" | replace: "", "{LONG}" }}}}',
    "replace of big": "{{ brief.big | replace: 'x', brief.big }}",
    "append doubling": "{% assign x = 'ab' %}" + "{% assign x = x | append: x %}" * 40,
    "prepend doubling": "{% assign x = 'ab' %}" + "{% assign x = x | prepend: x %}" * 40,
    "capture doubling": "{% assign x = 'ab' %}" + "{% capture x %}{{x}}{{x}}{% endcapture %}" * 40,
    "append in a loop": "{% assign x = 'ab' %}{% for i in (1..40) %}{% assign x = x | append: x %}"
    "{% endfor %}",
    "list doubling": "{% assign x = brief.list %}" + "{% assign x = x | concat: x %}" * 40,
    "number squaring": "{% assign x = 99999 %}" + "{% assign x = x | times: x %}" * 40,
    "many locals": "".join(f"{{% assign v{n} = brief.big %}}" for n in range(40)),
    "split and join": "{{ brief.quotes | split: '' | join: 'aaaaaaaaaaa' }}",
    "escape": "{{ brief.quotes | escape }}",
    "uniq": "{% assign l = brief.big | slice: 0, 9000 | split: '' %}{{ l | uniq | uniq }}",
    "filters on big": "{{ brief.big" + " | upcase" * 90 + " }}",
    "reads of big": "{% for i in (1..900) %}{% if brief.big contains 'y' %}{% endif %}{% endfor %}",
    "rows as text": "{% for i in (1..100) %}{{ brief.rows }}{% endfor %}",
    "nested loops": "{% for i in (1..900) %}{% for j in (1..900) %}{{ i }}{% endfor %}{% endfor %}",
    "loops in a row": "{% for i in (1..1000) %}{% endfor %}" * 240,
    "loop of much": "{% for i in (1..1000) %}" + "{% if i %}{% endif %}" * 400 + "{% endfor %}",
    "text in a loop": "{% for i in (1..1000) %}" + "z" * 40_000 + "{% endfor %}",
    "where in a loop": "{% for i in (1..1000) %}{% assign x = brief.rows | where: 'n', 1 %}"
    "{% endfor %}",
    "sort in a loop": "{% for i in (1..1000) %}{% assign x = brief.rows | sort: 'n' %}{% endfor %}",
    "much code": ("{{ brief.topic | append: " + "1," * 40 + "1}}") * 480,
    "when when when": WHENS * 3 + "x" + "{% endcase %}" * 3,
    "date width": "{{ 'now' | date: '%99999999d' }}",
    "deep blocks": "{% if true %}" * 200 + "{% endif %}" * 200,
    "deep brackets": "{{ a" + "[" * 900 + " }}",
    "deep parentheses": "{{ " + "(" * 900 + "1..2 }}",
    "deep captures": "{% capture a %}" * 100 + "{% endcapture %}" * 100,
    "open braces": "{{" * 20_000,
    "open tags": "{%" * 20_000,
    "open raws": "{% raw %}" * 5_000,
    "open comments": "{% comment %}" * 400,
    "open quotes": '{{ a["' + '["' * 400 + " }}",
    "white space": "{{" + " " * 40_000 + "}}",
    "white space in a tag": "{% if" + "\n" * 900 + "%}{% endif %}",
    "a megabyte of expression": "{{ " + "a" * 1_000_000 + " }}",
    "a megabyte of braces": "{{ a }}" * 150_000,
    "a megabyte of text": "a" * 1_000_000,
    "a long expression": "{{ " + "a." * 800 + "b }}",
    "arithmetic": "{{7*7}}",
    "debug": "{% debug %}",
    "call": "{{ __import__('os').system('id') }}",
    "class of a text": "{{ ''.__class__.__mro__ }}",
    "jinja block": "{% set x = 1 %}",
    "jinja global": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "layout": "{% layout 'x' %}",
    "liquid": "{% liquid\necho 1 %}",
    "tablerow": "{% tablerow i in (1..100000000) %}{% endtablerow %}",
    "context by name": "{{ 'a' | join: context: 'b' }}",
    "infinity": "{{ '1e400' | plus: 1 }}",
}
LITERAL = [
    "{0.__class__}",
    "${7*7}",
    "#{7*7}",
    "%(x)s",
    "__import__",
    "<%= 7*7 %>",
    "{ {7*7} }",
    "}}",
]


def attempt(text):
    try:
        return render(text, {**SCOPE, "brief": {**SCOPE["brief"], "many": 10**8}})
    except TemplateError as error:
        return error


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_a_bomb_is_refused_in_milliseconds(text):
    attempt("{{ brief.topic }}")
    times = []
    for _ in range(3):
        started = time.thread_time()
        found = attempt(text)
        times.append(time.thread_time() - started)

    assert isinstance(found, TemplateError), str(found)[:80]
    assert found.message
    assert min(times) < 0.05


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_a_bomb_takes_little_memory(text):
    tracemalloc.start()
    try:
        attempt(text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 8_000_000


@pytest.mark.parametrize("text", LITERAL)
def test_what_other_languages_evaluate_stays_as_it_is(text):
    assert render(text, SCOPE) == text


def test_the_variables_of_the_largest_template_are_listed_quickly():
    text = "{{ brief.topic | append: ' pie' | upcase }} and a lot more text\n" * 500
    started = time.thread_time()

    assert [str(path) for path in references(text)] == ["brief.topic"]
    assert time.thread_time() - started < 0.2


names = st.sampled_from(
    ["brief.topic", "brief.big", "brief.rows", "brief.list", "x", "y", "nodes.copy", "today", "i"]
)
literals = st.sampled_from(["'a'", "''", "1", "-1", "99999999999", "1.5", "true", "nil", "(1..9)"])
values = names | literals
filters = st.sampled_from(
    """append: x|prepend: y|replace: '', x|replace: 'a', x|split: ''|split: x|join: x|join|upcase
    escape|url_encode|newline_to_br|truncate: 5|truncate: x|truncatewords: 2|slice: 1, 3|slice: x
    times: x|plus: 1|minus: y|divided_by: x|modulo: 0|round: 3|ceil|abs|at_most: x|size|first|last
    map: 'text'|where: 'n', 1|sort|sort: 'n'|sort_natural|uniq|uniq: 'n'|compact|concat: x|reverse
    sum|sum: 'n'|default: x|default: 1, allow_false: true|date: '%d'|date: x|has: 'n'|find: 'n', 2
    find_index: 'n', x|reject: 'n'|remove: 'a'|remove_last: x|replace_last: 'a', 'b'|nope|append
    squish|strip|capitalize|strip_newlines|floor: 1|where: x""".replace("\n", "|").split("|")
)
expressions = st.builds(
    lambda value, used: " | ".join([value, *used]), values, st.lists(filters, max_size=4)
)
tests = st.builds(
    lambda a, op, b: f"{a} {op} {b}",
    values,
    st.sampled_from(["==", "!=", "<", ">", ">=", "contains", "and", "or", "=", "in"]),
    values,
)
pieces = (
    st.builds("{{{{ {} }}}}".format, expressions)
    | st.builds("{{% assign x = {} %}}".format, expressions)
    | st.builds("{{% assign y = {} %}}".format, expressions)
    | st.sampled_from(["text ", "{% break %}", "{{", "}}", "{% else %}", "{%- raw -%}", "{% "])
)
templates = st.recursive(
    pieces,
    lambda inner: (
        st.builds("{}{}".format, inner, inner)
        | st.builds("{{% if {} %}}{}{{% endif %}}".format, tests, inner)
        | st.builds("{{% for i in {} %}}{}{{% endfor %}}".format, values, inner)
        | st.builds("{{% capture x %}}{}{{% endcapture %}}".format, inner)
        | st.builds(
            "{{% case {} %}}{{% when {}, 1 %}}{}{{% endcase %}}".format, values, values, inner
        )
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=500)
@given(templates)
def test_any_template_is_filled_in_or_refused(text):
    found = attempt(text)

    if isinstance(found, str):
        assert len(found) <= 200_000
    else:
        assert found.message


@settings(max_examples=200)
@given(st.text(st.sampled_from("{}%|.:[]'\"()-ab1 \nif=,<"), max_size=60))
def test_any_text_is_filled_in_or_refused(text):
    attempt(text)
    try:
        references(text)
    except TemplateError as error:
        assert error.message
