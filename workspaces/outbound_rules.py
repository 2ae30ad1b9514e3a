"""Which addresses an outbound call may go to. Pure: resolves nothing, sends nothing.

A public host is reached by https at a global address. A host that the operator lists as
private may be on loopback or a private network, and may speak http; cloud metadata services,
link-local and multicast addresses stay closed to it too (security.md, "Outbound URL + our key").
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Collection
from urllib.parse import urlsplit

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in ("168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254")
)
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "240.0.0.0/4",
        "::/96",
        "::ffff:0:0/96",
        "::ffff:0:0:0/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
    )
)
"""Ranges that wrap another address or are special, whatever this Python's ``is_global`` says."""
_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    )
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_INTERNAL = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa", "onion")


class OutboundError(Exception):
    """A call to another host that gave nothing; the message holds no key and no address."""


class OutboundRefused(OutboundError):
    """The call is against the rules of ``workspaces.outbound``, and was not made or was cut."""


class AnswerTooLarge(OutboundRefused):
    """The answer went over the size that the caller set."""


def normal_host(host: str) -> str:
    """One spelling for a host: lower case, ASCII, without brackets and the final dot."""
    plain = unicodedata.normalize("NFKC", host).strip("[]").lower().rstrip(".")
    try:
        return str(ipaddress.ip_address(plain))
    except ValueError:
        return plain


def check_url(url: str, *, private_hosts: Collection[str], allowed_hosts: Collection[str]) -> str:
    """The normal host of a URL that may be called; its addresses are still to be checked.

    ``allowed_hosts`` limits public hosts when it is not empty; an entry that starts with a dot
    stands for every name below it. Raises ``OutboundRefused``.
    """
    try:
        parts = urlsplit(url)
        host, port = normal_host(parts.hostname or ""), parts.port
    except ValueError as error:
        raise OutboundRefused("The address is not a valid URL.") from error
    if re.search(r"[\s\\\x00-\x1f\x7f]", url):
        raise OutboundRefused("The address holds spaces, backslashes or control characters.")
    if "@" in parts.netloc:
        raise OutboundRefused("The address must not hold a user name or a password.")
    if not host or port == 0:
        raise OutboundRefused("The address names no host or port.")
    private = host in {normal_host(name) for name in private_hosts}
    if parts.scheme != "https" and not (parts.scheme == "http" and private):
        raise OutboundRefused("The address must start with https://.")
    if not private:
        _check_public_name(host, allowed_hosts)
    return host


def check_address(address: IPAddress, *, private: bool) -> None:
    """Raise ``OutboundRefused`` unless a call may go to this address."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id:
            raise OutboundRefused("The host is at an address of this machine's own network.")
        if address in _NAT64:
            address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if private and _is_private(address):
        return
    if not _is_public(address):
        raise OutboundRefused("The host is at a private or reserved network address.")


def _check_public_name(host: str, allowed_hosts: Collection[str]) -> None:
    """A canonical IP literal or a dotted public name, and on the allow-list if there is one."""
    if not _is_literal(host):
        labels = host.split(".")
        if not all(_LABEL.fullmatch(label) for label in labels):
            raise OutboundRefused("The address names no valid host.")
        if _NUMBER.fullmatch(labels[-1]):
            raise OutboundRefused("The address spells a network address in an unusual way.")
        if len(labels) == 1 or labels[-1] in _INTERNAL:
            raise OutboundRefused("The address names a host of an internal network.")
    if allowed_hosts and not any(_matches(host, entry) for entry in allowed_hosts):
        raise OutboundRefused("The host is not on the list of allowed hosts.")


def _is_literal(host: str) -> bool:
    try:
        check_address(ipaddress.ip_address(host), private=False)
    except ValueError:
        return False
    return True


def _matches(host: str, entry: str) -> bool:
    name = normal_host(entry)
    return host.endswith(name) if name.startswith(".") else host == name


def _is_private(address: IPAddress) -> bool:
    return address not in _METADATA and any(
        address in network for network in _PRIVATE if network.version == address.version
    )


def _is_public(address: IPAddress) -> bool:
    if address in _METADATA or address.is_multicast or not address.is_global:
        return False
    if isinstance(address, ipaddress.IPv6Address) and _wraps_ipv4(address):
        return False
    return not any(
        address in network for network in _NOT_PUBLIC if network.version == address.version
    )


def _wraps_ipv4(address: ipaddress.IPv6Address) -> bool:
    """ISATAP interface ids hold an IPv4 address that the router unwraps."""
    return (int(address) >> 32) & 0xFFFFFFFF in (0x00005EFE, 0x02005EFE)
