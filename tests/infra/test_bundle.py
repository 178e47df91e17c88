from __future__ import annotations

import gzip
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import botocore
import pytest
from botocore.model import ServiceModel

from infra.bundle import ROOT, SERVICES, bundle, bundle_code, strip

_UNCHECKED_HASH = 0b01
"""What a compiled module says of itself if it is loaded without a look at its source (PEP 552)."""


@pytest.fixture(scope="module")
def built() -> Path:
    """What `make dev` uses as well: built once, then found up to date."""
    bundle("local")
    return ROOT / ".build"


def run(build: Path, script: str) -> str:
    """Run Python as the local cloud does: with the layer as a site directory, and nothing else installed."""
    site = next(build.glob("layer-local/python/lib/*/site-packages"))
    preface = f"import site, sys; site.addsitedir({str(site)!r}); sys.path.insert(0, {str(build / 'code')!r})\n"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", preface + script], capture_output=True, text=True, check=False, env={}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_layer_makes_clients_of_every_service_the_functions_use(built: Path) -> None:
    script = (
        "import boto3, json\n"
        "session = boto3.Session(aws_access_key_id='a', aws_secret_access_key='b', region_name='eu-central-1')\n"
        "print(json.dumps([session.get_available_services(), boto3.__file__]))\n"
        f"[session.client(service) for service in {sorted(SERVICES)}]\n"
    )
    services, place = json.loads(run(built, script))
    assert {*services} == SERVICES
    assert Path(place).is_relative_to(built / "packages-local")


def test_every_function_loads_with_nothing_but_the_code_and_the_layer(built: Path) -> None:
    script = (
        "import functions\n"
        "from shared.runtime.registry import discover, discover_doors\n"
        "print(len(discover(functions)), functions.__file__)\n"
    )
    count, place = run(built, script).split()
    assert int(count) > 0
    assert Path(place).is_relative_to(built / "code")


def test_what_is_up_to_date_is_left_alone(built: Path) -> None:
    package = built / "packages-local" / "pydantic"
    before = package.stat().st_ctime_ns
    bundle("local")
    assert package.stat().st_ctime_ns == before


def test_the_code_is_the_sources_of_functions_and_shared_alone(tmp_path: Path) -> None:
    bundle_code(tmp_path / "code", None)
    assert {path.name for path in (tmp_path / "code").iterdir()} == {"functions", "shared"}
    assert not [p for p in (tmp_path / "code").rglob("*") if p.name == "__pycache__" or p.suffix == ".pyc"]


def test_the_same_sources_give_the_same_code(tmp_path: Path) -> None:
    def content(folder: Path) -> dict[str, bytes]:
        return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    bundle_code(tmp_path / "one", sys.executable)
    bundle_code(tmp_path / "one", sys.executable)
    bundle_code(tmp_path / "other", sys.executable)
    assert content(tmp_path / "one") == content(tmp_path / "other")


def test_the_code_is_compiled_for_wherever_it_is_unpacked(tmp_path: Path) -> None:
    bundle_code(tmp_path / "code", sys.executable)
    sources = [*(tmp_path / "code").rglob("*.py")]
    compiled = [Path(importlib.util.cache_from_source(str(path))) for path in sources]
    flags = {int.from_bytes(path.read_bytes()[4:8], "little") for path in compiled}
    assert flags == {_UNCHECKED_HASH}
    assert (
        b"/var/task/functions/projects.py"
        in compiled[sources.index(tmp_path / "code/functions/projects.py")].read_bytes()
    )


def test_only_descriptions_of_other_services_are_stripped(tmp_path: Path) -> None:
    data = tmp_path / "botocore" / "data"
    for name in ("dynamodb", "ec2"):
        (data / name).mkdir(parents=True)
    (data / "endpoints.json").write_text(
        '{"partitions": [{"regions": {"x": {}}, "services": {"dynamodb": {}, "ec2": {}}}]}'
    )
    strip(tmp_path)
    assert {path.name for path in data.iterdir()} == {"dynamodb", "endpoints.json"}
    assert json.loads((data / "endpoints.json").read_text()) == {
        "partitions": [{"regions": {"x": {}}, "services": {"dynamodb": {}}}]
    }


def test_texts_about_services_are_stripped_and_nothing_else_of_their_descriptions(tmp_path: Path) -> None:
    data = tmp_path / "botocore" / "data" / "s3" / "2006-03-01"
    data.mkdir(parents=True)
    (data.parent.parent / "endpoints.json").write_text('{"partitions": []}')
    member = {"documentation": {"shape": "Text", "documentation": "Says what."}}
    described = {"documentation": "Stores objects.", "shapes": {"Part": {"type": "structure", "members": member}}}
    (data / "service-2.json.gz").write_bytes(gzip.compress(json.dumps(described).encode()))
    strip(tmp_path)
    assert json.loads(gzip.decompress((data / "service-2.json.gz").read_bytes())) == {
        "shapes": {"Part": {"type": "structure", "members": {"documentation": {"shape": "Text"}}}}
    }


def test_botocore_can_use_a_stripped_description_of_s3(tmp_path: Path) -> None:
    data = tmp_path / "botocore" / "data"
    shutil.copytree(Path(botocore.__file__).parent / "data" / "s3", data / "s3")
    (data / "endpoints.json").write_text('{"partitions": []}')
    strip(tmp_path)
    (description,) = data.rglob("service-2.json.gz")
    stripped = ServiceModel(json.loads(gzip.decompress(description.read_bytes())), "s3")
    assert "ForcePathStyle" in {parameter.name for parameter in stripped.client_context_parameters}
