"""Fetching a guide: whole or not at all, not again when nothing changed, and never from where nobody may ask."""

from __future__ import annotations

import gzip
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from epg.errors import GuideNotFetchedError, GuideRefusedError
from epg.sources import fetched, is_guide_address, masked, readable
from epg.sources.addresses import is_never_asked
from epg.tests.servers import Handler, Site, site

GUIDE = b"<tv><channel id='one'/></tv>"


@pytest.fixture
def server() -> Iterator[Site]:
    """A server on this machine that has a guide."""
    with site() as served:
        served.serve(GUIDE)
        yield served


def content(url: str, etag: str = "", last_modified: str = "") -> bytes:
    """What is fetched."""
    with fetched(url, etag=etag, last_modified=last_modified) as answer:
        assert answer is not None
        return answer.file.read()


def everything(file: IO[bytes]) -> bytes:
    """What a file holds, unpacked."""
    stream = readable(file)
    return b"".join(iter(lambda: stream.read(65_536), b""))


def refusal(url: str) -> str:
    """The sentence when nothing is."""
    with pytest.raises(GuideNotFetchedError) as refused, fetched(url):
        pass
    return str(refused.value)


# --- What comes -------------------------------------------------------------------------------------------------


def test_a_guide_is_fetched_as_it_is(server: Site) -> None:
    assert content(f"{server.url}/guide.xml?days=7&x=%20y") == GUIDE
    assert server.asked[0].path == "/guide.xml?days=7&x=%20y"


def test_an_address_without_a_path_is_that_of_the_first_page(server: Site) -> None:
    content(server.url)
    assert server.asked[0].path == "/"


def test_letters_that_no_request_can_hold_are_encoded(server: Site) -> None:
    content(f"{server.url}/führer/ø.xml?q=å")
    assert server.asked[0].path == "/f%C3%BChrer/%C3%B8.xml?q=%C3%A5"


def test_progress_is_told_in_bytes(server: Site) -> None:
    done: list[int] = []
    with fetched(server.url, progress=done.append):
        assert sum(done) == len(GUIDE)


@pytest.mark.parametrize("layers", [1, 2])
def test_a_guide_that_is_packed_on_the_way_is_unpacked(server: Site, layers: int) -> None:
    body = GUIDE
    for _ in range(layers):
        body = gzip.compress(body)
    server.serve(body, Content_Encoding="gzip")
    with fetched(server.url) as answer:
        assert answer is not None
        assert everything(answer.file) == GUIDE


def test_a_server_that_says_packed_and_does_not_pack_is_understood(server: Site) -> None:
    server.serve(GUIDE, Content_Encoding="gzip")
    with fetched(server.url) as answer:
        assert answer is not None
        assert everything(answer.file) == GUIDE


def test_an_encoding_that_nobody_asked_for_is_refused(server: Site) -> None:
    server.serve(b"?", Content_Encoding="br")
    assert refusal(server.url) == "127.0.0.1 sends the guide in an encoding that was not asked for."


# --- Not again --------------------------------------------------------------------------------------------------


def test_what_the_server_says_of_its_version_is_kept_and_said_again(server: Site) -> None:
    server.serve(GUIDE, ETag='"v1"', Last_Modified="Fri, 20 Nov 2026 10:00:00 GMT")
    with fetched(server.url) as answer:
        assert answer is not None
        known = {"etag": answer.etag, "last_modified": answer.last_modified}
    content(server.url, **known)
    first, second = (asked.headers for asked in server.asked)
    assert "If-None-Match" not in first
    assert second["If-None-Match"] == '"v1"'
    assert second["If-Modified-Since"] == "Fri, 20 Nov 2026 10:00:00 GMT"


def test_what_has_not_changed_is_not_sent(server: Site) -> None:
    server.answer = lambda handler: handler.say(304)
    with fetched(server.url, etag='"v1"') as answer:
        assert answer is None


def test_a_server_that_says_not_changed_to_who_knows_nothing_is_refused(server: Site) -> None:
    server.answer = lambda handler: handler.say(304)
    assert refusal(server.url) == "127.0.0.1 answers with status 304."


