from concurrent.futures import ThreadPoolExecutor

import pytest

from workflows.graph.bindings import (
    MissingVariable,
    TemplateError,
    lookup,
    parse_path,
    references,
    render,
)

SCOPE = {
    "brief": {
        "topic": "Apple & pear",
        "keywords": ["red", "sweet"],
        "items": [{"name": "one"}, {"name": "two"}],
        "count": 3,
        "none": None,
        "limit": 9,
        "size": "large",
    },
    "nodes": {"copy": {"text": "Hi", "variants": [{"text": "Hi", "fields": {"cta": "Buy"}}]}},
    "today": "2026-03-09",
}


def read_by(text):
    return {str(path) for path in references(text)}


def refusal(text, scope=SCOPE):
    with pytest.raises(TemplateError) as caught:
        render(text, scope)
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("", ""),
        ("{ one brace } and 100% {0.__class__}", "{ one brace } and 100% {0.__class__}"),
        ("{{ brief.topic }}", "Apple & pear"),
        ("{{ brief.keywords }}", "red, sweet"),
        ("{{ brief.keywords | join: '/' | upcase }}", "RED/SWEET"),
        ("{{ brief.items | map: 'name' | join }}", "one two"),
        ("{{ nodes.copy.variants[0].text }}", "Hi"),
        ("{{ nodes.copy.variants.0.fields.cta }}", "Buy"),
        ("{{ nodes.copy.variants }}", '[{"text": "Hi", "fields": {"cta": "Buy"}}]'),
        ("{{ nodes.copy.variants.size }}", "1"),
        ("{{ brief.size }}", "large"),
        ("{{ brief.none }}|{{ true }}|{{ 2.5 }}", "|true|2.5"),
        ("{{ true | append: '!' }}", "true!"),
        ("{{ brief.count | times: 2 | plus: 1 }}", "7"),
        ("{{ today | date: '%d %B %Y' }}", "09 March 2026"),
        ("{{ 'today' | date: '%Y' }}", "2026"),
        ("{{ 'soon' | date: '%Y' }}", "soon"),
        ("{{ feedback | default: 'none yet' }}", "none yet"),
        ("{% if feedback %}again{% else %}first{% endif %}", "first"),
        ("{% if nodes.gone.text %}a{% else %}b{% endif %}", "b"),
        ("{% for i in brief.items %}{{ forloop.index }}{{ i.name }} {% endfor %}", "1one 2two "),
        ("{% case brief.count %}{% when 3 %}three{% else %}other{% endcase %}", "three"),
        ("{% assign a = brief.topic | downcase %}{{ a }}", "apple & pear"),
        ("{% capture a %}<{{ brief.count }}>{% endcapture %}{{ a }}{{ a }}", "<3><3>"),
        ("{% raw %}{{ not read }}{% endraw %}", "{{ not read }}"),
        ("{% comment %}gone{% endcomment %}{% # gone too %}stays", "stays"),
        ("{{ brief['limit'] }}", "9"),
        ("{{ 'a-b' | replace: '-', '+' }}", "a+b"),
        ("{{ 'a,b,a' | split: ',' | uniq | join: ',' }}", "a,b"),
        ("{{ (1..4) | join: '' }}", "1234"),
    ],
)
def test_a_template_is_filled_in(text, expected):
    assert render(text, SCOPE) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{{ brief.nope }}", "brief.nope"),
        ("{{ nodes.copy.nope.deeper }}", "nodes.copy.nope.deeper"),
        ("{{ nodes.copy.variants[9].text }}", "nodes.copy.variants.9.text"),
        ("{{ nope | upcase }}", "nope"),
        ("{{ 'a' | append: nope }}", "nope"),
        ("{% for i in brief.items %}{{ i.nope }}{% endfor %}", "i.nope"),
        ("{{ now }}", "now"),
    ],
)
def test_a_variable_without_a_value_is_named(text, name):
    error = refusal(text)

    assert isinstance(error, MissingVariable)
    assert error.path == name
    assert error.message == f"“{name}” has no value here."


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("one\n{{ brief.topic", "template_syntax", "on line 2: {{ is not closed with }}"),
        ("\n\n{% if x %}", "template_syntax", "line 3"),
        ("a\n{{ brief.topic | }}\nb\n", "template_syntax", "line 2"),
        ("a\n{{ x }}\n{{ 7*7 }}\n", "template_syntax", "on line 3: unexpected '*'"),
        ("{{ brief.limit }}", "template_syntax", 'written brief["limit"]'),
        ("{% debug %}", "template_syntax", "unexpected tag 'debug'"),
        ("{% include 'x' %}", "template_syntax", "unexpected tag 'include'"),
        ("{% render 'x' %}", "template_syntax", "unexpected tag 'render'"),
        ("{% break %}", "template_syntax", "outside of a loop"),
        ("{% raw %} {{", "template_syntax", "{% endraw %}"),
        ("\n{{ a | shell }}", "unknown_filter", "On line 2, there is no filter “shell”"),
        ("{{ a | append: context: 'x' }}", "template_syntax", "takes no named values"),
        ("\n{{ nodes[brief.topic] }}", "dynamic_path", "line 2"),
        ("{{ brief.items[nodes.copy.n].name }}", "dynamic_path", "name it outright"),
        ("{{ 1 | divided_by: 0 }}", "bad_value", "line 1"),
        ("{{ 'a' | date: '%99999999d' }}", "bad_filter_input", "format"),
        ("{{ brief.items | concat: 3 }}", "bad_filter_input", "list"),
        ("{% for i in (1..2) %}{{ forloop }}{% endfor %}", "bad_value", "no text"),
    ],
)
def test_what_cannot_be_read_is_told_in_plain_words(text, code, words):
    error = refusal(text)

    assert error.code == code
    assert words in error.message


