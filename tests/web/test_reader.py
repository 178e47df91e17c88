"""Public pages become text; whatever is not on the public internet is not even connected to."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from shared.web.addresses import is_public
from shared.web.markdown import MAX_MARKUP, markdown_of
from shared.web.reader import MAX_BYTES, PageRefusedError, PublicWeb
from shared.web.url import target_of
from tests.web.pages import Pages, serving_pages


@pytest.fixture
def pages() -> Iterator[Pages]:
    with serving_pages() as pages:
        yield pages


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.192",
        "192.88.99.1",
        "3fff::1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0.0.0.0",  # noqa: S104 - nothing listens
        "224.0.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:8.8.8.8",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "ff02::1",
        "2002:7f00:1::1",
        "2001:0:7f00:1::1",
        "2001:db8::1",
        "nonsense",
    ],
)
def test_addresses_of_other_networks_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700::6810:84e5"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "//example.com",
        "http://",
        "http://ada:secret@example.com/",
        "http://example.com:22/",
        "https://example.com:80/",
        "http://example.com:x/",
        "http://" + "a" * 300 + ".com/",
        "http://example.com/" + "a" * 3000,
    ],
)
def test_other_urls_than_those_of_pages_are_refused(pages: Pages, url: str) -> None:
    with pytest.raises(PageRefusedError):
        pages.web().read(url)
    assert pages.asked == []


def test_a_path_cannot_carry_another_request() -> None:
    assert target_of("http://example.com/a b\r\nX: ü?q=\x00").path == "/a%20bX:%20%C3%BC?q=%00"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "localhost", "[::1]", "169.254.169.254", "[::ffff:127.0.0.1]"]
)
def test_what_resolves_to_this_machine_is_refused(host: str) -> None:
    with pytest.raises(PageRefusedError):
        PublicWeb().read(f"http://{host}/latest/meta-data/")


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["93.184.215.14", "169.254.169.254"], []])
def test_a_name_that_resolves_to_a_private_address_is_refused(pages: Pages, addresses: list[str]) -> None:
    pages.addresses["evil.example"] = addresses
    with pytest.raises(PageRefusedError, match="not on the public internet"):
        pages.web(is_public).read("http://evil.example/")


@pytest.mark.parametrize("to", ["http://internal.example/", "http://169.254.169.254/", "file:///etc/passwd"])
def test_redirects_to_what_is_not_public_are_not_followed(pages: Pages, to: str) -> None:
    pages.addresses |= {"internal.example": ["10.0.0.1"], "169.254.169.254": ["169.254.169.254"]}
    pages.redirect("example.com/", to)
    with pytest.raises(PageRefusedError):
        pages.web().read("http://example.com/")
    assert pages.asked == ["example.com/"]


def test_redirects_are_followed_five_times(pages: Pages) -> None:
    for number in range(6):
        pages.redirect(f"example.com/{number}", f"/{number + 1}")
    pages.add("example.com/6", b"There", "text/plain")
    assert pages.web().read("http://example.com/1") == "There"
    with pytest.raises(PageRefusedError, match="too often"):
        pages.web().read("http://example.com/0")


def test_html_becomes_markdown(pages: Pages) -> None:
    html = "<title>T</title><script>x()</script><h1>Über</h1><p>A <a href='/b'>link</a></p><ul><li>one</li></ul>"
    pages.add("example.com/a?b=1", html.encode("latin-1"), "text/html; charset=latin-1")
    text = pages.web().read("http://example.com/a?b=1")
    assert text == "# Über\n\nA [link](/b)\n\n* one"


def test_other_text_stays_as_it_is(pages: Pages) -> None:
    pages.add("example.com/", b"<b>a\xff</b>", "text/plain")
    assert pages.web().read("http://example.com/") == "<b>a\ufffd</b>"


@pytest.mark.parametrize("type_", ["application/json", "image/png", "application/octet-stream"])
def test_what_is_no_text_is_refused(pages: Pages, type_: str) -> None:
    pages.add("example.com/", b"{}", type_)
    with pytest.raises(PageRefusedError, match=type_):
        pages.web().read("http://example.com/")


def test_a_page_that_is_too_large_is_refused(pages: Pages) -> None:
    pages.add("example.com/", b"a" * (MAX_BYTES + 1), "text/plain")
    with pytest.raises(PageRefusedError, match="more than"):
        pages.web().read("http://example.com/")


def test_compressed_and_cut_pages_are_refused(pages: Pages) -> None:
    pages.add("example.com/zip", b"\x1f\x8b", "text/plain", Content_Encoding="gzip")
    pages.add("example.com/cut", b"ab", "text/plain", Content_Length="3")
    for page in ("zip", "cut"):
        with pytest.raises(PageRefusedError):
            pages.web().read(f"http://example.com/{page}")


def test_a_page_that_drips_is_cut_when_its_time_is_over(pages: Pages) -> None:
    pages.add("example.com/", b"a" * 6000, "text/plain")
    pages.drip_s = 0.01
    began_s = time.monotonic()
    with pytest.raises(PageRefusedError):
        pages.web().read("http://example.com/", 0.15)
    assert time.monotonic() - began_s < 30


def test_an_answer_whose_headers_drip_is_cut_when_its_time_is_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)

        def drip() -> None:
            with suppress(OSError), server.accept()[0] as connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                for _ in range(6000):
                    connection.sendall(b"x")
                    time.sleep(0.01)

        thread = threading.Thread(target=drip)
        thread.start()
        began_s = time.monotonic()
        with pytest.raises(PageRefusedError):
            PublicWeb(lambda *_: [server.getsockname()], lambda _: True).read("http://example.com/", 0.15)
        assert time.monotonic() - began_s < 30
        thread.join()


@pytest.mark.parametrize(("host", "is_read"), [("docs.example", True), ("other.example", False)])
def test_pages_over_tls_are_read_from_who_can_prove_their_name(tmp_path: Path, host: str, is_read: bool) -> None:
    certificate, key = certificate_of("docs.example", tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with suppress(OSError), context.wrap_socket(server.accept()[0], server_side=True) as connection:
                connection.recv(9999)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nsafe")

        thread = threading.Thread(target=answer)
        thread.start()
        tls = partial(ssl.create_default_context, cafile=str(certificate))
        web = PublicWeb(lambda *_: [server.getsockname()], lambda _: True, tls)
        if is_read:
            assert web.read(f"https://{host}/") == "safe"
        else:
            with pytest.raises(PageRefusedError, match="certificate"):
                web.read(f"https://{host}/")
        thread.join()


def certificate_of(host: str, folder: Path) -> tuple[Path, Path]:
    """Write a certificate of `host`, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


def test_missing_pages_are_refused(pages: Pages) -> None:
    with pytest.raises(PageRefusedError, match="404"):
        pages.web().read("http://example.com/")


def test_pages_that_are_nested_without_end_are_refused(pages: Pages) -> None:
    pages.add("example.com/", b"<div>" * 2000)
    with pytest.raises(PageRefusedError, match="RecursionError"):
        pages.web().read("http://example.com/")


@pytest.mark.parametrize("piece", ["<!--", "<", "</", "<a ", "<a '", "<?", "<![", "<script>", "<style", "&", "</b>"])
def test_no_page_takes_long_to_read(piece: str) -> None:
    began_s = time.process_time()
    markdown_of((piece * (MAX_MARKUP // len(piece))).encode(), None)
    assert time.process_time() - began_s < 30
