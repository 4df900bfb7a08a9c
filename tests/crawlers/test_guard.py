"""Which addresses may be connected to."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawlers.fetching.guard import NoWebAddress, is_allowed, require_web_address

PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::808:808", "2002:808:808::1"]
LOOPBACK = ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"]
INSIDE = [
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "::",
    "::10.0.0.1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:10.0.0.1",
    "::ffff:0:10.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001:0:a00:1::1",
    "2001:0:808:808::1",
    "2001:db8::1",
    "2002:a00:1::",
    "3fff::1",
    "5f00::1",
]

FORBIDDEN_V4 = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
]
"""Written out here, so that the test does not rest on the library's list alone."""

FORBIDDEN_V6 = [ipaddress.ip_network(network) for network in ("fc00::/7", "fe80::/9", "ff00::/8", "2001:db8::/32")]


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_allowed(address, allow_loopback=False)


@pytest.mark.parametrize("address", LOOPBACK)
def test_loopback_only_where_allowed(address: str) -> None:
    assert not is_allowed(address, allow_loopback=False)
    assert is_allowed(address, allow_loopback=True)


@pytest.mark.parametrize("address", INSIDE)
def test_inside_never(address: str) -> None:
    assert not is_allowed(address, allow_loopback=True)


def in_network(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> st.SearchStrategy[str]:
    first, last = int(network.network_address), int(network.broadcast_address)
    kind = ipaddress.IPv4Address if network.version == 4 else ipaddress.IPv6Address
    return st.integers(first, last).map(lambda number: str(kind(number)))


forbidden_v4 = st.sampled_from(FORBIDDEN_V4).flatmap(in_network)
forbidden_v6 = st.sampled_from(FORBIDDEN_V6).flatmap(in_network)


def embeddings(v4: str) -> list[str]:
    """All the IPv6 forms that carry an IPv4 address to where it leads, or once did."""
    number = int(ipaddress.IPv4Address(v4))
    return [
        str(ipaddress.IPv6Address(form))
        for form in (
            number,  # compatible: RFC 4291, section 2.5.5.1
            (0xFFFF << 32) | number,  # mapped
            (0xFFFF << 48) | number,  # translated: RFC 2765
            (0x0064FF9B << 96) | number,  # NAT64
            (0x0064FF9B0001 << 80) | number,  # NAT64 of a network's own
            (0x2002 << 112) | (number << 80),  # 6to4
            (0x2001 << 112) | (number << 64),  # Teredo, the server
            (0x2001 << 112) | (number ^ 0xFFFFFFFF),  # Teredo, the client
        )
    ]


@given(forbidden_v4)
@example("0.0.0.1")  # its compatible form is the loopback of IPv6, which is allowed here
def test_no_form_of_an_inner_address_passes(v4: str) -> None:
    assert not is_allowed(v4, allow_loopback=True)
    for form in embeddings(v4):
        assert is_allowed(form, allow_loopback=True) == (form == "::1"), form


@given(forbidden_v6)
def test_no_inner_ipv6_address_passes(address: str) -> None:
    assert not is_allowed(address, allow_loopback=True)


@given(in_network(ipaddress.ip_network("127.0.0.0/8")))
def test_no_form_of_loopback_passes_unless_allowed(v4: str) -> None:
    for form in [v4, *embeddings(v4)]:
        assert not is_allowed(form, allow_loopback=False), form


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_what_is_allowed_is_global_whatever_the_address(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if is_allowed(str(ip), allow_loopback=False):
        assert ip.is_global or ip in ipaddress.ip_network("2002::/16")
        assert not (ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified)


@pytest.mark.parametrize(
    "url", ["http://example.rs/", "https://example.rs/a?b", "http://example.rs:8080/", "https://example.rs:443/"]
)
def test_web_addresses(url: str) -> None:
    require_web_address(url)


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("file:///etc/passwd", "its scheme is file"),
        ("ftp://example.rs/", "its scheme is ftp"),
        ("data:text/html,x", "its scheme is data"),
        ("javascript:alert(1)", "its scheme is javascript"),
        ("//example.rs/", "its scheme is missing"),
        ("http:///path", "it has no host"),
        ("http://name@example.rs/", "it holds a name or password"),
        ("http://example.rs:22/", "port 22 is not the web's"),
        ("http://example.rs:6379/", "port 6379 is not the web's"),
        ("http://example.rs:0/", "port 0 is not the web's"),
        ("http://example.rs:99999/", "no address to fetch: "),
        ("http://[::1/", "no address to fetch: "),
    ],
)
def test_no_web_addresses(url: str, complaint: str) -> None:
    with pytest.raises(NoWebAddress, match="no address to fetch: ") as caught:
        require_web_address(url)
    assert complaint in str(caught.value)


@given(st.one_of(st.text(), st.text().map("http://".__add__), st.text().map("http://example.rs:".__add__)))
def test_any_text_is_a_web_address_or_told_why_not(url: str) -> None:
    try:
        require_web_address(url)
    except NoWebAddress:
        return
    assert url.strip().lower().startswith("http")