def test_output_is_limited_to_the_characters_asked_for():
    assert render("{{ brief.topic }}", SCOPE, max_chars=12) == "Apple & pear"
    with pytest.raises(TemplateError) as caught:
        render("{{ brief.topic }}", SCOPE, max_chars=11)
    assert caught.value.code == "output_too_large"
    with pytest.raises(TemplateError):
        render("twelve chars", SCOPE, max_chars=11)


def test_the_text_of_a_large_file_can_be_cut_to_size():
    file = {"brief": {"file": "some words " * 180_000}}

    assert render("{{ brief.file | truncate: 13 }}", file) == "some words..."
    assert render("{{ brief.file | truncatewords: 3 }}", file) == "some words some..."
    assert render("{{ brief.file | slice: 0, 4 }}", file) == "some"
    assert refusal("{{ brief.file }}", file).code == "output_too_large"


class Trap:
    secret = "leaked"

    def __getitem__(self, key):
        raise AssertionError("called")

    def __str__(self):
        return self.secret


@pytest.mark.parametrize(
    "text", ["{{ trap }}", "{{ trap.secret }}", "{{ trap['secret'] }}", "{{ trap | append: '' }}"]
)
def test_objects_in_a_scope_are_neither_written_nor_looked_into(text):
    assert refusal(text, {"trap": Trap()}).code in {"bad_value", "undefined_variable"}


@pytest.mark.parametrize(
    "path",
    [
        "brief.__class__",
        "brief.keys",
        "brief.topic.upper",
        "brief.topic.__len__",
        "brief.keywords.append",
        "nodes.copy.variants.pop",
        "__import__",
        "self",
    ],
)
def test_attributes_and_methods_of_values_are_out_of_reach(path):
    assert refusal(f"{{{{ {path} }}}}").code == "undefined_variable"
    with pytest.raises(MissingVariable):
        lookup(path, SCOPE)


def test_references_are_the_variables_that_the_scope_must_give():
    text = """
        {% assign short = brief.topic | truncate: most %}
        {% capture intro %}{{ short }} {{ nodes.copy.text }}{% endcapture %}
        {% for v in nodes.copy.variants %}{{ v.text }} {{ forloop.index }}{% endfor %}
        {% if feedback %}{{ intro }}{% elsif brief.tone == workspace.name %}{% endif %}
        {% case today %}{% when brief.day %}{% endcase %}
        {{ nodes.img.images[0].url }} {{ nodes.img.images[0].url }} {{ v }}
        {% raw %}{{ raw.text }}{% endraw %}{% comment %}{{ comment.text }}{% endcomment %}
    """

    assert read_by(text) == {
        "brief.topic",
        "most",
        "nodes.copy.text",
        "nodes.copy.variants",
        "feedback",
        "brief.tone",
        "workspace.name",
        "today",
        "brief.day",
        "nodes.img.images[0].url",
        "v",
    }
    assert len(references(text)) == 11


def test_a_name_is_read_from_the_scope_until_the_template_makes_it():
    assert read_by("{% assign x = x | append: 'a' %}{{ x }}") == {"x"}
    assert read_by("{{ 'no variables' }} at all") == set()


def test_references_refuse_what_rendering_would():
    for text in ("{{ a[b] }}", "{{ a", "{{ a | nope }}", "x" * 50_001):
        with pytest.raises(TemplateError):
            references(text)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("brief.topic", "Apple & pear"),
        (" nodes.copy.variants ", [{"text": "Hi", "fields": {"cta": "Buy"}}]),
        ("brief.items[0].name", "one"),
        ("brief.items.1.name", "two"),
        ("brief.items[-1].name", "two"),
        ("brief.items.last.name", "two"),
        ("brief.items.size", 2),
        ("brief.size", "large"),
        ("brief.topic.size", 12),
        ("brief.none", None),
    ],
)
def test_a_bare_path_is_looked_up(path, value):
    assert lookup(path, SCOPE) == value
    assert lookup(parse_path(path), SCOPE) == value


@pytest.mark.parametrize(
    "path",
    ["brief.nope", "brief.items[2]", "brief.topic[0]", "brief.items.nope", "x", "today.x"],
)
def test_a_bare_path_to_nothing_names_itself(path):
    with pytest.raises(MissingVariable) as caught:
        lookup(path, SCOPE)

    assert caught.value.path == path


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ nodes.copy.text }}", "Write the variable without braces: nodes.copy.text"),
        ("", "is no variable"),
        ("1st", "is no variable"),
        ("nodes..copy", "from “..copy”"),
        ("nodes.copy text", "from “ text”"),
        ("nodes[brief.x]", "from “[brief.x]”"),
        ("a.0b", "from “.0b”"),
        ("a" * 301, "is no variable"),
    ],
)
def test_text_that_is_no_path_is_refused(text, words):
    with pytest.raises(TemplateError) as caught:
        parse_path(text)

    assert caught.value.code == "bad_path"
    assert words in caught.value.message


def test_threads_share_a_template_without_sharing_what_it_holds():
    text = (
        "{% assign a = n %}{% for i in (1..200) %}{% assign a = a | plus: i %}{% endfor %}{{ a }}"
    )

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: render(text, {"n": n}), range(100)))

    assert found == [str(n + 20_100) for n in range(100)]
