import pytest
from support import builders

from campaigns.sandbox import TemplateError
from campaigns.templating import MAX_TEXT, compile_template, values_for


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def render(source: str, **values: object) -> str:
    return compile_template(source).render(values)


def test_values_are_filled_in_as_people_read_them() -> None:
    text = "{{ a }} {{ n }} {{ yes }} {{ no }} {{ list }} {{ so_tiền | money }}"
    filled = render(text, a="á", n=5, yes=True, no=False, list=["x", 2], so_tiền=1500000)
    assert filled == "á 5 có không x, 2 1.500.000 đồng"


def test_a_value_is_data_even_when_it_looks_like_a_template() -> None:
    attack = "{{ 7*7 }}{% for x in y %}<b>'\"\\$#"
    assert render("{{ a }}|{{ a | upper | lower }}", a=attack).startswith(attack + "|")


def test_conditions_and_loops_over_own_values_work() -> None:
    text = "{% if a > 1 and not b %}nhiều{% elif b %}ít{% else %}không{% endif %}"
    text += "{% for x in xs %}\n{{ loop.index }}. {{ x }}{% endfor %}{{ ' hết' if a else '' }}"
    assert render(text, a=2, b=False, xs=["m", "h"]) == "nhiều\n1. m\n2. h hết"


def test_empty_lines_left_by_conditions_are_tidied() -> None:
    assert render("\na  \n{% if x %}\n\n\nb{% endif %}\n\n", x=1) == "a\n\nb"


def test_the_names_of_a_text_tell_which_hamlets_share_words() -> None:
    template = compile_template("{{ gio }} {{ hamlet.name }}{% for x in xs %}{{ x }}{% endfor %}")
    assert template.names == {"gio", "hamlet", "xs"}
    assert compile_template("không có biến { { % }").names == frozenset()


def test_every_missing_variable_is_told_once_with_its_place() -> None:
    template = compile_template("một\nhai {{ a }} {{ hamlet.name }} {{ a }}\n  {{ b|upper }}")
    found = [(r.name, r.line, r.column) for r in template.missing({"hamlet": {}})]
    assert found == [("a", 2, 8), ("hamlet.name", 2, 16), ("b", 3, 6)]


def test_the_hamlets_value_stands_before_the_general_one() -> None:
    hamlet = builders.hamlet(2)
    commune = builders.registry().commune
    values = values_for({"gio": "7", "x": 1}, {"ap-2": {"gio": "8"}}, hamlet, commune)
    text = "{{ gio }} {{ x }} {{ hamlet.name }} {{ hamlet.households }} {{ commune.phone }}"
    assert compile_template(text).render(values) == "8 1 Ấp 2 200 0272.3000.000"


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__ }}",
        "{{ a.__class__.__mro__ }}",
        "{{ hamlet.__init__ }}",
        "{{ hamlet.keys }}",
        "{{ hamlet.head }}",
        "{{ hamlet['name'] }}",
        "{{ a[0] }}",
        "{{ a() }}",
        "{{ hamlet.name() }}",
        "{{ range(10**9) }}",
        "{% for i in range(10) %}{% endfor %}",
        "{% for i in 'abc' %}{% endfor %}",
        "{% for i in a | join %}{% endfor %}",
        "{% for x in a %}{% for y in a %}{% endfor %}{% endfor %}",
        "{% for x in a recursive %}{% endfor %}",
        "{% for x, y in a %}{% endfor %}",
        "{% for hamlet in a %}{{ hamlet.name }}{% endfor %}",
        "{% for _x in a %}{% endfor %}",
        "{{ 'a' * 1000000000 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ 1 + 1 }}",
        "{{ a ~ a }}",
        "{{ a is defined }}",
        "{{ a | attr('x') }}",
        "{{ a | replace('a', 'b') }}",
        "{{ a | map('upper') }}",
        "{{ a | center(1000000000) }}",
        "{{ '%1000000000d' | format(1) }}",
        "{% include '/etc/passwd' %}",
        "{% import 'x' as y %}",
        "{% from 'x' import y %}",
        "{% extends 'x' %}",
        "{% block x %}{% endblock %}",
        "{% macro x() %}{% endmacro %}",
        "{% call a() %}{% endcall %}",
        "{% filter upper %}x{% endfilter %}",
        "{% set x = 1 %}",
        "{% with x = 1 %}{% endwith %}",
        "{% autoescape true %}{% endautoescape %}",
        "{% do a %}",
        "{% debug %}",
        "{{ self }}",
        "{{ super() }}",
        "{{ _a }}",
        "{{ [1, 2] }}",
        "{{ {'a': 1} }}",
        "{{ -1 }}",
        "{{ a",
        "{% if a %}",
        "{% endif %}",
        "{{ }}",
        "{{ " + "(" * 9_000 + ")" * 9_000 + " }}",
        "{{ " + "not " * 4_000 + "a }}",
        "{% if a %}" * 900 + "{% endif %}" * 900,
        "x" * (MAX_TEXT + 1),
        "ậ" * 50_000,
    ],
)
def test_what_is_not_allowed_is_refused_before_it_runs(attack: str) -> None:
    with pytest.raises(TemplateError) as error:
        compile_template("dòng một\n" + attack)
    assert error.value.line in {1, 2}
    assert "Traceback" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a\nb {{ ok }} {{ ''.__class__ }}", (2, 18)),
        ("a\n\n  {% for x in range(9) %}{% endfor %}", (3, 3)),
        ("{{ a }} {{ b | xyz }}", (1, 16)),
        ("a\nb {{ c", (2, 3)),
    ],
)
def test_a_fault_has_its_line_and_column(text: str, place: tuple[int, int]) -> None:
    with pytest.raises(TemplateError) as error:
        compile_template(text)
    assert (error.value.line, error.value.column) == place


def test_a_filter_that_does_not_fit_its_value_is_a_fault_not_a_crash() -> None:
    for text in ("{{ a | money }}", "{{ a | join }}", "{% for x in n %}{% endfor %}"):
        with pytest.raises(TemplateError):
            render(text, a="năm trăm", n=5)
    for text in ("{{ n | length }}", "{% if n > a %}x{% endif %}", "{{ xs | join(sep) }}"):
        with pytest.raises(TemplateError):
            render(text, a="x", n=5, xs=["a"], sep="x" * 21)


def test_a_text_that_grows_beyond_the_limit_is_stopped() -> None:
    with pytest.raises(TemplateError, match="at most 20000"):
        render("{% for x in xs %}{{ a }}{% endfor %}", xs=["x"] * 100, a="y" * 2_000)


def test_joining_what_was_joined_cannot_multiply() -> None:
    joined = "xs" + " | join('01234567890123456789')" * 8
    with pytest.raises(TemplateError):
        render("{{ " + joined + " }}", xs=["a"] * 100)
