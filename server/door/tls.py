"""TLS with a certificate that this machine signs itself, for serving beyond loopback.

WebXR runs in a secure context only, and a token must not cross a network in the clear. No authority signs
certificates for an address of a home network, so the browser warns once; its fingerprint can be compared with the
printed one. The certificate is kept, so that the browser does not warn every time; it is made anew when it ends within
30 days, lacks a present address of the machine, or cannot be read.

ECDSA on P-256, which every browser takes; valid for less than 397 days, the longest that browsers accept.
"""

import datetime
import ipaddress
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.door import statefolder

FILE = "certificate.pem"
"""In the state folder: the key, then the certificate, in one file so that they are never of two kinds."""

VALID = datetime.timedelta(days=396)
RENEW = datetime.timedelta(days=30)
CLOCKS = datetime.timedelta(hours=12)
"""How far a client's clock may be behind ours."""


@dataclass(frozen=True)
class TlsCertificate:
    """A key with its certificate: the file, the certificate's SHA-256 fingerprint, when it ends.

    ``made`` says in words why it was made just now, and is empty for one that was kept.
    """

    file: Path
    fingerprint: str
    ends: datetime.datetime
    made: str = ""


def certificate(folder: Path, hosts: Collection[str], now: datetime.datetime | None = None) -> TlsCertificate:
    """The kept certificate if it is still good for these names and addresses, else a new one.

    Raises AccessError when the folder cannot be written.
    """
    now = now or datetime.datetime.now(datetime.UTC)
    file = folder / FILE
    wanted = {_general(each) for each in hosts}
    why = _worn(file, wanted, now)
    if why:
        statefolder.keep(file, _make(wanted, now))
    kept = x509.load_pem_x509_certificate(file.read_bytes())
    fingerprint = kept.fingerprint(hashes.SHA256()).hex(":").upper()
    return TlsCertificate(file, fingerprint, kept.not_valid_after_utc, why)


def serving(own: TlsCertificate) -> ssl.SSLContext:
    """How a server speaks TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(own.file)
    return context


def trusting(file: Path) -> ssl.SSLContext:
    """How a client on this machine speaks to such a server: its certificate is trusted, and no other."""
    context = ssl.create_default_context(cafile=file)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # it is no authority, it just is the one
    return context


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _worn(file: Path, wanted: set[x509.GeneralName], now: datetime.datetime) -> str:
    """Why the kept certificate will not do, in words; empty when it will."""
    if not file.exists():
        return "none was there"
    try:
        kept = x509.load_pem_x509_certificate(file.read_bytes())
        key = serialization.load_pem_private_key(file.read_bytes(), None)
        named = set(kept.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
        if key.public_key() != kept.public_key():
            return "the one kept does not fit its key"
    except (OSError, ValueError, TypeError, x509.ExtensionNotFound) as error:
        return f"the one kept could not be read ({type(error).__name__})"
    if kept.not_valid_after_utc - now < RENEW:
        return f"the one kept ends on {kept.not_valid_after_utc:%Y-%m-%d}"
    if kept.not_valid_before_utc > now:
        return "the one kept is of the future"
    missing = sorted(str(each.value) for each in wanted - named)
    return f"the one kept does not name {', '.join(missing)}" if missing else ""


def _make(wanted: set[x509.GeneralName], now: datetime.datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Murmuration Lab, signed by itself")])
    use = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
         "encipher_only", "decipher_only"), False)  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS)
        .not_valid_after(now - CLOCKS + VALID)
        .add_extension(x509.SubjectAlternativeName(sorted(wanted, key=lambda each: str(each.value))), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, **use), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return secret + made.public_bytes(serialization.Encoding.PEM)
