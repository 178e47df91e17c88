"""Puts the built console where a deployment serves it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from infra.console_files import PREFIX, cache_control, content_type


def upload_console(built: Path, s3: Any, bucket: str) -> int:
    """Upload the console's files and return how many there are; the page comes last, when all it names is there.

    Args:
        built: the folder of the built console.
        s3: a botocore client of S3.
        bucket: of stored files.
    """
    files = sorted((path for path in built.rglob("*") if path.is_file()), key=lambda path: path.suffix == ".html")
    for path in files:
        name = path.relative_to(built).as_posix()
        s3.put_object(
            Bucket=bucket,
            Key=PREFIX + name,
            Body=path.read_bytes(),
            ContentType=content_type(name),
            CacheControl=cache_control(name),
        )
    return len(files)
