"""Names for projects whose owners have not chosen one: `brave-otter-blue`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ADJECTIVES: Final = _words(
    """
    agile amber ancient arctic autumn bold brave breezy bright brisk calm candid clever cosmic crisp curious
    daring dapper eager early earnest fancy fearless fluent frosty gentle gilded glad golden grand happy hidden
    honest humble jolly keen kind lively lucid lucky lunar mellow merry mighty misty modest nimble noble patient
    placid polite proud quick quiet rapid serene shiny silent sleek solar steady sunny swift vivid
    """
)
_ANIMALS: Final = _words(
    """
    albatross alpaca antelope badger bear beaver bison buffalo camel cheetah condor cormorant coyote crane
    dolphin eagle egret falcon ferret finch fox gazelle gecko gibbon giraffe hamster hare hawk hedgehog heron
    ibis iguana jackal jaguar kestrel koala lemur leopard lynx magpie marmot marten meerkat moose narwhal newt
    ocelot orca osprey otter owl panda panther pelican penguin puffin rabbit raven robin salmon seal swan tiger
    turtle
    """
)
_COLOURS: Final = _words(
    """
    amber aqua azure beige black blue bronze brown coral cream crimson cyan emerald gold green grey indigo ivory
    jade lilac lime magenta maroon mauve navy ochre olive orange pink plum purple red rose ruby russet sable
    sand scarlet sepia sienna silver slate tan teal topaz turquoise umber violet white yellow almond apricot
    auburn cobalt copper fern ginger hazel lavender mint onyx pearl rust saffron
    """
)


def random_name(entropy: Callable[[int], bytes]) -> str:
    """Return three words, an adjective, an animal and a colour.

    Args:
        entropy: returns that many random bytes.
    """
    lists = (_ADJECTIVES, _ANIMALS, _COLOURS)
    return "-".join(words[byte % len(words)] for words, byte in zip(lists, entropy(len(lists)), strict=True))
