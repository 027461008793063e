"""HTML as plain text: what a reader would see of it."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figure",
    "figcaption", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main",
    "nav", "ol", "p", "pre", "section", "table", "tr", "ul"
})  # fmt: skip
_UNSEEN = frozenset({"script", "style", "template", "head", "svg"})
_SPACES = re.compile(r"[^\S\n]+")
_AROUND = re.compile(r" *\n *")
_GAPS = re.compile(r"\n{3,}")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.image: str | None = None
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BLOCKS:
            self.parts.append("\n\n" if tag == "p" else "\n")
        elif tag == "img" and self.image is None:
            self.image = dict(attrs).get("src")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag in _BLOCKS:
            self.parts.append("\n\n" if tag == "p" else "\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data.replace("\n", " "))


def plain_text(html: str) -> tuple[str, str | None]:
    """Return the text of a piece of HTML, and the address of its first picture."""
    if "<" not in html and "&" not in html:
        return tidy(html), None
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return tidy("".join(reader.parts)), reader.image


def tidy(text: str) -> str:
    """Return text without control characters and without more space than it needs."""
    text = _CONTROLS.sub("", text.replace("\r", "\n"))
    return _GAPS.sub("\n\n", _AROUND.sub("\n", _SPACES.sub(" ", text))).strip()
