"""The certificate of the sandbox's Redshift: made once in a process, for localhost, signed by itself."""

from __future__ import annotations

import atexit
import shutil
import ssl
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

NAME = "localhost"


@cache
def certificate() -> Path:
    """Returns the file of the certificate, without its key. Clients verify the server with it."""
    return own_certificate(_folder())[0]


@cache
def bundle() -> Path:
    """Returns a file with the certificates that this machine trusts, and the sandbox's own."""
    trusted = ssl.get_default_verify_paths().cafile
    known = Path(trusted).read_text(encoding="utf-8") if trusted else ""
    file = _folder() / "trusted.pem"
    file.write_text(f"{known}\n{certificate().read_text(encoding='ascii')}", encoding="utf-8")
    return file


@cache
def context() -> ssl.SSLContext:
    """Returns what the server needs for TLS."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate(), _folder() / "server.key")
    return tls


def own_certificate(folder: Path) -> tuple[Path, Path]:
    """Writes a certificate and its key. Its validity is fixed, so that no clock decides.

    Importing what that needs takes a while, so it is imported when a client connects.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "server.pem", folder / "server.key"
    public.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.touch(0o600)
    plain = serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return public, private


@cache
def _folder() -> Path:
    folder = Path(mkdtemp(prefix="rs"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