@pytest.mark.parametrize("etag", ['"' + "x" * 600 + '"', '"ø"'], ids=["long", "not ascii"])
def test_a_version_that_cannot_be_said_again_is_not_kept(server: Site, etag: str) -> None:
    server.serve(GUIDE, ETag=etag)
    with fetched(server.url) as answer:
        assert answer is not None
        assert answer.etag == ""


# --- What goes wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "127.0.0.1 answers with status 401 (are the name and the password in the address right?)."),
        (404, "127.0.0.1 answers with status 404 (is the address right?)."),
        (500, "127.0.0.1 answers with status 500."),
        (204, "127.0.0.1 answers with status 204."),
        (799, "127.0.0.1 answers with status 799."),
    ],
)
def test_an_answer_without_a_guide_is_a_sentence(server: Site, status: int, sentence: str) -> None:
    server.answer = lambda handler: handler.say(status)
    assert refusal(server.url) == sentence


def test_a_guide_that_breaks_off_is_refused(server: Site) -> None:
    def cut(handler: Handler) -> None:
        handler.head(200, Content_Length="1000")
        handler.wfile.write(GUIDE)

    server.answer = cut
    assert refusal(server.url) == "The connection to 127.0.0.1 broke off before all of the guide had come."


def test_a_guide_in_pieces_that_breaks_off_is_refused(server: Site) -> None:
    def cut(handler: Handler) -> None:
        handler.head(200, Transfer_Encoding="chunked")
        handler.wfile.write(b"5\r\n<tv><\r\n")

    server.answer = cut
    assert refusal(server.url) == "The connection to 127.0.0.1 broke off before all of the guide had come."


def test_a_guide_in_pieces_is_put_together(server: Site) -> None:
    def pieces(handler: Handler) -> None:
        handler.head(200, Transfer_Encoding="chunked")
        handler.wfile.write(b"4\r\n<tv>\r\n5\r\n</tv>\r\n0\r\n\r\n")

    server.answer = pieces
    assert content(server.url) == b"<tv></tv>"


def drip(handler: Handler) -> None:
    """A body that never ends, a byte at a time."""
    handler.head(200)
    _drip(handler)


def drip_pieces(handler: Handler) -> None:
    """The length of a piece that never ends."""
    handler.head(200, Transfer_Encoding="chunked")
    _drip(handler)


def drip_headers(handler: Handler) -> None:
    """Headers that never end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    _drip(handler)


def _drip(handler: Handler) -> None:
    for _ in range(200):
        handler.wfile.write(b"0")
        handler.wfile.flush()
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [drip, drip_pieces, drip_headers], ids=["body", "pieces", "headers"])
def test_a_server_that_drips_is_left_when_the_time_is_over(server: Site, answer: Any, settings: Any) -> None:
    settings.GUIDE_FETCH_TIMEOUT_SECONDS = 0.3
    server.answer = answer
    start = time.monotonic()
    assert refusal(server.url) == "127.0.0.1 has not sent all of the guide within 0.3 seconds."
    assert time.monotonic() - start < 3


def test_and_so_is_one_whose_name_alone_takes_longer(
    server: Site, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GUIDE_FETCH_TIMEOUT_SECONDS = 0.1
    resolve(monkeypatch, "127.0.0.1", seconds=0.3)
    server.answer = drip_headers
    start = time.monotonic()
    assert "within 0.1 seconds" in refusal(server.url.replace("127.0.0.1", "slow.example"))
    assert time.monotonic() - start < 3


def test_a_server_that_says_nothing_is_left(server: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("epg.sources.connections.SILENT_SECONDS", 0.2)
    server.answer = lambda _handler: time.sleep(1)
    assert "127.0.0.1 was silent for" in refusal(server.url)


def test_more_than_is_allowed_is_not_taken(server: Site, settings: Any) -> None:
    settings.GUIDE_MAX_MEGABYTES = 1
    server.serve(b"x" * (1024 * 1024 + 1))
    assert refusal(server.url) == "The guide is larger than 1 MB (GUIDE_MAX_MEGABYTES allows more)."


def test_nobody_there_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert refusal(f"http://127.0.0.1:{port}/") == "127.0.0.1 cannot be reached."


def test_a_name_that_nobody_has_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_name: object, **_options: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert refusal("http://guide.example/x") == "The name guide.example is not known."


def test_something_else_than_a_web_server_is_a_sentence(server: Site) -> None:
    def greet(handler: Handler) -> None:
        handler.wfile.write(b"220 ftp.example ready\r\n")

    server.answer = greet
    assert refusal(server.url) == "The connection to 127.0.0.1 broke off before all of the guide had come."


def test_who_speaks_no_tls_cannot_be_trusted(server: Site) -> None:
    assert refusal(server.url.replace("http:", "https:")) == (
        "127.0.0.1 cannot be trusted: it does not speak TLS as it should."
    )


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path: Path) -> None:
    with site(certificate(tmp_path)) as served:
        served.serve(GUIDE)
        assert refusal(served.url) == "127.0.0.1 cannot be trusted: self-signed certificate."
        assert served.asked == []


def test_one_that_is_vouched_for_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate(tmp_path)))
    with site(certificate(tmp_path)) as served:
        served.serve(GUIDE)
        assert content(served.url) == GUIDE


def certificate(folder: Path) -> Path:
    """For this machine's address, with its key, signed by nobody but itself."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not installed")
    key, file = folder / "key.pem", folder / "certificate.pem"
    if not file.exists():
        words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1 -out"
        subprocess.run([program, *words.split(), file, "-keyout", key], check=True, capture_output=True)  # noqa: S603
        file.write_text(key.read_text() + file.read_text())
    return file


