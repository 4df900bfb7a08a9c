"""The address where Prometheus finds what a process tells."""

from __future__ import annotations

from prometheus_client import start_http_server

from codebook.errors import BadSettings


def serve_metrics(port: int | None) -> None:
    """Serves the metrics of this process at `/metrics` of a port, on all addresses; without one, nothing.

    Raises:
        BadSettings: another program has the port.
    """
    if port is None:
        return
    try:
        start_http_server(port)
    except OSError as error:
        remedy = f"stop what listens there, or choose another port ({error.strerror})"
        raise BadSettings("AVMP_METRICS_PORT", "metrics_port", port, remedy) from None
