"""The pen: lines, areas, boxes, marks and words on a sheet in points, written as SVG.

The sheet's zero is at the lower left. Words stay text: they can be selected, searched and read aloud.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Literal
from xml.etree import ElementTree

FAMILY = "DejaVu Sans, Verdana, Arial, Helvetica, sans-serif"
Dash = Literal["solid"] | tuple[float, tuple[float, ...]]
Shape = Literal["o", "s", "^", "D", "X", "|"]
# What is drawn over what.
GRID, AREAS, LINES, MARKS = range(4)
_HATCH = 22.0  # points after which a hatch of one letter repeats
_WORD_TOP = 0.76  # height of a capital with its accent, in parts of the size


@dataclass
class Pen:
    """One sheet and everything on it.

    Attributes:
        name: makes the ids on it its own, on a page with others.
        width: points.
        height: points.
    """

    name: str
    width: float
    height: float
    _drawn: list[tuple[int, ElementTree.Element]] = field(default_factory=list)
    _hatches: dict[str, str] = field(default_factory=dict)

    def line(
        self,
        x: Sequence[float],
        y: Sequence[float],
        color: str,
        dash: Dash = "solid",
        width: float = 1.6,
        *,
        cap: str = "square",
        layer: int = LINES,
    ) -> None:
        """Draw a line through points; a gap where one is no number. A dash counts in widths of the line."""
        look = {"fill": "none", "stroke": color, "stroke-width": short(width)}
        if isinstance(dash, str):
            look |= {"stroke-linecap": cap, "stroke-linejoin": "round"}
        else:
            look["stroke-dasharray"] = " ".join(short(part * width) for part in dash[1])
        self._put(layer, "path", d=self._path(x, y), **look)

    def area(self, x: Sequence[float], y: Sequence[float], color: str, alpha: float) -> None:
        """Fill what a line around it encloses."""
        self._put(AREAS, "path", d=self._path(x, y) + "z", fill=color, opacity=short(alpha))

    def box(
        self,
        left: float,
        bottom: float,
        width: float,
        height: float,
        color: str,
        *,
        hatch: str = "",
        alpha: float = 1.0,
    ) -> None:
        r"""Fill a rectangle with a thin white edge; `hatch` is one of / \ x . and more of them are closer."""
        if not all(map(isfinite, (left, bottom, width, height))):
            return
        left, width = min(left, left + width), abs(width)
        bottom, height = min(bottom, bottom + height), abs(height)
        place = self._place(left, bottom + height)
        size = {"width": short(width), "height": short(height)}
        edge = {"stroke": "#ffffff", "stroke-width": "0.6"}
        see = {} if alpha == 1 else {"opacity": short(alpha)}
        self._put(AREAS, "rect", **place, **size, **see, **edge, fill=color)
        if hatch:
            name = self._hatches.setdefault(hatch, f"{self.name}-hatch{len(self._hatches)}")
            self._put(AREAS, "rect", **place, **size, **see, fill=f"url(#{name})")

    def marks(
        self,
        x: Iterable[float],
        y: Iterable[float],
        shape: Shape,
        size: float,
        *,
        fill: str,
        edge: str,
        edge_width: float,
        alpha: float,
    ) -> None:
        """Draw a mark at each place: o circle, s square, ^ triangle, D diamond, X cross, | upright."""
        outline = _SHAPES[shape]
        look = {"fill": fill}
        if edge_width:
            look |= {"stroke": edge, "stroke-width": short(edge_width)}
        if alpha < 1:  # of each mark: where many lie over each other it is darker
            look |= {"fill-opacity": short(alpha), "stroke-opacity": short(alpha)}
        group = self._put(MARKS, "g", **look)
        for across, up in zip(x, y, strict=True):
            if isfinite(across) and isfinite(up):
                d = outline(float(across), self.height - float(up), size / 2)
                ElementTree.SubElement(group, "path", d=d)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        fontsize: float,
        color: str,
        ha: str = "left",
        weight: str = "normal",
    ) -> None:
        """Write a line of words: it starts, has its middle or ends at x, and stands on y."""
        if text.strip() and isfinite(x) and isfinite(y):
            self._put(
                MARKS, "text", **self._place(x, y), **_words(fontsize, color, ha, weight)
            ).text = text

    def upwards(self, x: float, y: float, text: str, *, fontsize: float, color: str) -> None:
        """Write upwards, to the right of x, with the middle at y."""
        if text.strip() and isfinite(x) and isfinite(y):
            at = f"{short(x + _WORD_TOP * fontsize)} {short(self.height - y)}"
            move = f"translate({at}) rotate(-90)"
            self._put(
                MARKS, "text", transform=move, **_words(fontsize, color, "center")
            ).text = text

    def svg(self, label: str) -> str:
        """Return all of it as one `<svg>`; `label` is what is read aloud."""
        width, height = short(self.width), short(self.height)
        root = ElementTree.Element(
            "svg",
            {
                "role": "img",
                "aria-label": label,
                "xmlns": "http://www.w3.org/2000/svg",
                "width": f"{width}pt",
                "height": f"{height}pt",
                "viewBox": f"0 0 {width} {height}",
                "font-family": FAMILY,
            },
        )
        if self._hatches:
            pens = ElementTree.SubElement(root, "defs")
            pens.extend(_hatch(hatch, own) for hatch, own in self._hatches.items())
        ElementTree.SubElement(root, "rect", width=width, height=height, fill="#ffffff")
        root.extend(element for _, element in sorted(self._drawn, key=lambda drawn: drawn[0]))
        ElementTree.indent(root, "")
        return ElementTree.tostring(root, encoding="unicode")

    def _put(self, layer: int, tag: str, **look: str) -> ElementTree.Element:
        element = ElementTree.Element(tag, look)
        self._drawn.append((layer, element))
        return element

    def _place(self, x: float, y: float) -> dict[str, str]:
        return {"x": short(x), "y": short(self.height - y)}

    def _path(self, x: Sequence[float], y: Sequence[float]) -> str:
        """The way through points, broken where one is no number."""
        parts, command = [], "M"
        for across, up in zip(x, y, strict=True):
            if isfinite(across) and isfinite(up):
                parts.append(f"{command}{short(across)} {short(self.height - up)}")
                command = "L"
            else:
                command = "M"
        return "".join(parts)


def short(value: float) -> str:
    """Return a number with one decimal (two below one): a twentieth of a point is invisible."""
    text = f"{value:.2f}" if abs(value) < 1 else f"{value:.1f}"
    text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _words(size: float, color: str, ha: str, weight: str = "normal") -> dict[str, str]:
    look = {"font-size": short(size), "fill": color}
    if ha != "left":
        look["text-anchor"] = {"center": "middle", "right": "end"}[ha]
    if weight != "normal":
        look["font-weight"] = weight
    return look


def _circle(x: float, y: float, half: float) -> str:
    r, across = short(half), short(2 * half)
    return f"M{short(x - half)} {short(y)}a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0 -{across} 0z"


def _square(x: float, y: float, half: float) -> str:
    side = short(2 * half)
    return f"M{short(x - half)} {short(y - half)}h{side}v{side}h-{side}z"


def _triangle(x: float, y: float, half: float) -> str:
    return f"M{short(x)} {short(y - half)}l{short(half)} {short(2 * half)}h-{short(2 * half)}z"


def _diamond(x: float, y: float, half: float) -> str:
    reach = half * 2**0.5
    r = short(reach)
    return f"M{short(x)} {short(y - reach)}l{r} {r}l-{r} {r}l-{r} -{r}z"


def _cross(x: float, y: float, half: float) -> str:
    r = short(half / 2)
    way = f"l{r} -{r}l{r} {r}l-{r} {r}l{r} {r}l-{r} {r}l-{r} -{r}l-{r} {r}l-{r} -{r}l{r} -{r}l-{r} -{r}l{r} -{r}"
    return f"M{short(x)} {short(y - half / 2)}{way}z"


def _upright(x: float, y: float, half: float) -> str:
    return f"M{short(x)} {short(y - half)}v{short(2 * half)}"


_SHAPES: dict[Shape, Callable[[float, float, float], str]] = {
    "o": _circle,
    "s": _square,
    "^": _triangle,
    "D": _diamond,
    "X": _cross,
    "|": _upright,
}


def _hatch(hatch: str, name: str) -> ElementTree.Element:
    """White strokes or dots that repeat; the first letter says which, and how many there are how close they are."""
    size = _HATCH / len(hatch) * (0.6 if hatch[0] == "." else 1.0)
    whole, half = short(size), short(size / 2)
    pattern = ElementTree.Element(
        "pattern", id=name, width=whole, height=whole, patternUnits="userSpaceOnUse"
    )
    if hatch[0] == ".":
        ElementTree.SubElement(
            pattern, "circle", cx=half, cy=half, r=short(size / 5), fill="#ffffff"
        )
        return pattern
    # A stroke through the middle, and what strokes of the neighbours leave in two corners.
    end, beyond = short(size - 1), short(size + 1)
    rising = f"M0 {whole}L{whole} 0M-1 1L1 -1M{end} {beyond}L{beyond} {end}"
    falling = f"M0 0L{whole} {whole}M{end} -1L{beyond} 1M-1 {end}L1 {beyond}"
    d = {"/": rising, "\\": falling, "x": rising + falling}[hatch[0]]
    ElementTree.SubElement(pattern, "path", {"d": d, "stroke": "#ffffff", "stroke-width": "0.7"})
    return pattern
