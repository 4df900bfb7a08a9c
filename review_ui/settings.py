"""What the web process must be told."""

from __future__ import annotations

import ipaddress

from pydantic import BaseModel, ConfigDict, Field


def web_address(host: str, port: int) -> str:
    """The address of a host, which may be an IPv6 number."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class WebSettings(BaseModel):
    """Where the web application listens. Port 0 takes a free one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)

    @property
    def address(self) -> str:
        """How this machine opens the application."""
        return web_address(self.host, self.port)

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def secure_cookies(self) -> bool:
        """Beyond loopback cookies travel over HTTPS alone, which a proxy in front has to speak."""
        return not self.loopback
