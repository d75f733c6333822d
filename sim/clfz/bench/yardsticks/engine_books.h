/* Steps 1, 3, 7 and 9 of a month in C: what is the same for all villages, and the books. */

static void pay_transfers(State s, const Month *m, i64 v) {
    double *sums = s.village_sums + v * N_SUMS;
    for (i64 h = s.village_household[v]; h < s.village_household[v + 1]; h++) {
        if (!(s.present[h] && eligible(uniform(s.rank[h]), uniform(s.noise[h]), m->error, m->limit))) continue;
        for (i64 i = s.household_child[h]; i < s.household_child[h + 1]; i++) {
            if (s.codes[i] == 0) continue;
            double amount = m->amounts[s.sex[i]][transfer_band(class_age(m->reference, s.birth[i]))];
            double paid = at_school(s.activity[i]) ? amount : amount * (1.0 - m->levers[CONDITION]);
            sums[Z_PAID] += paid;
            sums[Z_PAID_CHILDREN] += paid > 0.0;
        }
    }
}

static void look_around(State s, const Parameters *p, i64 v) {
    const int32_t *seen = s.neighbours + 3 * v;
    if (seen[0] > 0) {
        s.seen_school[v] += p->norm_speed * ((double)seen[1] / seen[0] - s.seen_school[v]);
        s.seen_work[v] += p->norm_speed * ((double)seen[2] / seen[0] - s.seen_work[v]);
    }
}

static void books(State s, const Month *m, i64 v) {
    i64 support = 0;
    for (i64 h = s.village_household[v]; h < s.village_household[v + 1]; h++)
        support += s.present[h] & (s.attitude[h] + s.message[h] > 0.0);
    double *sums = s.village_sums + v * N_SUMS;
    sums[Z_SUPPORT] = support;
    sums[Z_HOUSEHOLDS] = s.families[v];
    sums[Z_PUPILS] = s.pupils[v];
    sums[Z_BRIDGE] = s.bridge_pupils[v];
    if (m->pays_transfers) pay_transfers(s, m, v);
}

static void close_books(State s, i64 villages, i64 *totals, double *sums) {
    memset(totals, 0, 6 * N_COUNTS * sizeof *totals);
    memset(sums, 0, N_SUMS * sizeof *sums);
    for (i64 v = 0; v < villages; v++) {
        for (i64 k = 0; k < 6 * N_COUNTS; k++) totals[k] += s.counts[v * 6 * N_COUNTS + k];
        for (i64 k = 0; k < N_SUMS; k++) sums[k] += s.village_sums[v * N_SUMS + k];
    }
    for (int k = 0; k < 5; k++) sums[Z_WAGE + k] = exp_(s.log_wage[k]);
}

static void wages(State s, const Parameters *p, i64 villages) {
    for (int k = 0; k < 5; k++) {
        i64 adults = 0, working = 0, combining = 0;
        for (i64 v = 0; v < villages; v++) {
            adults += s.village_supply[15 * v + 3 * k];
            working += s.village_supply[15 * v + 3 * k + 1];
            combining += s.village_supply[15 * v + 3 * k + 2];
        }
        double supply = adults + p->child_productivity * (working + p->combine_share * combining);
        if (!(s.supply_start[k] > 0.0 && supply > 0.0)) continue;
        double clears = -log_(supply / s.supply_start[k]) / p->labour_demand_elasticity;
        s.log_wage[k] = s.log_wage[k] + p->wage_adjustment * (clears - s.log_wage[k]);
    }
}

static Month begin_month(State s, const Figures *z, const Parameters *p, const double *levers, const double *before,
                         i64 month) {
    Month m = {.month = month, .levers = levers};
    i64 calendar = calendar_month(month, z->start_month);
    m.reference = month - modulo(calendar - z->school_start, 12);
    m.reference_before = month - 1 - modulo(calendar_month(month - 1, z->start_month) - z->school_start, 12);
    m.school_start = calendar == z->school_start;
    m.year_end = calendar == z->school_end;
    if (z->migrant_share > 0.0 && z->yearly_migration > 0.0)
        m.cycle = MAX(12, (i64)floor(12.0 * z->migrant_share / z->yearly_migration + 0.5));
    double season = 1.0 + z->seasonality * cos(2.0 * M_PI * (calendar - z->harvest_month) / 12.0);
    double rate = m.school_start ? p->review_start : p->review_rate;
    for (int k = 0; k < 5; k++) {
        double wage = exp_(s.log_wage[k]), demand = levers[DEMAND + k];
        m.income[k][0] = wage * (1.0 + demand) * (k + 1 == FARM ? season : 1.0);
        m.income[k][1] = m.income[k][0] * (1.0 + levers[ADULT_WAGE + k]);
        m.rates[k] = demand != before[DEMAND + k] ? MAX(rate, p->shock_review) : rate;
        double full = z->adult_pay * p->child_productivity * z->tier_wage_ratio[k];
        double fixed = k + 1 == FARM ? p->farm_task_share : 0.0;
        m.pay[k + 1] = full * wage * (fixed + (1.0 - fixed) * (1.0 + demand));
    }
    m.sibling_return[0] = 1.0;
    for (int n = 0; n < MOST_BIRTHS; n++) m.sibling_return[n + 1] = m.sibling_return[n] * p->sibling_return;
    const int tier[3] = {AGE_CHECK_TIER3, AGE_CHECK_TIER2, AGE_CHECK_TIER1};
    for (int k = 0; k < 3; k++) {
        m.verified[k] = levers[tier[k]];
        m.checked[k] = m.verified[k] * (1.0 - p->check_leak);
    }
    for (int place = FARM; place < TIER3 + 3; place++) {
        m.earned[4 * place + SCHOOL_AND_WORK][place <= HOME] = m.pay[place] * p->combine_share;
        m.earned[4 * place + WORK_ONLY][place <= HOME] = m.pay[place] * 1.0;
    }
    m.kept = 1.0 - levers[CONDITION];
    bool paid = false;
    for (int k = 0; k < 6; k++) {
        m.amounts[k / 3][k % 3] = levers[TRANSFER + k] * z->eur;
        paid = paid || m.amounts[k / 3][k % 3] > 0.0;
        m.changed_transfers = m.changed_transfers || levers[TRANSFER + k] != before[TRANSFER + k];
    }
    const int terms[4] = {COVERAGE, TARGETING_ERROR, CONDITION, ENDORSEMENT};
    for (int k = 0; k < 4; k++) m.changed_transfers = m.changed_transfers || levers[terms[k]] != before[terms[k]];
    m.bridging = levers[BRIDGE_SEATS] > 0.0 || before[BRIDGE_SEATS] > 0.0;
    m.pays_transfers = paid && levers[COVERAGE] > 0.0;
    m.limit = threshold(levers[COVERAGE], levers[TARGETING_ERROR]);
    m.limit_before = threshold(before[COVERAGE], before[TARGETING_ERROR]);
    m.error = levers[TARGETING_ERROR];
    m.error_before = before[TARGETING_ERROR];
    m.cost_primary = z->cost_primary * (1.0 - levers[COST_RELIEF]);
    m.cost_secondary = z->cost_secondary * (1.0 - levers[COST_RELIEF]);
    return m;
}
