"""A whole deployment in one file, and back: the ZIP that Convex's snapshot export writes (docs/archives.md).

    README.md
    _tables/documents.jsonl             {"name", "id"} of each table
    {table}/documents.jsonl             a document per line, in Convex's encoded JSON
    {table}/generated_schema.jsonl      "uniform": how its values are encoded
    _storage/documents.jsonl            {"_id", "_creationTime", "sha256", "size", …} of each stored object
    _storage/{id}.{extension}           the bytes of each stored object
    polaris/manifest.json               what wrote it and when, and the SHA-256 of every entry; Convex has none

Nothing here prints or asks; progress goes to a callback.
"""
