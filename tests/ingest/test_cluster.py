"""Dask over TLS: a scheduler that takes encrypted connections alone, an authority of our own, a run over it."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import dask
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from distributed import LocalCluster, Security

from murmuration.errors import MurmurationError
from murmuration.ingest import DaskEngine, Tls
from murmuration.ingest.cluster import SETTINGS
from tests.ingest.conftest import raw, source
from tests.ingest.poison import Poison
from tests.ingest.test_ingest import labels, settle

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # of distributed


def authority(folder: Path) -> Tls:
    """A new authority, and a certificate with its key that the authority signed."""
    folder.mkdir()
    now = datetime.datetime.now(datetime.UTC)

    def signed(name: str, key: ec.EllipticCurvePrivateKey, by: x509.Name, ca: ec.EllipticCurvePrivateKey) -> bytes:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = x509.CertificateBuilder(by, subject, key.public_key(), x509.random_serial_number())
        made = made.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
        made = made.add_extension(x509.BasicConstraints(key is ca, None), critical=True)
        made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        ours = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca.public_key())
        made = made.add_extension(ours, critical=False)
        return made.sign(ca, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    ca, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
    files = Tls(folder / "ca.pem", folder / "own.pem", folder / "own.key")
    files.ca.write_bytes(signed("authority", ca, issuer, ca))
    files.certificate.write_bytes(signed("ours", own, issuer, ca))
    coding = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    files.key.write_bytes(own.private_bytes(*coding))
    return files


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return authority(tmp_path_factory.mktemp("tls") / "own")


@pytest.fixture(scope="module")
def encrypted(files: Tls) -> Iterator[str]:
    """The address of a scheduler with a worker, which speak TLS among themselves and to us."""
    ours = {"tls_ca_file": str(files.ca), "require_encryption": True}
    for role in ("scheduler", "worker", "client"):
        ours |= {f"tls_{role}_cert": str(files.certificate), f"tls_{role}_key": str(files.key)}
    with (
        dask.config.set(SETTINGS),
        LocalCluster(
            n_workers=1, threads_per_worker=1, processes=True, host="127.0.0.1", protocol="tls://",
            security=Security(**ours), dashboard_address="127.0.0.1:0", silence_logs=50,
        ) as local,
    ):  # fmt: skip
        yield local.scheduler_address


def test_a_run_over_tls(encrypted: str, files: Tls, tmp_path: Path) -> None:
    assert encrypted.startswith("tls://127.0.0.1:")
    table = raw()[:400]
    bad = table["label"][123].as_py()
    with DaskEngine(encrypted, files) as engine:
        addresses = list(engine._client.scheduler_info()["workers"])
        last = settle(source(table, 100), tmp_path / "run", engine, Poison({bad: "raise"}))
    assert addresses
    assert all(each.startswith("tls://") for each in addresses)
    assert (last.rows_done, last.rows_quarantined) == (399, 1)
    assert labels(tmp_path / "run") == [each for each in table["label"].to_pylist() if each != bad]


def test_refused_clusters(encrypted: str, tmp_path: Path) -> None:
    """In the clear, and with a certificate of another authority: one line, and no connection."""
    stranger = authority(tmp_path / "stranger")
    for address, given in ((encrypted.replace("tls", "tcp"), None), (encrypted, stranger)):
        with pytest.raises(MurmurationError) as refused:
            DaskEngine(address, given, wait=2)
        assert "\n" not in str(refused.value)
        assert "expected a Dask scheduler with workers at" in str(refused.value)


def test_files_that_are_no_certificates(encrypted: str, files: Tls, tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    for wrong in (tmp_path / "none", tmp_path / "empty"):
        with pytest.raises(MurmurationError) as refused:
            DaskEngine(encrypted, Tls(files.ca, wrong, files.key), wait=2)
        assert "\n" not in str(refused.value)


def test_tls_and_certificates_go_together(files: Tls) -> None:
    for address, given in (("tls://127.0.0.1:1", None), ("tcp://127.0.0.1:1", files), ("tls://192.0.2.1:8786", None)):
        with pytest.raises(MurmurationError, match="expected tls:// together with the files of the certificates"):
            DaskEngine(address, given, wait=1)


@pytest.mark.parametrize("address", ["tcp://192.0.2.1:8786", "192.0.2.1:8786", "x"])
def test_beyond_this_machine_only_with_certificates(address: str) -> None:
    with pytest.raises(MurmurationError, match="expected TLS for a scheduler beyond this machine"):
        DaskEngine(address, wait=1)
