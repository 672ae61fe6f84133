"""A local certificate authority and a leaf for this machine, for servers without a certificate.

The authority is made once and kept, so whoever trusts `ca.pem` goes on trusting it. The leaf is
short-lived and replaced well before it expires, when a name is added, or when a file is missing.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from shlex import quote

import trustme
from cryptography import x509

from holoscope.cli.files import write_private
from holoscope.kit.errors import HoloscopeError

LEAF_LIFE = timedelta(days=90)
RENEW_BEFORE = timedelta(days=30)
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
_WILDCARDS = {"0.0.0.0", "::"}  # noqa: S104  (listening everywhere names no host)


class BadCertificate(HoloscopeError):
    """A certificate, key or authority file cannot be read or does not fit its partner."""

    code = "bad_certificate"


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files of a server certificate; `ca_file` is what clients must trust, None for one of their own."""

    chain: Path
    key: Path
    ca_file: Path | None


def local_certificate(folder: Path, *, host: str, now: datetime) -> Certificate:
    """Return the leaf kept in `folder`, made or renewed if need be, for this machine's names and `host`.

    Raises:
        BadCertificate: the kept authority is damaged; it is never replaced silently, as clients trust it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = _load_or_create_authority(folder / "ca.pem", folder / "ca-key.pem")
    names = LOCAL_NAMES if host in _WILDCARDS or host in LOCAL_NAMES else (*LOCAL_NAMES, host)
    leaf = Certificate(folder / "leaf.pem", folder / "leaf-key.pem", folder / "ca.pem")
    if not _is_fit(leaf, names, authority, now):
        issued = authority.issue_cert(
            *names,
            organization_name="Holoscope",
            organization_unit_name="local server",
            common_name=names[0],
            not_before=(now - timedelta(days=1)).replace(tzinfo=None),
            not_after=(now + LEAF_LIFE).replace(tzinfo=None),
        )
        write_private(leaf.key, issued.private_key_pem.bytes())
        write_private(leaf.chain, b"".join(pem.bytes() for pem in issued.cert_chain_pems), mode=0o644)
    return leaf


def server_context(certificate: Certificate) -> ssl.SSLContext:
    """Build the TLS side of the server: TLS 1.2 or newer, HTTP/1.1.

    Raises:
        BadCertificate: a file is missing or unreadable, or key and certificate do not fit.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        # The empty password makes an encrypted key an error instead of a prompt that waits for ever.
        context.load_cert_chain(certificate.chain, certificate.key, password=b"")
    except (OSError, ssl.SSLError) as error:
        raise BadCertificate(
            f"Cannot use certificate {certificate.chain} with key {certificate.key}: {error}"
        ) from None
    return context


def trust_hint(ca_file: Path) -> str:
    """Say how the usual clients are told to trust the local authority."""
    names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
    return "\n".join(f"  export {name}={quote(str(ca_file))}" for name in names)


def _load_or_create_authority(cert: Path, key: Path) -> trustme.CA:
    if not cert.exists() and not key.exists():
        made = trustme.CA(
            path_length=0, organization_name="Holoscope", organization_unit_name="local authority"
        )
        write_private(key, made.private_key_pem.bytes())
        write_private(cert, made.cert_pem.bytes(), mode=0o644)
        return made
    try:
        return trustme.CA.from_pem(cert.read_bytes(), key.read_bytes())
    except (OSError, ValueError) as error:
        raise BadCertificate(
            f"The local authority in {cert.parent} is damaged ({error}). Remove {cert.name} and {key.name} "
            "to make a new one; clients must then trust the new one."
        ) from None


def _is_fit(leaf: Certificate, names: tuple[str, ...], authority: trustme.CA, now: datetime) -> bool:
    try:
        cert = x509.load_pem_x509_certificate(leaf.chain.read_bytes())
        alternatives = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        cert.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.cert_pem.bytes()))
        server_context(leaf)
    except Exception:  # noqa: BLE001  (whatever is wrong with it, the answer is a new leaf)
        return False
    held = {str(value) for value in alternatives.get_values_for_type(x509.DNSName)}
    held |= {str(value) for value in alternatives.get_values_for_type(x509.IPAddress)}
    return cert.not_valid_after_utc - now > RENEW_BEFORE and {_plain(name) for name in names} <= held


def _plain(name: str) -> str:
    try:
        return str(ip_address(name))
    except ValueError:
        return name.lower()
