"""What would never happen: a step or a shock whose months lie outside of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clfz.inputs.programme import Programme
    from clfz.inputs.shock import Shock
    from clfz.programme.interventions import Intervention


def never_runs(
    programme: Programme, step: Intervention, programme_months: int, months: int
) -> str | None:
    """Why a step would never run; None when it would.

    Args:
        programme: Whose step it is.
        step: The step.
        programme_months: Months until the programme leaves.
        months: Months of the whole run.
    """
    late = f"{programme.name}: {step.kind} starts in month {step.start_month}, "
    if step.start_month > months:
        return f"{late}but the run ends with month {months}. It would never run."
    if step.end_month is None and step.start_month > programme_months:
        return (
            f"{late}but the programme leaves after month {programme_months}. It would never run; "
            "a step that others carry on has an end_month of its own."
        )
    return None


def never_happens(shock: Shock, months: int) -> str | None:
    """Why a shock would never happen; None when it would."""
    if shock.event.start_month <= months:
        return None
    return (
        f"{shock.name} starts in month {shock.event.start_month}, but the run ends with month "
        f"{months}. It would never happen."
    )
