"""Cash transfers: conditional, unconditional or labelled, by the same three fields."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from clfz.programme.interventions.base import CostLine, Intervention, UnitCosts, Usage, prices
from clfz.programme.levers import Calendar, FloatArray
from clfz.programme.names import AGE_BANDS, SEXES
from clfz.programme.registry import Amount, Euros, Share, Strict, with_example


class CashTransferCosts(UnitCosts):
    """Prices of a transfer programme.

    Non-transfer cost per unit transferred, since the start: PROGRESA 0.106, PRAF 0.499, RPS 0.629;
    in a mature year 0.05 and 0.2-0.3 (Caldes, Coady & Maluccio 2006, T8-018, recalled).
    """

    administration_share: Amount = with_example(
        0.20,
        le=2.0,
        title="Administration share",
        description="EUR of administration per EUR transferred, for lists and payment. T8-018: "
        "mature RPS 0.2 to 0.3 all in, PROGRESA 0.05; range 0.05 to 0.6.",
    )
    monitoring_share: Amount = with_example(
        0.05,
        le=1.0,
        title="Monitoring share",
        description="Extra EUR per EUR transferred when attendance is checked in full. assumed, "
        "so that a full conditional transfer stands at 0.25 (T8-018).",
    )
    endorsement_share: Amount = with_example(
        0.02,
        le=1.0,
        title="Endorsement share",
        description="Extra EUR per EUR transferred for enrolling families at the school and saying "
        "what the money is for. assumed.",
    )


class GroupAmounts(Strict):
    """EUR per child-month for groups that get another amount than `amount_eur`."""

    girls_5_11: Euros | None = Field(None, title="Girls of 5-11", examples=[4])
    girls_12_14: Euros | None = Field(None, title="Girls of 12-14", examples=[8])
    girls_15_17: Euros | None = Field(None, title="Girls of 15-17", examples=[8])
    boys_5_11: Euros | None = Field(None, title="Boys of 5-11", examples=[4])
    boys_12_14: Euros | None = Field(None, title="Boys of 12-14", examples=[7])
    boys_15_17: Euros | None = Field(None, title="Boys of 15-17", examples=[7])


class CashTransfer(Intervention):
    """Cash for poor families with children.

    `conditional` withholds the payment of a child that stays away, `labelled` says that the money
    is for school; with both at 0 it is an unconditional transfer.
    """

    kind: ClassVar[str] = "cash_transfer"
    title: ClassVar[str] = "Cash transfer"
    lines: ClassVar[tuple[CostLine, ...]] = (
        CostLine("transfers", "cash paid to families", transfer=True),
        CostLine("monitoring", "attendance checks and endorsement"),
    )

    amount_eur: Euros = with_example(
        6.0,
        le=500,
        title="Amount",
        description="EUR of 2015 per child-month. assumed: two children make about 15 % of a poor "
        "rural household's consumption in India; programmes pay 5 to 25 % (T1-038, T1-058).",
    )
    amounts: GroupAmounts = Field(
        default_factory=GroupAmounts,
        title="Amounts by group",
        description="Another amount for some groups; older children and girls are often paid more "
        "(PROGRESA, T1-057).",
    )
    ages: tuple[Literal["5-11", "12-14", "15-17"], ...] = Field(
        ("5-11", "12-14"),
        min_length=1,
        title="Ages",
        description="Age bands that are paid. Most programmes stop at about 15 (MiFaPro).",
        examples=[["12-14", "15-17"]],
    )
    conditional: Share = Field(
        0.0,
        title="Conditional",
        description="Share of absent children whose payment is withheld: 0 unconditional, 1 every "
        "absence noticed and acted upon.",
        examples=[0.8],
    )
    labelled: Share = Field(
        0.0,
        title="Labelled",
        description="How clearly the programme says the money is for school, 0 to 1 (Morocco's "
        "Tayssir, T1-030).",
        examples=[1.0],
    )
    coverage: Share = with_example(
        0.4,
        title="Coverage",
        description="Share of the zone's households on the list, the poorest first. assumed: "
        "about 43 % were eligible in Brazil (T1-022).",
    )
    targeting_error: Share = with_example(
        0.3,
        title="Targeting error",
        description="Weight of chance against poverty when households are ranked for the list: 0 "
        "the poorest exactly, 1 a lottery. assumed, range 0.1 to 0.5.",
    )
    unit_costs: CashTransferCosts = prices(CashTransferCosts)

    def amount(self, sex: str, band: str) -> float:
        """EUR per child-month for a group; 0 outside the paid ages."""
        if band not in self.ages:
            return 0.0
        own: float | None = getattr(self.amounts, f"{sex}_{band.replace('-', '_')}")
        return self.amount_eur if own is None else own

    def sentence(self) -> str:
        """One sentence that a board member understands."""
        paid = [self.amount(sex, band) for sex in SEXES for band in self.ages]
        span = f"EUR {min(paid):g}" + (f" to {max(paid):g}" if max(paid) > min(paid) else "")
        terms = "if the child attends school" if self.conditional > 0 else "without conditions"
        label = ", and says that it is for school" if self.labelled > 0 else ""
        return (
            f"The poorest {self.coverage:.0%} of households get {span} a month for each child of "
            f"{' and '.join(self.ages)}, {terms}{label}."
        )

    def levers(self, calendar: Calendar) -> dict[str, float]:
        """Amounts by sex and age, who is on the list, and on what terms."""
        amounts = {
            f"transfer_{sex}_{band.replace('-', '_')}": self.amount(sex, band)
            for sex in SEXES
            for band in AGE_BANDS
        }
        # terms without money are none: nobody is on a list, and an announcement alone says nothing
        paid = float(self.coverage > 0.0 and any(amounts.values()))
        return {
            **amounts,
            "transfer_coverage": paid * self.coverage,
            "transfer_targeting_error": paid * self.targeting_error,
            "transfer_condition": paid * self.conditional,
            "transfer_endorsement": paid * self.labelled,
        }

    def costs(self, usage: Usage, calendar: Calendar) -> dict[str, FloatArray]:
        """The cash itself, and what its terms cost."""
        price = self.unit_costs
        share = price.monitoring_share * self.lever_value("transfer_condition", calendar)
        share = share + price.endorsement_share * self.lever_value("transfer_endorsement", calendar)
        return {"transfers": usage.transfers_paid, "monitoring": share * usage.transfers_paid}

    def administered(self, lines: Mapping[str, FloatArray]) -> FloatArray:
        """Here the administration share is the published cost-transfer ratio."""
        return lines["transfers"]
