"""The local authority is kept, the leaf is renewed, and strict clients accept both."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from stat import S_IMODE

import pytest
import trustme
from cryptography import x509

from holoscope.cli.certificates import (
    LEAF_LIFE,
    RENEW_BEFORE,
    BadCertificate,
    Certificate,
    local_certificate,
    server_context,
    trust_hint,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def names(leaf: Certificate) -> set[str]:
    found = x509.load_pem_x509_certificate(leaf.chain.read_bytes()).extensions
    alternatives = found.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in alternatives}


def handshake(leaf: Certificate, host: str) -> None:
    client = ssl.create_default_context(cafile=leaf.ca_file)
    client.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = client.wrap_bio(down, up, server_hostname=host)
    answering = server_context(leaf).wrap_bio(up, down, server_side=True)
    for _ in range(4):
        for side in (asking, answering):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert asking.version() == "TLSv1.3"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_strict_verification_accepts_the_leaf(tmp_path: Path, host: str) -> None:
    handshake(local_certificate(tmp_path, host="localhost", now=datetime.now(UTC)), host)


def test_keys_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    leaf = local_certificate(folder, host="localhost", now=NOW)
    assert S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name: S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {
        "ca.pem": 0o644,
        "ca-key.pem": 0o600,
        "leaf.pem": 0o644,
        "leaf-key.pem": 0o600,
    }
    assert leaf.ca_file == folder / "ca.pem"


def test_both_are_reused(tmp_path: Path) -> None:
    local_certificate(tmp_path, host="localhost", now=NOW)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    local_certificate(tmp_path, host="localhost", now=NOW + LEAF_LIFE - RENEW_BEFORE - timedelta(hours=1))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("loss", ["expiry", "leaf.pem", "leaf-key.pem", "garbage", "name", "authority"])
def test_the_leaf_is_replaced_when_it_must_be(tmp_path: Path, loss: str) -> None:
    first = local_certificate(tmp_path, host="localhost", now=NOW)
    old, ca = first.chain.read_bytes(), (tmp_path / "ca.pem").read_bytes()
    now, host = NOW, "localhost"
    if loss == "expiry":
        now = NOW + LEAF_LIFE - RENEW_BEFORE + timedelta(hours=1)
    elif loss == "garbage":
        first.key.write_text("nonsense")
    elif loss == "name":
        host = "192.0.2.7"
    elif loss == "authority":
        other = trustme.CA()
        (tmp_path / "ca.pem").write_bytes(other.cert_pem.bytes())
        (tmp_path / "ca-key.pem").write_bytes(other.private_key_pem.bytes())
    else:
        (tmp_path / loss).unlink()
    leaf = local_certificate(tmp_path, host=host, now=now)
    assert leaf.chain.read_bytes() != old
    assert ((tmp_path / "ca.pem").read_bytes() == ca) is (loss != "authority")
    server_context(leaf)
    assert names(leaf) == {"localhost", "127.0.0.1", "::1"} | ({host} - {"localhost"})


def test_a_damaged_authority_is_not_replaced_silently(tmp_path: Path) -> None:
    local_certificate(tmp_path, host="localhost", now=NOW)
    (tmp_path / "ca-key.pem").unlink()
    with pytest.raises(BadCertificate, match=r"Remove ca\.pem and ca-key\.pem"):
        local_certificate(tmp_path, host="localhost", now=NOW)


def test_an_own_certificate_that_does_not_fit_is_explained(tmp_path: Path) -> None:
    leaf = local_certificate(tmp_path, host="localhost", now=NOW)
    (tmp_path / "other.pem").write_bytes(trustme.CA().private_key_pem.bytes())
    with pytest.raises(BadCertificate, match=r"Cannot use certificate"):
        server_context(Certificate(leaf.chain, tmp_path / "other.pem", None))
    with pytest.raises(BadCertificate, match=r"absent\.pem"):
        server_context(Certificate(tmp_path / "absent.pem", leaf.key, None))


def test_the_hint_names_the_three_variables() -> None:
    hint = trust_hint(Path("/data/ca.pem"))
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"):
        assert f"export {name}=/data/ca.pem" in hint
