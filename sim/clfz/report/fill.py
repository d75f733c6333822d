"""Fill the template of a page, of this package or another one, in the one style of all pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent


def environment(*folders: Path) -> Environment:
    """Return Jinja's settings for pages: text is escaped, a missing value is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    made = Environment(
        loader=FileSystemLoader([*folders, _HERE]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    # A global, because what is imported does not see what is given to the page.
    made.globals["style"] = Markup((_HERE / "style.css").read_text(encoding="utf-8"))
    return made


def fill(template: Path, **given: Any) -> str:
    """A page as text; it opens offline and needs nothing else. Its template may import `parts.html`."""
    return environment(template.parent).get_template(template.name).render(**given)
