"""A session in words: which browser, roughly from where."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from django import template

register = template.Library()
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""What a browser calls itself; most name others as well, so the first that is found counts."""
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser(user_agent: str) -> str:
    """``Firefox on Windows``; what cannot be told is left out."""
    name = next((name for mark, name in _BROWSERS if mark in user_agent), "Another program")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{name} on {system}" if system else name


@register.filter
def short_address(address: str) -> str:
    """The network of an address: enough to know one's own by."""
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        return f"{ip_network((found, 48), strict=False).network_address}x"
    return ".".join([*str(found).split(".")[:2], "x", "x"])
