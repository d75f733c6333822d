"""A discovery in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clfz.analysis.discovery.run import Discovery
    from clfz.analysis.discovery.trust import Found, Restriction


def answer(found: Discovery) -> list[str]:
    """What was found, in a few sentences."""
    said = [f"{base(found)} {luck(found)}"]
    if not found.boxes:
        return [*said, no_box(found)]
    for number, box in enumerate(found.boxes):
        said.append(in_words(found, box, number))
    return said


def base(found: Discovery) -> str:
    """How often the goal is missed."""
    points, failing = len(found.fails), int(found.fails.sum())
    return (
        f"{found.programme} misses the goal ({found.goal.words}) in {failing} of {points} sets of "
        "what is not known."
    )


def luck(found: Discovery) -> str:
    """How much of the verdict is luck."""
    if found.done.study.spec.replicates == 1:
        return "Each set met one luck only, so some of these verdicts are luck."
    return (
        f"In {100 * found.mixed:.0f} of 100 sets it is luck that decides: some repeats reach the "
        "goal and others do not. A set is judged by the average of its repeats."
    )


def in_words(found: Discovery, box: Found, number: int) -> str:
    """One box: when, how often, and how sure."""
    limits = [found.varied.told(each.limit) for each in box.restrictions]
    unseen = box.unseen
    often = "mostly" if unseen.density > 0.5 else "more often"
    first = f"It fails {often} when" if number == 0 else f"Outside of that, it fails {often} when"
    together = f"{first} {_and(limits)}."
    return (
        f"{together} In that box {percent(unseen.density)} sets fail, against {percent(box.base)} of all "
        f"{'that are left' if number else 'sets'}; {percent(unseen.coverage)} of the failures"
        f"{' that are left' if number else ''} lie in it. (Measured in sets that the search had not seen.)"
    )


def no_box(found: Discovery) -> str:
    """Why there is none."""
    return (
        f"There is no box: among {len(found.varied.names)} uncertain things, no limit on any of them "
        "tells failures apart better than chance would in sets that the search had not seen. "
        "Failure is spread, or it takes more sets to see where it lies."
    )


def doubt(found: Discovery, each: Restriction) -> str:
    """A restriction that is not to be trusted, and why."""
    return (
        f"{found.varied.told(each.limit)}; found in {percent(each.found_in)} of the halves, "
        f"p = {p_text(each.p_value)}."
    )


def worth_telling(doubtful: tuple[Restriction, ...]) -> list[Restriction]:
    """Those that came back in at least one half of five; the others were chance and nothing more."""
    return [each for each in doubtful if each.found_in >= 0.2]


def percent(share: float) -> str:
    """A share in natural frequencies."""
    return f"{100 * share:.0f} of 100"


def p_text(value: float) -> str:
    """A p-value as far as it means something."""
    return "less than 0.001" if value < 0.001 else f"{value:.2g}"


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else "; ".join(parts[:-1]) + "; and " + parts[-1]
