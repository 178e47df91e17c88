"""The archive of a commit, as GitHub packs it."""

from __future__ import annotations

import io
import tarfile

from tests.support.github.objects import EXECUTABLE, LINK, SUBMODULE
from tests.support.github.state import Repo


def archive_of(repo: Repo, commit: str) -> bytes:
    """Return the `.tar.gz` of a commit, without and with what the repository says."""
    packed = io.BytesIO()
    top = f"{repo.owner}-{repo.name}-{commit[:7]}"
    with tarfile.open(fileobj=packed, mode="w:gz", format=tarfile.PAX_FORMAT, pax_headers={"comment": commit}) as tar:
        for path, node in repo.objects.files(commit).items():
            if path in repo.left_out:
                continue
            member = tarfile.TarInfo(f"{top}/{path}")
            content = repo.changed.get(path, node.content)
            if node.mode == SUBMODULE:
                member.type = tarfile.DIRTYPE
                tar.addfile(member)
            elif node.mode == LINK:
                member.type, member.linkname = tarfile.SYMTYPE, content.decode()
                tar.addfile(member)
            else:
                member.size, member.mode = len(content), 0o755 if node.mode == EXECUTABLE else 0o644
                tar.addfile(member, io.BytesIO(content))
    raw = packed.getvalue() if repo.archive is None else repo.archive
    return raw if repo.archive_cut is None else raw[: repo.archive_cut]