@pytest.mark.parametrize(
    "url", ["ftp://one.example/x", "/guide.xml", "http://", "http://one.example:99999/", "http://[::1/", "http://a b/"]
)
def test_an_address_that_leads_to_no_web_server_is_refused(url: str) -> None:
    assert not is_guide_address(url)
    assert refusal(url) == "The address of a guide begins with https:// or http:// and names a host."


# --- Redirects --------------------------------------------------------------------------------------------------


def to(location: str, status: int = 302) -> Any:
    """Answers with a redirect, until the path is /there."""

    def answer(handler: Handler) -> None:
        if handler.path == "/there":
            handler.say(200, GUIDE)
        else:
            handler.say(status, Location=location)

    return answer


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(server: Site, status: int) -> None:
    server.answer = to("/there", status)
    assert content(f"{server.url}/here") == GUIDE


def test_redirects_without_end_are_not(server: Site) -> None:
    server.answer = to("/again")
    assert refusal(server.url) == "127.0.0.1 redirects again and again."
    assert len(server.asked) == 6


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://one.example/", "http://["])
def test_a_redirect_to_no_web_server_is_refused(server: Site, location: str) -> None:
    server.answer = to(location)
    refusal(server.url)
    assert len(server.asked) == 1


def test_name_and_password_are_sent_to_the_server_of_the_address(server: Site) -> None:
    server.answer = to("/there")
    content(server.with_sign_in("anna:s%40crt"))
    assert [asked.headers["Authorization"] for asked in server.asked] == ["Basic YW5uYTpzQGNydA=="] * 2


def test_and_to_no_other_server(server: Site) -> None:
    with site() as other:
        other.serve(GUIDE)
        server.answer = to(f"{other.url}/there")
        content(server.with_sign_in("anna:secret"))
        assert "Authorization" in server.asked[0].headers
        assert "Authorization" not in other.asked[0].headers


# --- Where nobody may ask ---------------------------------------------------------------------------------------

FORBIDDEN = (
    "169.254.169.254",
    "169.254.0.1",
    "fe80::1",
    "fe80::1%eth0",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "100.100.100.200",
    "fd00:ec2::254",
)


@pytest.mark.parametrize("address", FORBIDDEN)
def test_addresses_of_the_own_link_and_of_clouds_are_never_asked(address: str) -> None:
    assert is_never_asked(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.9", "93.184.216.34", "fd12::1"])
def test_addresses_inside_and_outside_a_network_may_be(address: str) -> None:
    assert not is_never_asked(address)


NEVER = "leads to 169.254.169.254, which is never asked for a guide."


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[::ffff:169.254.169.254]", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376"]
)
def test_however_it_is_written(host: str) -> None:
    assert "which is never asked for a guide." in refusal(f"http://{host}/latest/meta-data/")


