"""The text of a message while it is being written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

EVERY_MS: Final = 500
"""How often at most what is written is shown, as long as it is short."""

SHORT: Final = 1000
"""Characters. Whenever a text is shown, all of it is written and sent, so a longer one is shown less often."""

LONGEST_PAUSE_MS: Final = 2000


class PartialText:
    """Shows a text as it grows.

    Args:
        show: shows the whole text.
        now_ms: the time.
        before: what the message holds already.
        shown: how long what can be seen is; a try that is repeated shows nothing before it has got further.
    """

    def __init__(self, show: Callable[[str], None], now_ms: Callable[[], float], before: str, shown: int) -> None:
        self._show = show
        self._now_ms = now_ms
        self._before = before
        self._shown = shown
        self._last_ms = 0.0

    def now(self, text: str) -> None:
        """Show the message with `text` at its end, unless it was shown a moment ago."""
        whole = joined(self._before, text)
        if len(whole) > self._shown and self._now_ms() - self._last_ms >= pause_ms(self._shown):
            self._show(whole)
            self._shown, self._last_ms = len(whole), self._now_ms()


def pause_ms(length: int) -> float:
    """Return how long a text of a length is left as it is: in proportion, within bounds."""
    return min(max(EVERY_MS, EVERY_MS * length / SHORT), LONGEST_PAUSE_MS)


def joined(*texts: str) -> str:
    """Return the texts that say something, with blank lines between them."""
    return "\n\n".join(text.strip() for text in texts if text.strip())
