"""posthouse.model.markdown: Markdown becomes spans."""

import pytest
from hypothesis import given, strategies as st

from posthouse.model.markdown import markdown

PAGE = """\
# Title
Some **bold *it* x** and `a*b`,
~~no~~ &amp; \\*\\
end

- a
- b
  1. one
  2. two

3. three

> quote
> more

```py
x = 1

y
```

    indented

![alt](https://i.m/g.png) ![](http://x)

---
last
"""
PLAIN = """\
Title

Some bold it x and a*b,
no & *
end

• a
• b
  1. one
  2. two

3. three

quote
more

x = 1

y

indented

alt http://x

———

last"""


def test_a_page_of_everything() -> None:
    """Lists are lines, a heading is bold, blocks are parted by one empty line."""
    found = markdown(PAGE)
    assert found.plain == PLAIN
    assert [(s.kind, found.plain[s.start : s.end], s.url or s.language) for s in found.spans] == [
        ("bold", "Title", None),
        ("bold", "bold it x", None),
        ("italic", "it", None),
        ("code", "a*b", None),
        ("strike", "no", None),
        ("quote", "quote\nmore", None),
        ("pre", "x = 1\n\ny", "py"),
        ("pre", "indented", None),
        ("link", "alt", "https://i.m/g.png"),
        ("link", "http://x", "http://x"),
    ]


@pytest.mark.parametrize("scheme", ["http://x", "HTTPS://x", "mailto:a@b.c", "tg://user?id=7"])
def test_links_lead_to_known_kinds_of_addresses(scheme: str) -> None:
    """Web, mail, Telegram."""
    [span] = markdown(f"[label]({scheme})").spans
    assert (span.kind, span.url) == ("link", scheme)


@pytest.mark.parametrize(
    "url", ["ftp://x", "file:///etc/passwd", "/here", "javascript:alert(1)", ""]
)
def test_other_links_are_plain_text(url: str) -> None:
    """Whatever the parser makes of them."""
    found = markdown(f"[label]({url})")
    assert "label" in found.plain
    assert found.spans == ()


@pytest.mark.parametrize("source", ["<b>x</b>", "<div>\nx\n</div>", "a <!-- b --> c"])
def test_html_is_literal(source: str) -> None:
    """It is shown, never obeyed."""
    assert markdown(source).plain == source
    assert markdown(source).spans == ()


def test_nothing_is_nothing() -> None:
    """Empty blocks leave no spans behind."""
    assert markdown("").plain == ""
    assert markdown("```\n```").spans == ()
    assert markdown("#").spans == ()


@given(st.text(alphabet="ab *_`~[]()<>#->\n\\1.!", max_size=60))
def test_any_source_gives_a_sound_text(source: str) -> None:
    """Spans lie within the text, outermost first."""
    found = markdown(source)
    assert all(0 <= s.start < s.end <= len(found.plain) for s in found.spans)
    assert [s.start for s in found.spans] == sorted(s.start for s in found.spans)
