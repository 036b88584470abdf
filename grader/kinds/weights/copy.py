"""What of a weights question travels in a student's copy: its network and behaviour, and what its prompt promises."""

from __future__ import annotations

from grader.kinds.copies import COMMON_KEYS, PlainDocument, kept

COPIED_WEIGHTS_KEYS = (
    "network",
    "from",
    "transpose",
    "gates",
    "behaviour",
    "accept",
    "assume",
    "length",
    "judge",
    "credit",
    "unproved",
    "arithmetic",
    "budget",
)
COPIED_WEIGHTS_LINE_KEYS = ("name", "points", "when")


def copied_weights(root: PlainDocument, prompt: str) -> PlainDocument:
    """The part of a question's mapping that travels; `prompt` is what students read before it."""
    checks = [kept(line, COPIED_WEIGHTS_LINE_KEYS) for line in root["checks"]]
    promised = _promised(root.get("examples", {}), f"{prompt} {root.get('prompt', '')}")
    copied = {**kept(root, COMMON_KEYS), **kept(root, COPIED_WEIGHTS_KEYS), **promised}
    if "network" in copied:
        copied["network"] = _without_advice(copied["network"])
    return {**copied, **_earning(root.get("readings", [])), "checks": checks}


def _without_advice(network: PlainDocument) -> PlainDocument:
    """The network without what is only said of a wrong answer."""
    parameters = dict(network["parameters"])
    for name, parameter in parameters.items():
        if isinstance(parameter, dict) and isinstance(otherwise := parameter.get("otherwise"), dict):
            parameters[name] = {**parameter, "otherwise": kept(otherwise, ("earns",))}
    return {**network, "parameters": parameters}


def _earning(readings: list[PlainDocument]) -> PlainDocument:
    """The readings that earn something: without them, a copy would give other marks than the course."""
    found = [reading for reading in readings if reading.get("earns", "0%") != "0%"]
    return {"readings": found} if found else {}


def _promised(examples: PlainDocument, prompt: str) -> PlainDocument:
    """The examples that the prompt has: the input and the output, in any spacing."""
    said = "".join(prompt.split())
    found = {g: out for g, out in examples.items() if _squeezed(g) and _squeezed(g) in said and _squeezed(out) in said}
    return {"examples": found} if found else {}


def _squeezed(text: str) -> str:
    return "".join(text.split())
