"""Icons of the node types: lucide's outlines (ISC licence), drawn as data: images."""

_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" '
    'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" '
    'stroke-linejoin="round">'
)


def icon(paths: str) -> str:
    """A complete SVG around lucide's paths."""
    return f"{_HEAD}{paths}</svg>"
