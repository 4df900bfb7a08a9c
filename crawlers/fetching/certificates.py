"""Checking the certificates of sites, so that a failure says what is wrong: Twisted drops the reason."""

from __future__ import annotations

from typing import Any

from OpenSSL import SSL
from OpenSSL.crypto import X509
from scrapy.core.downloader.contextfactory import _ScrapyCertificateOptions
from twisted.internet._sslverify import ClientTLSOptions, _verifyCB
from twisted.internet.ssl import platformTrust
from twisted.python.failure import Failure
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

FAULTS = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is self-signed",
    19: "its certificate is self-signed",
    20: "nobody we trust vouches for its certificate, or it does not send the certificates between",
    21: "nobody we trust vouches for its certificate, or it does not send the certificates between",
    23: "its certificate was revoked",
}
"""Codes of OpenSSL (X509_V_ERR_…)."""


class BadCertificate(Exception):
    """The certificate of a site does not hold."""

    def __init__(self, code: int) -> None:
        super().__init__(FAULTS.get(code, f"its certificate does not hold: fault {code} of OpenSSL"))


class _Explained(ClientTLSOptions):
    """One connection's check of certificate and name."""

    def clientConnectionForTLS(self, tlsProtocol: Any) -> SSL.Connection:  # noqa: N802, N803
        connection = super().clientConnectionForTLS(tlsProtocol)
        usual = _verifyCB(tlsProtocol, self._hostnameIsDnsName, self._hostnameASCII)

        def verify(conn: SSL.Connection, certificate: X509, code: int, depth: int, ok: int) -> bool:
            holds = usual(conn, certificate, code, depth, bool(ok))
            if not ok:
                tlsProtocol.failVerification(Failure(BadCertificate(code)))  # type: ignore[no-untyped-call]
            return holds

        connection.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, verify)
        return connection


@implementer(IPolicyForHTTPS)
class Certificates:
    """The system's authorities, loaded once for all connections."""

    def __init__(self) -> None:
        # Scrapy's options, for they also speak to the old servers that some offices keep (legacy renegotiation)
        trusted = platformTrust()  # type: ignore[no-untyped-call]
        self._options = _ScrapyCertificateOptions(trustRoot=trusted, fixBrokenPeers=True)

    def creatorForNetloc(self, hostname: bytes, port: int) -> _Explained:  # noqa: ARG002, N802
        return _Explained(self._options._makeTLSConnection, hostname.decode("ascii"))
