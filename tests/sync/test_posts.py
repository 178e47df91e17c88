"""How Transitions are cut into posts."""

from __future__ import annotations

import json
import random

from shared.sync.messages import query_updated
from shared.sync.posts import MAX_POST_BYTES, posts_of, slices, written_bytes
from shared.sync.protocol import Version

START, END = Version(), Version(1, 0, 5)


def large(text: str) -> list[str]:
    return [query_updated(0, json.dumps(text, ensure_ascii=False), None)]


def joined(posts: list[str]) -> dict[str, object]:
    """Put a Transition together as the JavaScript client does."""
    chunks = [json.loads(post) for post in posts]
    assert {chunk["type"] for chunk in chunks} == {"TransitionChunk"}
    assert [chunk["partNumber"] for chunk in chunks] == list(range(len(chunks)))
    assert {(chunk["totalParts"], chunk["transitionId"]) for chunk in chunks} == {(len(chunks), "t")}
    transition: dict[str, object] = json.loads("".join(chunk["chunk"] for chunk in chunks))
    return transition


def test_a_small_transition_is_one_post() -> None:
    (post,) = posts_of("js", START, END, large("small"), "t")
    assert json.loads(post)["type"] == "Transition"


def test_a_large_transition_is_cut_for_javascript_and_no_post_is_too_large() -> None:
    text = '😀"\\\n' * 60_000
    posts = posts_of("js", START, END, large(text), "t")
    assert all(len(post.encode()) <= MAX_POST_BYTES for post in posts)
    assert joined(posts)["modifications"] == [json.loads(large(text)[0])]


def test_a_text_is_cut_between_characters_wherever_they_stand() -> None:
    for seed in range(50):
        chance = random.Random(seed)
        text = "".join(chance.choice('ab"\\é€😀\x01') for _ in range(chance.randint(1, 500)))
        most_bytes = chance.randint(12, 90)
        pieces = list(slices(text, most_bytes))
        assert "".join(pieces) == text, f"seed {seed}"
        assert all(0 < written_bytes(piece) <= most_bytes for piece in pieces), f"seed {seed}"


def test_other_clients_get_several_transitions_that_end_at_the_same_time() -> None:
    modifications = [query_updated(number, json.dumps("x" * 50_000), None) for number in range(5)]
    posts = [json.loads(post) for post in posts_of("other", START, END, modifications, "t")]
    assert len(posts) > 1
    assert [post["startVersion"] for post in posts] == [START.wire(), *([END.wire()] * (len(posts) - 1))]
    assert {json.dumps(post["endVersion"]) for post in posts} == {json.dumps(END.wire())}
    assert [m["queryId"] for post in posts for m in post["modifications"]] == [0, 1, 2, 3, 4]