def test_a_name_that_leads_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, "93.184.216.34", "169.254.169.254")
    assert refusal("http://harmless.example/guide.xml") == f"harmless.example {NEVER}"


def test_a_redirect_that_leads_there_is_refused(server: Site) -> None:
    server.answer = to("http://169.254.169.254/latest/")
    assert refusal(server.url) == f"169.254.169.254 {NEVER}"


def test_a_name_is_asked_for_once_and_that_address_is_connected_to(
    server: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = resolve(monkeypatch, "127.0.0.1")
    content(server.url.replace("127.0.0.1", "turning.example"))
    assert names.count("turning.example") == 1
    assert server.asked[0].headers["Host"].startswith("turning.example")


def resolve(monkeypatch: pytest.MonkeyPatch, *addresses: str, seconds: float = 0) -> list[str]:
    """Let every name have these addresses; returns the names that are asked for."""
    original, asked = socket.getaddrinfo, []

    def lookup(host: str, port: int, *args: Any, **options: Any) -> Any:
        asked.append(host)
        time.sleep(seconds if host.endswith(".example") else 0)
        found = addresses if host.endswith(".example") else (host,)
        return [entry for address in found for entry in original(address, port, *args, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


# --- What is shown ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://one.example/guide.xml.gz", "https://one.example/guide.xml.gz"),
        ("https://anna:secret@one.example:8080/x", "https://…@one.example:8080/x"),
        ("https://anna@one.example/x", "https://…@one.example/x"),
        ("https://one.example/x?username=anna&password=secret", "https://one.example/x?username=…&password=…"),
        ("https://one.example/x?secret", "https://one.example/x?…"),
        ("https://one.example/x?a=1&secret", "https://one.example/x?a=…&…"),
        ("https://one.example/x#secret", "https://one.example/x"),
        ("http://[secret", "…"),
    ],
)
def test_of_an_address_nothing_is_shown_that_signs_in(url: str, shown: str) -> None:
    assert masked(url) == shown


@pytest.mark.parametrize(
    "answer", [lambda handler: handler.say(500), to("ftp://x/"), drip_headers], ids=["status", "redirect", "slow"]
)
def test_no_sentence_holds_what_signs_in(server: Site, answer: Any, settings: Any, caplog: Any) -> None:
    caplog.set_level("DEBUG")
    settings.GUIDE_FETCH_TIMEOUT_SECONDS = 0.3
    server.answer = answer
    sentence = refusal(f"{server.with_sign_in('anna:secret')}/x?token=secret")
    assert "secret" not in sentence + caplog.text


# --- Opening ----------------------------------------------------------------------------------------------------


def test_a_file_that_unpacks_to_more_than_is_allowed_is_refused(tmp_path: Any, settings: Any) -> None:
    settings.GUIDE_MAX_MEGABYTES = 1
    bomb = tmp_path / "bomb.gz"
    bomb.write_bytes(gzip.compress(b" " * (2 * 1024 * 1024)))
    with bomb.open("rb") as file, pytest.raises(GuideRefusedError, match="larger than 1 MB"):
        everything(file)


def test_a_file_of_just_the_size_is_not(tmp_path: Any, settings: Any) -> None:
    settings.GUIDE_MAX_MEGABYTES = 1
    (tmp_path / "large.xml").write_bytes(b" " * (1024 * 1024))
    with (tmp_path / "large.xml").open("rb") as file:
        assert len(everything(file)) == 1024 * 1024


@pytest.mark.parametrize("page", [b"<!doctype html><p>Sorry", b"\n <HTML><body>", b"\xef\xbb\xbf<!DOCTYPE HTML>"])
def test_a_web_page_is_told_as_one(tmp_path: Any, page: bytes) -> None:
    (tmp_path / "page").write_bytes(page)
    with (tmp_path / "page").open("rb") as file, pytest.raises(GuideRefusedError, match="web page"):
        readable(file)


def test_a_damaged_archive_is_a_sentence(tmp_path: Any) -> None:
    (tmp_path / "guide.gz").write_bytes(gzip.compress(GUIDE)[:12])
    with (tmp_path / "guide.gz").open("rb") as file, pytest.raises(GuideRefusedError, match="damaged"):
        everything(file)
