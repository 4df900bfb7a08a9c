"""Servers that break the rules of transport: each answers every connection by a function of the raw socket."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Behaviour = Callable[[socket.socket, str], None]
"""Given the connection and the path that was asked for."""


class RawSite:
    """Every path but robots.txt (404) goes to the behaviour of that path; `asked` holds the paths in order."""

    def __init__(self, address: str, context: ssl.SSLContext | None = None) -> None:
        self.behaviours: dict[str, Behaviour] = {}
        self.asked: list[str] = []
        self._context = context
        self._listening = socket.create_server((address, 0))
        scheme = "https" if context else "http"
        self.base = f"{scheme}://{address}:{self._listening.getsockname()[1]}"
        self.closing = threading.Event()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.closing.set()
        # a thread in accept() sees no close of its socket
        with suppress(OSError), socket.create_connection(self._listening.getsockname(), timeout=1):
            pass
        self._thread.join()
        self._listening.close()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            if self.closing.is_set():
                connection.close()
                return
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            spoken = self._context.wrap_socket(connection, server_side=True) if self._context else connection
            with spoken:
                self._answer(spoken)

    def _answer(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            received = connection.recv(65_536)
            if not received:
                return
            head += received
        path = head.split(b" ")[1].decode()
        self.asked.append(path)
        if path == "/robots.txt":
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        else:
            self.behaviours[path](connection, path)


def sends(data: bytes) -> Behaviour:
    """Sends the bytes and closes."""
    return lambda connection, _: connection.sendall(data)


def sends_and_resets(data: bytes) -> Behaviour:
    """Sends the bytes, then breaks the connection with an RST."""

    def behave(connection: socket.socket, _: str) -> None:
        connection.sendall(data)
        threading.Event().wait(0.1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return behave


def sends_for_ever(start: bytes, part: bytes, site: RawSite, pause: float = 0.0) -> Behaviour:
    """Sends the start, then the part again and again with a pause, until the client goes."""

    def behave(connection: socket.socket, _: str) -> None:
        connection.sendall(start)
        while not site.closing.wait(pause) if pause else not site.closing.is_set():
            connection.sendall(part)

    return behave


def is_silent(site: RawSite) -> Behaviour:
    """Takes the request and never answers."""

    def behave(_connection: socket.socket, _path: str) -> None:
        site.closing.wait()

    return behave


def sends_after(seconds: float, data: bytes, site: RawSite) -> Behaviour:
    """Waits, then sends the bytes and closes."""

    def behave(connection: socket.socket, _: str) -> None:
        site.closing.wait(seconds)
        connection.sendall(data)

    return behave


@contextmanager
def raw_site(address: str, context: ssl.SSLContext | None = None) -> Iterator[RawSite]:
    site = RawSite(address, context)
    try:
        yield site
    finally:
        site.close()


class Authority:
    """A certificate authority of the test, whose file a client may trust."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test Authority")])
        self.file = folder / "authority.pem"
        certificate = self._certificate(self._name, self._key, None, _moment(-10), _moment(10), authority=True)
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, address: str, *, expired: bool = False, self_signed: bool = False) -> ssl.SSLContext:
        """The server's side of TLS with a certificate for an IP address."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, address)])
        until = _moment(-1) if expired else _moment(10)
        signer = key if self_signed else self._key
        certificate = self._certificate(name, key, address, _moment(-5), until, signer=signer)
        path = self._folder / f"{address}-{expired}-{self_signed}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _certificate(
        self,
        name: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        address: str | None,
        begin: dt.datetime,
        until: dt.datetime,
        *,
        authority: bool = False,
        signer: ec.EllipticCurvePrivateKey | None = None,
    ) -> x509.Certificate:
        issuer = name if signer is key else self._name
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if address:
            names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(signer or self._key, hashes.SHA256())


def _moment(days: int) -> dt.datetime:
    return dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
