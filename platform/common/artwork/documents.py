"""The SVG document around a drawing."""

import html

from common.artwork.dice import digest


def document(width: int, height: int, name: str, inside: str) -> str:
    """A drawing as an image that tells a screen reader its name."""
    label = f"<title>{html.escape(name, quote=False) or 'Untitled'}</title>"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">{label}{inside}</svg>'
    )


def identifier(*parts: str) -> str:
    """A prefix for the identifiers of a picture, so that several can stand in one page."""
    return "m" + digest("\n".join(parts)).hex()[:7]
