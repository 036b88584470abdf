"""Accents, type faces and invisible braces: what stands around a name is made part of it, before anything is read.

An accent belongs to the name: `\\hat y_t`, `\\hat{y_t}`, `\\widehat{\\mathbf y}_t`, `ŷ_t`, `y_hat_t` are all the
declared name `yhat` (or `y_hat`) at step t, and never `y`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from grader.language.parse import ExpressionError
from grader.notation.characters import ACCENTS, GREEK
from grader.notation.tokens import MAX_NESTED_GROUPS, Token

WORD_ACCENTS = {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde"}
"""Accents whose backslash was forgotten: `hat(y)`."""

_SPELLED_OUT = {word: letter for letter, word in GREEK.items()}


def settled(tokens: list[Token], known: Callable[[str], bool], *, latex: bool) -> list[Token]:
    """The tokens with every accent in its name, type faces left out and braces around one accented name opened.

    A name with an accent that no `known` name carries keeps it in `accent`. With `latex`, `~` may be a space.

    Raises:
        ExpressionError: for an accent over more than a name with its step.
    """
    return _Settler(known, latex).run(tokens)


def carried(base: str, accent: str, known: Callable[[str], bool]) -> str | None:
    """The known name that is `base` with an accent: `y_hat`, `yhat`, `hat_y`."""
    forms = (form for name in _variants(base) for form in _forms(name, accent))
    return next(filter(known, forms), None)


def accented(word: str, known: Callable[[str], bool]) -> str | None:
    """The known name that a word with its accent spelled out is another form of: `yhat` of `y_hat`."""
    for accent in dict.fromkeys(ACCENTS.values()):
        base = word.removesuffix(accent).rstrip("_")
        if word.endswith(accent) and base and (found := carried(base, accent, known)):
            return found
    return None


def _forms(base: str, accent: str) -> tuple[str, ...]:
    return f"{base}_{accent}", f"{base}{accent}", f"{accent}_{base}", f"{accent}{base}"


def _variants(base: str) -> list[str]:
    """`theta` and `θ`."""
    other = GREEK.get(base) or _SPELLED_OUT.get(base)
    return [base, other] if other else [base]


class _Settler:
    def __init__(self, known: Callable[[str], bool], latex: bool) -> None:
        self.known, self.latex, self.depth = known, latex, 0

    def run(self, tokens: list[Token]) -> list[Token]:
        """The tokens, settled.

        Raises:
            ExpressionError: for braces in braces beyond the limit.
        """
        self.depth += 1
        if self.depth > MAX_NESTED_GROUPS:
            raise ExpressionError(
                f"the formula is nested more than {MAX_NESTED_GROUPS} deep", tokens[0].at if tokens else 0
            )
        out: list[Token] = []
        i = 0
        while i < len(tokens):
            token = tokens[i]
            if self.is_accent(tokens, i):
                i = self.accented(tokens, i, out)
            elif token.kind == "font":
                i = self.unfaced(tokens, i, out)
            elif token.kind == "open" and token.text == "{":
                i = self.braced(tokens, i, out)
            elif token.is_op("~"):
                i = self.tilde(tokens, i, out)
            else:
                out.append(token)
                i += 1
        self.depth -= 1
        return out

    def is_accent(self, tokens: list[Token], i: int) -> bool:
        token = tokens[i]
        if token.kind == "accent":
            return True
        word = token.kind == "name" and token.text in WORD_ACCENTS and not self.known(token.text)
        after = tokens[min(i + 1, len(tokens) - 1)]
        return word and not token.command and after.kind == "open" and after.text in "({" and not after.spaced

    def argument(self, tokens: list[Token], i: int) -> tuple[list[Token], int]:
        """What an accent or a type face reaches over, settled, and where the tokens go on."""
        if i >= len(tokens):
            return [], i
        token = tokens[i]
        if token.kind == "open" and token.text in "({":
            end = closing(tokens, i)
            return self.run(tokens[i + 1 : end]), end + 1
        if self.is_accent(tokens, i) or token.kind == "font":
            out: list[Token] = []
            end = self.accented(tokens, i, out) if token.kind != "font" else self.unfaced(tokens, i, out)
            return out, end
        return [token], i + 1

    def accented(self, tokens: list[Token], i: int, out: list[Token]) -> int:
        """`\\hat{y_t}` as the name `yhat` and its subscript."""
        sign = tokens[i]
        accent = WORD_ACCENTS[sign.text] if sign.kind == "name" else sign.text
        inner, end = self.argument(tokens, i + 1)
        if not inner or inner[0].kind != "name":
            raise ExpressionError(f"a {accent} stands over a name, as in \\hat{{y}}_t", sign.at)
        name, scripts = inner[0], inner[1:]
        if end == i + 2 and self.latex and not name.accent and not self.is_one_name(name.text, accent):
            first, rest = name.text[0], name.text[1:]  # LaTeX sets an accent over one letter
            scripts = [replace(name, text=rest, at=name.at + 1, spaced=False, line="", joined=True)] if rest else []
            name = replace(name, text=first, end=name.at + 1)
            out.append(self.named(name, accent, sign, ())[0])
            out += scripts
            return end
        self.check_scripts(scripts, accent, sign)
        after = scripts or tokens[end : end + 4]
        found, taken = self.named(name, accent, sign, _subscript(after))
        out.append(found)
        out += scripts[taken:]
        out[-1] = replace(out[-1], end=tokens[end - 1].end)
        return end if scripts else end + taken

    def is_one_name(self, word: str, accent: str) -> bool:
        """Whether a word is one name: a letter, a Greek letter, or what carries the accent or stands without it."""
        return len(word) == 1 or word in _SPELLED_OUT or carried(word, accent, self.known) is not None

    def check_scripts(self, scripts: list[Token], accent: str, sign: Token) -> None:
        """An accent reaches over one name with its steps, and nothing else."""
        i = 0
        while i < len(scripts):
            token = scripts[i]
            step = token.is_op("_") or (token.is_op("**") and _opens_a_step(scripts[i + 1 : i + 3]))
            if step:
                i += 1
            elif not (token.kind == "open" and token.text in "[("):
                raise ExpressionError(
                    f"a {accent} stands over one name with its step: write it over the name alone", sign.at
                )
            inner = scripts[min(i, len(scripts) - 1)]
            i = (closing(scripts, i) if inner.kind == "open" else i) + 1

    def named(self, name: Token, accent: str, sign: Token, subscript: tuple[str, int] | tuple[()]) -> tuple[Token, int]:
        """The name with its accent, and how many tokens of a subscript are part of it."""
        base, accents = name.text, accent
        if name.accent:
            base, accents = name.text.removesuffix(name.accent), f"{name.accent}{accent}"
        made = replace(name, at=sign.at, spaced=sign.spaced, line=sign.line, joined=sign.joined, command=True)
        if subscript:
            text, length = subscript
            joined = (joined for joined in (f"{base}_{text}", f"{base}{text}"))
            found = next(filter(None, (carried(one, accents, self.known) for one in joined)), None)
            forms = (form for name in _variants(base) for form in _forms(name, accents))
            longer = (f"{form}{gap}{text}" for form in forms for gap in ("_", ""))
            found = found or next(filter(self.known, longer), None)
            if found:
                return replace(made, text=found, accent=""), length
        found = carried(base, accents, self.known)
        if found or accents == "vec":
            return replace(made, text=found or base, accent=""), 0
        return replace(made, text=f"{base}{accents}", accent=accents), 0

    def unfaced(self, tokens: list[Token], i: int, out: list[Token]) -> int:
        """`\\mathbf{\\hat y}` as its name, `\\boxed{...}` as what is in it."""
        sign, after = tokens[i], tokens[min(i + 1, len(tokens) - 1)]
        if not (after.kind == "open" and after.text == "{"):
            return i + 1
        end = closing(tokens, i + 1)
        inner = self.run(tokens[i + 2 : end])
        whole = sign.text == "boxed" and (not out or out[-1].is_op("=") or sign.line)
        follows = tokens[min(end + 1, len(tokens) - 1)]
        if not inner or self.is_one_factor(inner) or (whole and (follows.kind == "end" or follows.line)):
            out += [replace(inner[0], spaced=sign.spaced, line=sign.line), *inner[1:]] if inner else []
        else:
            brackets = ("(", ")") if sign.text == "boxed" else ("{", "}")
            out += [replace(after, text=brackets[0], line=sign.line), *inner, replace(tokens[end], text=brackets[1])]
        return end + 1

    def is_one_factor(self, tokens: list[Token]) -> bool:
        """Whether tokens are one name with its scripts, and no product of letters."""
        word = tokens[0].text
        one = len(word) == 1 or tokens[0].command or self.known(word) or len(tokens) == 1
        return one and _is_one_name(tokens)

    def braced(self, tokens: list[Token], i: int, out: list[Token]) -> int:
        """`{\\bf h}_t`, `{h}_t`: braces around one name that has its script outside."""
        end = closing(tokens, i)
        inner = self.run(tokens[i + 1 : end])
        before = out[-1] if out else None
        argument = before is not None and (before.is_op("_", "**") or _takes_argument(before) or _is_numerator(out))
        after = tokens[end + 1 :]
        scripted = bool(after) and (after[0].is_op("_", "'") or (after[0].is_op("**") and _opens_a_step(after[1:])))
        switched = i + 1 < end and tokens[i + 1].text == "switch"
        if not argument and len(inner) == 1 and inner[0].kind == "name" and (scripted or switched):
            out.append(replace(inner[0], spaced=tokens[i].spaced, line=tokens[i].line))
        else:
            out += [tokens[i], *inner, *tokens[end : end + 1]]
        return end + 1

    def tilde(self, tokens: list[Token], i: int, out: list[Token]) -> int:
        """`h~_t` as `htilde`; in LaTeX, `~` between two values is a space."""
        sign, before = tokens[i], out[-1] if out else None
        after = tokens[i + 1] if i + 1 < len(tokens) else Token("end", "", sign.end, sign.end)
        attached = before is not None and before.kind == "name" and not before.accent and before.end == sign.at
        starts = after.kind in ("name", "number", "accent", "font") or (after.kind == "open" and after.text in "({")
        if before is not None and attached:
            found = carried(before.text, "tilde", self.known)
            scripted = after.is_op("_", "**") or (after.kind == "open" and after.text == "[")
            if found and starts and not after.spaced and after.kind != "open":
                ways = f"{found} times what follows, or {before.text} times what follows"
                raise ExpressionError(
                    f"~ after {before.text} could be an accent or a space ({ways}): write the *", sign.at
                )
            if found or (scripted and not after.spaced) or not self.latex:
                text = found or f"{before.text}tilde"
                out[-1] = replace(before, text=text, end=sign.end, accent="" if found else "tilde")
                return i + 1
        if not self.latex:
            raise ExpressionError("~ has no meaning here: a tilde stands right after its name, as in h~_t", sign.at)
        return i + 1


def closing(tokens: Sequence[Token], i: int) -> int:
    """Where the bracket that opens at `i` is closed.

    Raises:
        ExpressionError: if it never is.
    """
    depth = 0
    for j in range(i, len(tokens)):
        depth += (tokens[j].kind == "open") - (tokens[j].kind == "close")
        if depth == 0:
            return j
    opened = tokens[i].text
    raise ExpressionError(f"{opened!r} is never closed: add { ({'(': ')', '[': ']'}.get(opened, '}'))!r}", tokens[i].at)


def outside_brackets(tokens: Iterable[Token]) -> Iterator[Token]:
    """The tokens that stand in no bracket."""
    depth = 0
    for token in tokens:
        depth -= token.kind == "close"
        if depth == 0:
            yield token
        depth += token.kind == "open"


def _takes_argument(token: Token) -> bool:
    """Whether what follows a token in braces is its argument: `\\frac`, `\\sqrt`."""
    return token.command and token.kind == "name" and token.text.endswith(("frac", "sqrt"))


def _is_numerator(tokens: list[Token]) -> bool:
    """Whether tokens end with the first of the two groups of a fraction, so that a second one follows."""
    i, depth = len(tokens) - 1, 0
    while i >= 0:
        depth += (tokens[i].kind == "close") - (tokens[i].kind == "open")
        if depth == 0:
            break
        i -= 1
    return i > 0 and tokens[-1].text == "}" and tokens[i - 1].command and tokens[i - 1].text.endswith("frac")


def _opens_a_step(tokens: list[Token]) -> bool:
    """Whether a superscript is a step: `(t)`, `{(t)}`, `{\\langle t \\rangle}`."""
    texts = [token.text for token in tokens]
    return bool(texts) and (
        texts[0] == "(" or (texts[0] == "{" and len(texts) > 1 and texts[1] in ("(", "⟨", "<", "["))
    )


def _subscript(tokens: list[Token]) -> tuple[str, int] | tuple[()]:
    """The one name or number of a subscript, and how many tokens it takes."""
    if len(tokens) > 1 and tokens[0].is_op("_"):
        if tokens[1].kind in ("name", "number"):
            return tokens[1].text, 2
        if len(tokens) > 3 and tokens[1].text == "{" and tokens[3].text == "}" and tokens[2].kind in ("name", "number"):
            return tokens[2].text, 4
    return ()


def _is_one_name(tokens: list[Token]) -> bool:
    """Whether tokens are one name, with scripts or without: nothing that braces would keep together."""
    if tokens[0].kind != "name":
        return False
    i = 1
    while i < len(tokens):
        if tokens[i].is_op("_", "**") and i + 1 < len(tokens):
            i += 1
        elif not (tokens[i].is_op("'") or (tokens[i].kind == "open" and tokens[i].text == "[")):
            return False
        i = (closing(tokens, i) if tokens[i].kind == "open" else i) + 1
    return True


def names_with_accents(base: str, names: tuple[str, ...]) -> Iterator[str]:
    """The names that are `base` with some accent."""
    accents = dict.fromkeys(WORD_ACCENTS.values())
    forms = {form for name in _variants(base) for accent in accents for form in _forms(name, accent)}
    yield from (name for name in names if name in forms)
