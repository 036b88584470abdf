"""A page read strictly: every element closed in its turn, nothing that runs or loads, and the text that it shows."""

from html.parser import HTMLParser

VOID = {"meta", "br", "hr"}
PROSE = {"p", "em", "strong", "ul", "ol", "li", "pre", "code", "blockquote", "h4", "h5", "h6", "hr", "br", "a", "table",
         "thead", "tbody", "tr", "th", "td"}  # fmt: skip
"""What Markdown may become."""

SHAPES = {
    "svg",
    "rect",
    "title",
    "desc",
    "g",
    "path",
    "line",
    "polyline",
    "polygon",
    "circle",
    "ellipse",
    "text",
    "tspan",
}
MATHEMATICS = {"math", "mrow", "mi", "mo", "mn", "mtext", "mfrac", "msub", "msup", "munderover", "msqrt", "mtable", "mtr",
               "mtd"}  # fmt: skip
ELEMENTS = PROSE | SHAPES | MATHEMATICS | {
    "html", "head", "meta", "title", "style", "body", "main", "header", "nav", "section", "h1", "h2", "h3", "div", "span",
    "b", "caption", "figure", "figcaption", "mark", "details", "summary", "small",
}  # fmt: skip
"""The elements that pages are made of; none of them runs or loads anything."""

TEXTLESS = {
    "",
    "html",
    "head",
    "body",
    "main",
    "nav",
    "header",
    "section",
    "ul",
    "ol",
    "table",
    "thead",
    "tbody",
    "tr",
    "svg",
}


class Page(HTMLParser):
    """What is in a page: its `tags`, its `text` without the style sheet, and the values of its attributes."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.text, self.declared, self.values = [""], [], "", [], []
        self.feed(text)
        self.close()
        assert self.open == [""]

    def handle_starttag(self, tag, attributes):
        assert tag in ELEMENTS, (self.open, tag)
        for name, value in attributes:
            assert name not in ("style", "src", "srcset", "action", "xlink:href"), (tag, name)
            assert not name.startswith("on"), (tag, name)
            assert name != "href" or value.startswith(("#", "https://", "http://")), value
            self.values.append(value or "")
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (self.open, tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_decl(self, declaration):
        self.declared.append(declaration)

    def handle_data(self, data):
        assert not data.strip() or self.open[-1] not in TEXTLESS, (self.open, data)
        if self.open[-1] != "style":
            self.text += data

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_pi = unknown_decl = handle_comment
