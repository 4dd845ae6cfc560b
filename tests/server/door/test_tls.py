"""The certificate: its content, how long it is kept, and a real handshake with it."""

import datetime
import hashlib
import ipaddress
import socket
import ssl
import stat
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from server.door import addresses, tls

HOSTS = ["localhost", "127.0.0.1", "::1", "lab.local", "192.0.2.7", "2001:db8::7"]
NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


def read(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def test_the_content_of_a_certificate(tmp_path: Path) -> None:
    own = tls.certificate(tmp_path, HOSTS, NOW)
    assert own.made == "none was there"
    assert stat.S_IMODE(own.file.stat().st_mode) == 0o600
    made = read(own.file)
    key = made.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert isinstance(key.curve, ec.SECP256R1)
    named = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert set(named.get_values_for_type(x509.DNSName)) == {"localhost", "lab.local"}
    numbers = {ipaddress.ip_address(each) for each in ("127.0.0.1", "::1", "192.0.2.7", "2001:db8::7")}
    assert set(named.get_values_for_type(x509.IPAddress)) == numbers
    assert made.not_valid_after_utc - made.not_valid_before_utc <= 397 * DAY
    assert made.not_valid_before_utc < NOW < made.not_valid_after_utc - 390 * DAY
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_it_is_kept_while_it_is_good(tmp_path: Path) -> None:
    first = tls.certificate(tmp_path, HOSTS, NOW)
    for hosts, now in ((HOSTS, NOW + DAY), (HOSTS[:3], NOW), (HOSTS, first.ends - 30 * DAY)):
        again = tls.certificate(tmp_path, hosts, now)
        assert (again.fingerprint, again.made) == (first.fingerprint, "")


@pytest.mark.parametrize("days", [-29, 0, 1000])
def test_it_is_made_anew_before_it_ends(tmp_path: Path, days: int) -> None:
    first = tls.certificate(tmp_path, HOSTS, NOW)
    again = tls.certificate(tmp_path, HOSTS, first.ends + days * DAY)
    assert again.fingerprint != first.fingerprint
    assert again.made == f"the one kept ends on {first.ends:%Y-%m-%d}"


def test_it_is_made_anew_for_another_address(tmp_path: Path) -> None:
    first = tls.certificate(tmp_path, HOSTS, NOW)
    again = tls.certificate(tmp_path, [*HOSTS, "192.0.2.8"], NOW)
    assert again.fingerprint != first.fingerprint
    assert again.made == "the one kept does not name 192.0.2.8"


def test_it_is_made_anew_when_it_cannot_be_read(tmp_path: Path) -> None:
    other = tls.certificate(tmp_path, HOSTS, NOW).file.read_bytes()
    good = tls.certificate(tmp_path, [*HOSTS, "more"], NOW).file.read_bytes()
    key, begin, certificate = good.partition(b"-----BEGIN CERTIFICATE-----")
    for damaged, words in ((b"", "could not be read"), (key, "could not be read"), (begin + certificate, "could not"),
                           (good[:-200], "could not be read"), (b"\xff" * 900, "could not be read"),
                           (key + b"".join(other.partition(begin)[1:]), "does not fit its key")):  # fmt: skip
        (tmp_path / tls.FILE).write_bytes(damaged)
        assert words in tls.certificate(tmp_path, HOSTS, NOW).made
        assert tls.certificate(tmp_path, HOSTS, NOW).made == ""


def test_of_the_future_or_not_it_is_one_of_now(tmp_path: Path) -> None:
    tls.certificate(tmp_path, HOSTS, NOW + 100 * DAY)
    assert tls.certificate(tmp_path, HOSTS, NOW).made == "the one kept is of the future"


@pytest.mark.parametrize("host", HOSTS)
def test_a_handshake_under_each_name(tmp_path: Path, host: str) -> None:
    own = tls.certificate(tmp_path, HOSTS)
    ours, theirs = socket.socketpair()

    def serve() -> None:
        with tls.serving(own).wrap_socket(theirs, server_side=True) as side:
            side.sendall(b"x")

    thread = threading.Thread(target=serve)
    thread.start()
    with tls.trusting(own.file).wrap_socket(ours, server_hostname=host) as side:
        assert side.recv(1) == b"x"
        assert side.version() == "TLSv1.3"
        der = side.getpeercert(binary_form=True)
    thread.join()
    assert der is not None
    assert own.fingerprint == hashlib.sha256(der).digest().hex(":").upper()


def test_another_name_or_certificate_is_not_trusted(tmp_path: Path) -> None:
    own = tls.certificate(tmp_path, HOSTS)
    (tmp_path / "other").mkdir()
    other = tls.certificate(tmp_path / "other", HOSTS)
    for trusted, host in ((own, "evil.example"), (own, "192.0.2.8"), (other, "localhost")):
        ours, theirs = socket.socketpair()

        def serve(end: socket.socket = theirs) -> None:
            with pytest.raises(OSError), tls.serving(own).wrap_socket(end, server_side=True) as side:  # noqa: PT011
                side.recv(1)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(ssl.SSLCertVerificationError):
            tls.trusting(trusted.file).wrap_socket(ours, server_hostname=host)
        ours.close()
        thread.join()


def test_addresses_of_this_machine() -> None:
    assert all(map(addresses.loopback, (*addresses.LOCAL, "127.9.9.9", "LOCALHOST")))
    assert not any(map(addresses.loopback, ("0.0.0.0", "::", "192.0.2.1", "localhost.evil.example", "")))
    assert [each for each in ("0.0.0.0", "::", "127.0.0.1", "lab") if addresses.everywhere(each)] == ["0.0.0.0", "::"]
    assert not any(map(addresses.loopback, addresses.lan()))
    assert addresses.authority("::1", 80) == "[::1]:80"
    assert addresses.authority("lab") == "lab"
    for each in addresses.lan():
        family = socket.AF_INET6 if ":" in each else socket.AF_INET
        with socket.socket(family) as probe:
            probe.bind((each, 0))  # it is one of ours
