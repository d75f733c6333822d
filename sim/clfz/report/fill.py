"""Fill the template of a page, of this package or another one, in the one style of all pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


def fill(template: Path, **given: Any) -> str:
    """A page as text; it opens offline and needs nothing else. Its template may import `parts.html`."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader([template.parent, _HERE]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    # A global, because what is imported does not see what is given to the page.
    environment.globals["style"] = Markup((_HERE / "style.css").read_text(encoding="utf-8"))
    return environment.get_template(template.name).render(**given)
