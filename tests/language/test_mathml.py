"""Tree to MathML: well formed, of elements that browsers set, every name in it as text; one look for each function."""

import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.language.functions.record import LanguageFunction
from grader.language.functions.table import FUNCTIONS, function_table
from grader.language.functions.typeset import mathml_template
from grader.language.latex import to_latex
from grader.language.mathml import to_mathml
from grader.language.parse import parse
from grader.language.tree import Name, Text, Tree
from grader.notation.cursor import Notation
from grader.notation.typeset import typeset_mathml

from .strategies import trees

CORE = {
    "math",
    "mrow",
    "mi",
    "mn",
    "mo",
    "mtext",
    "mfrac",
    "msub",
    "msup",
    "munderover",
    "msqrt",
    "mtable",
    "mtr",
    "mtd",
}
CHILDREN = {"mfrac": 2, "msub": 2, "msup": 2, "munderover": 3}
"""How many parts elements have that have a fixed number of them."""


def read(mathml):
    """The element, in which every element is known and has as many parts as it must."""
    root = ElementTree.fromstring(mathml)
    for element in root.iter():
        assert element.tag in CORE
        assert len(element) == CHILDREN.get(element.tag, len(element))
    return root


def seen(text):
    """What is to be read of a formula from left to right, without what is invisible."""
    shown = "".join(read(to_mathml(parse(text))).itertext())
    return shown.replace("\u2061", "").replace("\u2062", "").replace("\u00a0", " ")


@pytest.mark.long
@given(trees)
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_every_tree_is_well_formed(tree: Tree) -> None:
    read(to_mathml(tree))


@given(
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=20)
    | st.sampled_from(["<b>&", "]]>"])
)
@settings(max_examples=50, deadline=None, derandomize=True, database=None)
def test_names_and_texts_are_no_markup(text: str) -> None:
    assert "".join(read(to_mathml(Text(text))).itertext()) == text
    read(to_mathml(Name(text)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a - b*c", "a−b·c"),
        ("(a - b)*c", "(a−b)·c"),
        ("-x**2", "−x2"),
        ("(-x)**2", "(−x)2"),
        ("(1/2)**x", "(12)x"),
        ("(a/b)**c", "(ab)c"),
        ("W1[t]", "W1,t"),
        ("x[1][t]", "x1,t"),
        ("theta_max", "θmax"),
        ("x.T.T", "(x⊤)⊤"),
        ("a // b % c", "⌊ab⌋modc"),
        ("a <= b < c", "a≤b<c"),
        ("not a or b and c", "¬a∨b∧c"),
        ("1 if x > 0 else -1", "{1if x>0−1else"),
        ("sum(x[k]**2 for k in range(1, T + 1))", "∑k=1Txk2"),
        ("max(x[k] for k in range(3, N, 2))", "maxk=3,step 2N−1xk"),
        ("prod(x[k] for k in range(1, T)) * y", "(∏k=1T−1xk)·y"),
        ("sum(x[k] % 2 for k in range(1, T)) % 2", "(∑k=1T−1xkmod2)mod2"),
        ("sqrt(x)", "x"),
        ("abs(x) + norm(v)", "|x|+‖v‖"),
        ("sigmoid(z)", "σ(z)"),
        ("min(a, b)", "min(a,b)"),
        ("pi", "π"),
        ("[[1, 2], [3, a]]", "(123a)"),
        ("f(x, y)", "f(x,y)"),
    ],
)
def test_what_is_read(text, shown):
    assert seen(text) == shown


@pytest.mark.parametrize("operator", ["*", "%", "@"])
def test_a_factor_behind_a_big_operator_is_no_part_of_it(operator):
    inside, behind = (
        f"prod({body} for k in range(1, 3)){rest}" for body, rest in ((f"x {operator} y", ""), ("x", f" {operator} y"))
    )
    assert seen(inside) != seen(behind)
    assert to_latex(parse(inside)).replace(r"\left(", "") != to_latex(parse(behind)).replace(r"\left(", "")


def test_every_function_of_the_language_has_a_look():
    for name, record in FUNCTIONS.items():
        call = f"{name}({', '.join('xyz'[: max(1, record.min_arguments)])})" if record.max_arguments != 0 else name
        root = read(to_mathml(parse(call)))
        assert ("x" in "".join(root.itertext())) is (record.max_arguments != 0), name
        assert to_latex(parse(call))


def test_a_record_whose_look_is_not_known_is_refused():
    with pytest.raises(ValueError, match=r"the record of odd has LaTeX that is not known in MathML: \\overline\{#1\}"):
        function_table(LanguageFunction("odd", "x", FUNCTIONS["abs"].values, True, None, latex=r"\overline{#1}"))
    assert mathml_template(r"\operatorname{ss}", "softsign") == "<mi>ss</mi>"


def test_gradients_in_the_notation_of_the_field():
    notation = Notation({"h": "dL"}, {})
    read(found := typeset_mathml(parse("dL[t+1]*W + dL[t]**2"), notation))
    shown = "".join(ElementTree.fromstring(found).itertext())
    assert shown == "∂L∂ht+1·W+(∂L∂ht)2"
