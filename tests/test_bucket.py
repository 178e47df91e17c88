"""Looking through buckets: every object once, in pages, whatever is removed on the way."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from shared.bucket import page_of, remove
from shared.db.aws import BucketObjects
from shared.storage import PREFIX, StorageBucket
from tests.support.memory_s3 import MemoryS3, Stored

KEYS = [f"{PREFIX}{number:02}" for number in range(10)]


def filled() -> MemoryS3:
    s3 = MemoryS3()
    s3.objects = {key: Stored(b"", "text/plain", "") for key in [*KEYS, "elsewhere"]}
    s3.written_ms = {KEYS[0]: 1_795_000_000_125.0}
    s3.page_keys = 4
    return s3


def test_pages_follow_each_other_to_the_end() -> None:
    s3, after, found = filled(), None, list[str]()
    for _ in range(3):
        listing = page_of(s3, "bucket", PREFIX, after)
        found += [listed.key for listed in listing.objects]
        after = listing.after
    assert (found, after) == (KEYS, None)


def test_a_page_that_ends_with_the_bucket_is_the_last() -> None:
    s3 = filled()
    s3.page_keys = len(KEYS)
    assert page_of(s3, "bucket", PREFIX, None).after is None


def test_a_listing_goes_on_after_an_object_that_has_been_removed() -> None:
    s3 = filled()
    listing = page_of(s3, "bucket", PREFIX, None)
    remove(s3, "bucket", [listed.key for listed in listing.objects])
    assert [listed.key for listed in page_of(s3, "bucket", PREFIX, listing.after).objects] == KEYS[4:8]


def test_a_listing_tells_when_objects_were_written() -> None:
    assert page_of(filled(), "bucket", PREFIX, None).objects[0].written_ms == 1_795_000_000_125.0


def test_an_empty_bucket_has_one_page() -> None:
    assert page_of(MemoryS3(), "bucket", "", None) == ([], None)


def test_removing_nothing_asks_nothing() -> None:
    s3 = MemoryS3()
    s3.is_down = True
    remove(s3, "bucket", [])


def test_binary_files_are_listed_by_their_uuids() -> None:
    bucket = StorageBucket(filled(), "bucket")
    first = bucket.page(None)
    assert [listed.key for listed in first.objects] == ["00", "01", "02", "03"]
    assert [listed.key for listed in bucket.page(first.after).objects] == ["04", "05", "06", "07"]


def test_an_object_that_is_to_be_kept_is_written_once() -> None:
    s3 = filled()
    objects = BucketObjects(lambda: s3, "bucket")
    assert objects.keep("new", b"one") == b"one"
    assert objects.keep("new", b"another") == b"one"
    assert objects.get("new") == b"one"


def test_an_object_that_cannot_be_written_is_not_taken_for_kept() -> None:
    s3 = filled()
    s3.is_down = True
    with pytest.raises(ClientError, match="SlowDown"):
        BucketObjects(lambda: s3, "bucket").keep("new", b"one")


def test_large_fields_are_listed_and_removed_by_their_keys() -> None:
    s3 = filled()
    objects = BucketObjects(lambda: s3, "bucket")
    objects.remove(KEYS[:9])
    assert [listed.key for listed in objects.page(None).objects] == [KEYS[9], "elsewhere"]
