"""HTML as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

MAX_MARKUP: Final = 200_000
"""Characters of markup that are read, scripts and comments aside; they take a second or two of a small Lambda."""

_SKIPPED: Final = re.compile(r"<(?:(!--)|(script|style|noscript|template|svg|iframe|textarea)\b|[!?])", re.IGNORECASE)
_TAG: Final = re.compile(r"</?[a-z][^<>]{0,2000}>", re.IGNORECASE)
_TITLE: Final = re.compile(r"<title\b[^<>]{0,200}>([^<>]{0,500})</title", re.IGNORECASE)
_HEAD_END: Final = re.compile(r"</head\s*>|<body\b", re.IGNORECASE)
_GAPS: Final = re.compile(r"\n\s*\n\s*\n+")


def markdown_of(html: bytes, charset: str | None) -> str:
    """Return the text of a page, with its headings, lists, links and code.

    Args:
        html: the page.
        charset: what its answer says of its characters, or None.

    Raises:
        RecursionError: its elements are nested too deeply.
    """
    # They take a tenth of a second to import, and few calls need them.
    from bs4 import BeautifulSoup  # noqa: PLC0415
    from bs4.dammit import UnicodeDammit  # noqa: PLC0415
    from markdownify import MarkdownConverter  # noqa: PLC0415

    text = UnicodeDammit(html, [charset] if charset else [], is_html=True).unicode_markup or ""
    titled, head = _TITLE.search(text), _HEAD_END.search(text)
    body = text[head.start() :] if head else text
    soup = BeautifulSoup(_tidied(body), "html.parser")
    for element in soup(["title"]):
        element.decompose()
    markdown = _GAPS.sub("\n\n", str(MarkdownConverter(heading_style="ATX").convert_soup(soup))).strip()
    title = " ".join(BeautifulSoup(titled[1], "html.parser").get_text().split()) if titled else ""
    return f"# {title}\n\n{markdown}" if title and not markdown.startswith("#") else markdown


def _tidied(html: str) -> str:
    """Return what of a page is text and tags.

    The parser would read an unfinished comment or tag over and over, which takes it minutes for some pages.
    """
    return "".join(_tags_and_text("".join(_kept(html))[:MAX_MARKUP]))


def _kept(html: str) -> Iterator[str]:
    """Yield what is between comments, declarations and elements that hold no text."""
    at, lowered = 0, html.lower()
    while (found := _SKIPPED.search(html, at)) is not None:
        yield html[at : found.start()]
        end = "-->" if found[1] else f"</{found[2].lower()}" if found[2] else ">"
        closed = lowered.find(end, found.end())
        if closed < 0:
            return
        at = closed + len(end)
        if found[2]:
            at = lowered.find(">", at) + 1 or len(html)
    yield html[at:]


def _tags_and_text(html: str) -> Iterator[str]:
    at = 0
    for tag in _TAG.finditer(html):
        yield html[at : tag.start()].replace("<", "&lt;")
        yield tag[0]
        at = tag.end()
    yield html[at:].replace("<", "&lt;")
