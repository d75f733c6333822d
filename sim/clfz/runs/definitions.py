"""Official definitions behind the indicators, in plain words.

The same children give different rates under different definitions, so every number carries a
`definition_id` and numbers of different definitions are never mixed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Definition:
    """One way of counting.

    Attributes:
        definition_id: short name that travels with each number.
        title: name for a reader.
        text: who is counted, in plain words.
        source: where the definition comes from.
    """

    definition_id: str
    title: str
    text: str
    source: str


_ILO = "ILO and UNICEF, SDG indicator 8.7.1 metadata; 18th and 20th ICLS resolutions"
_MVF = "M. Venkatarangaiya Foundation; Stop Child Labour, child-labour-free zones handbook"
_COUNTS = "Stop Child Labour, Out of Work project: yearly counts by zone"

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "sdg871-ea",
        "Child labour (work for income or for the family’s production)",
        "A child of 5 to 11 who works at least 1 hour a week, of 12 to 14 who works at least 14 "
        "hours, or of 15 to 17 who works at least 43 hours or does hazardous work. Housework in "
        "the own home is not counted.",
        _ILO,
    ),
    Definition(
        "sdg871-ea-hc",
        "Child labour, with housework",
        "As above, and also a child of 5 to 14 who does more than 21 hours of housework a week in "
        "the own home.",
        _ILO,
    ),
    Definition(
        "mics3-28h",
        "Child labour, with housework of 28 hours (older surveys)",
        "As the count without housework, and also a child of 5 to 14 who does at least 28 hours "
        "of housework a week. Used in surveys of about 2005 to 2010; never mixed with the others.",
        "UNICEF, Multiple Indicator Cluster Surveys, third round",
    ),
    Definition(
        "ucw-2008",
        "Child labour, by age group",
        "Every child of 5 to 11 who works, of 12 to 14 who does more than light work, of 15 to 17 "
        "who does hazardous work.",
        "Understanding Children’s Work, indicator metadata",
    ),
    Definition(
        "mvf-out-of-school",
        "The movement’s own measure: every child in full-time school",
        "A child is in full-time school when it attends a formal school and does no work at all. "
        "Every child who is not in school counts as a working child, whatever it does.",
        _MVF,
    ),
    Definition(
        "sdg414-2020",
        "Out of school",
        "A child of school age who attends no formal school in the month. A child in a bridge "
        "school is still out of formal school.",
        "UNESCO Institute for Statistics, SDG 4.1.4 (2020 list)",
    ),
    Definition(
        "hazardous-work",
        "Hazardous work",
        "A child of 5 to 17 who works where the work is hazardous, or 43 hours a week or more. "
        "Other worst forms of child labour are not seen.",
        _ILO,
    ),
    Definition(
        "programme:reported-counts",
        "What a programme would report",
        "Children on the programme’s own list: withdrawn from work and put in school, kept from "
        "dropping out, or placed in a bridge school. One child can be in more than one count.",
        _COUNTS,
    ),
    Definition(
        "paired-children",
        "What became of the children on the list, against no programme",
        "Each child is compared with the same child, with the same luck, in a world without the "
        "programme.",
        "clfz model documentation",
    ),
    Definition(
        "model-state",
        "A state of the modelled zone",
        "A plain count or average of the model, for which no official definition exists.",
        "clfz model documentation",
    ),
    Definition(
        "cost-programme",
        "Cost to the programme",
        "All money that the programme spends, transfers to families included. What families, "
        "schools or employers pay themselves is not counted.",
        "clfz model documentation; the J-PAL costing guidelines on whose money is counted",
    ),
)

_BY_ID = {definition.definition_id: definition for definition in DEFINITIONS}


def definition(definition_id: str) -> Definition:
    """Return the definition of that id; unknown ids describe themselves."""
    found = _BY_ID.get(definition_id)
    if found is not None:
        return found
    return Definition(definition_id, definition_id, "A definition given by the user.", "user")
