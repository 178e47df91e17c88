"""A field's value that lives outside its row because it is large."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spilled:
    """A pointer to a value that the codec moved to S3.

    Functions pass it through: whatever a function returns is filled in before it is sent. A function that needs
    the value itself asks `ctx.db.load(value)`.

    Attributes:
        document_id: the document that holds the pointer.
        field: the stored name of the field.
        key: the S3 object key.
        sha256: hex digest of the object's bytes.
        size_bytes: length of the object.
        is_json: whether the object holds encoded JSON rather than plain text.
    """

    document_id: str
    field: str
    key: str
    sha256: str
    size_bytes: int
    is_json: bool


Text = str | Spilled
"""A text field that may be large."""
