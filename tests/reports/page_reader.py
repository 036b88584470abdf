"""A page read strictly: every element closed in its turn, nothing that runs or loads, and the text that it shows."""

from html.parser import HTMLParser

VOID = {"meta", "br"}
ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "main", "header", "nav", "section", "h1", "h2", "h3", "p", "div",
    "span", "b", "a", "ul", "ol", "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption",
    "pre", "code", "mark", "details", "summary", "svg", "rect", "br",
}  # fmt: skip
"""The elements that pages are made of; none of them runs or loads anything."""

ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "id", "role", "tabindex", "scope", "colspan", "open",
    "aria-label", "aria-labelledby", "aria-hidden", "href", "viewbox", "preserveaspectratio", "width", "height",
}  # fmt: skip
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
    """What is in a page: its `tags`, its `text` without the style sheet, and the texts of its attributes."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.text, self.declared, self.labels = [""], [], "", [], []
        self.feed(text)
        self.close()
        assert self.open == [""]

    def handle_starttag(self, tag, attributes):
        assert tag in ELEMENTS, (self.open, tag)
        assert {name for name, _ in attributes} <= ATTRIBUTES, attributes
        assert all(value.startswith("#") for name, value in attributes if name == "href")
        self.labels += [value for name, value in attributes if name == "aria-label"]
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (self.open, tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
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
