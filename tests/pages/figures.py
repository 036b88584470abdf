"""Figures read as XML: only elements that draw or say something, and their texts and shapes by class."""

from xml.etree import ElementTree

ALLOWED = {
    "figure", "figcaption", "div", "p", "span", "code", "details", "summary",
    "table", "caption", "thead", "tbody", "tr", "th", "td",
    "svg", "title", "desc", "g", "path", "rect", "circle", "polyline", "polygon", "line", "text",
}  # fmt: skip
ATTRIBUTES = {
    "class", "role", "aria-label", "aria-hidden", "tabindex", "scope",
    "viewBox", "width", "height", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "d", "points", "transform",
    "stroke-width",
}  # fmt: skip

HOSTILE = [
    "<script>alert(1)</script>",
    "]]></svg><img src=x onerror=alert(1)>",
    '" onload="alert(1)',
    "<!--",
    "&amp;\\N\\G%n",
    "\0\x1b[31m\u202eright to left\u2066",
    "\ud800 a lone surrogate",
    "x" * 10_000,
    "漢字" * 3_000,
    "",
    "\n\n",
]


def read(figure):
    """The figure as a tree, once it is made of nothing else than what is allowed."""
    root = ElementTree.fromstring(figure)
    for element in root.iter():
        assert element.tag in ALLOWED, element.tag
        assert set(element.attrib) <= ATTRIBUTES, element.attrib
    for image in root.iter("svg"):
        assert image.get("role") == "img"
        assert image.get("aria-label")
        assert image.find("title").text
        assert image.find("desc").text
        width, height = (float(number) for number in image.get("viewBox").split()[2:])
        assert 0 < width < 20_000
        assert 0 < height < 20_000
    return root


def having(root, tag, *classes):
    """The elements of a name that have all of these classes."""
    return [element for element in root.iter(tag) if set(classes) <= set(element.get("class", "").split())]


def texts(root, *classes):
    """The texts in a picture that have all of these classes."""
    return [element.text or "" for element in having(root, "text", *classes)]


def rows(root):
    """The cells of every table, row by row, without its head."""
    return [["".join(cell.itertext()) for cell in row] for body in root.iter("tbody") for row in body]
