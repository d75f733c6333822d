"""Columns of the lever array as constants that the compiler sees; the table itself is `clfz.programme.levers`."""

from clfz.programme.levers import INDEX

BRIDGE_SEATS = INDEX["bridge_seats"]
BRIDGE_MONTHS = INDEX["bridge_months"]
BRIDGE_SUPPORT = INDEX["bridge_support"]
TRANSFER = INDEX["transfer_girls_5_11"]  # six columns: girls by band, then boys by band
COVERAGE = INDEX["transfer_coverage"]
TARGETING_ERROR = INDEX["transfer_targeting_error"]
CONDITION = INDEX["transfer_condition"]
ENDORSEMENT = INDEX["transfer_endorsement"]
ADULT_WAGE = INDEX["adult_wage_farm"]  # five columns by trade
WAGE_COVERAGE = INDEX["adult_wage_coverage"]
CONTACTS = INDEX["awareness_contacts"]
CONTACT_STRENGTH = INDEX["awareness_strength"]
TEACHERS = INDEX["teachers"]
QUALITY = INDEX["school_quality"]
COST_RELIEF = INDEX["school_cost_relief"]
ATTRACTIVENESS = INDEX["school_attractiveness"]
VISITS = INDEX["group_visits"]
DETECTION = INDEX["group_detection"]
FOLLOW_UP = INDEX["group_follow_up"]
AGE_CHECK_TIER1 = INDEX["age_check_tier1"]
AGE_CHECK_TIER2 = INDEX["age_check_tier2"]
AGE_CHECK_TIER3 = INDEX["age_check_tier3"]
DEMAND = INDEX["demand_farm"]  # five columns by trade
