"""Reading public pages."""

from __future__ import annotations

import json
from typing import Annotated, Final

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from shared.agent.bounds import MAX_RESULT_BYTES, cut
from shared.agent.tools.tool import Arguments, Here, filled, tool
from shared.web.reader import MAX_S, PageRefusedError
from shared.web.url import target_of

MAX_URLS: Final = 5


def _url(text: str) -> str:
    try:
        target_of(text)
    except ValueError:
        raise PydanticCustomError("empty", "Invalid URL format") from None
    return text


def _few(urls: list[str]) -> list[str]:
    if len(urls) > MAX_URLS:
        raise PydanticCustomError("empty", "Provide at most {most} URLs", {"most": MAX_URLS})
    return urls


Urls = Annotated[
    list[Annotated[str, AfterValidator(_url)]], filled("Provide at least one URL to scrape"), AfterValidator(_few)
]


class Scrape(Arguments):
    """Arguments of `scrapeUrls`."""

    urls: Urls


@tool("scrapeUrls", Scrape, "scraping URLs")
def scrape_urls(here: Here, given: Scrape) -> str:
    """Read public pages of the web, up to five, as Markdown."""
    pages = [{"url": url, "content": _content(here, url, len(given.urls))} for url in given.urls]
    return json.dumps(pages, ensure_ascii=False)


def _content(here: Here, url: str, pages: int) -> str:
    try:
        if here.time_left_s < 1:
            raise PageRefusedError("There is no time left")
        return cut(here.web.read(url, min(MAX_S, here.time_left_s)), MAX_RESULT_BYTES // (pages + 1))
    except PageRefusedError:
        return f"Failed to scrape URL: {url}"
