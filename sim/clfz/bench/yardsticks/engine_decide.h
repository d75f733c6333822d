/* Step 5 of a month in C: households decide (sim/engine/decide.py). */

RULE double school_cost(const Figures *z, const Month *m, i64 grade) {
    return grade >= z->secondary_grade ? m->cost_secondary : m->cost_primary;
}

RULE void take(State s, const Figures *z, const Month *m, i64 v, i64 i, i64 age, int choice, int place, bool bridge,
               bool listed) {
    int now = s.activity[i];
    bool was_bridge = s.bridge_clock[i] > 0;
    bool changes = choice != now || place != s.place[i] || bridge != was_bridge;
    if (changes) enter(s, z, m->month, m->reference, v, i, -1);
    double *sums = s.village_sums + v * N_SUMS;
    if (bridge && !was_bridge) {
        s.bridge_clock[i] = 1;
        s.marks[i] |= KNOWN;
        sums[Z_BRIDGE_STARTS] += 1;
        sums[Z_BRIDGED] += mark_counted(s, i, BRIDGED, m->month);
    } else if (!bridge) {
        s.bridge_clock[i] = 0;
    }
    bool known = (s.marks[i] & KNOWN) != 0 || (listed && m->amounts[s.sex[i]][transfer_band(age)] > 0.0);
    if (known && !at_school(now) && at_school(choice) && !bridge && age > z->entry_age) {
        s.marks[i] |= RETURNED;
        sums[Z_WITHDRAWN] += mark_counted(s, i, WITHDRAWN, m->month);
    }
    s.activity[i] = choice;
    s.place[i] = place;
    if (changes) enter(s, z, m->month, m->reference, v, i, 1);
}

RULE void decide_child(State s, const Figures *z, const Parameters *p, const Month *m, i64 v, i64 h, i64 i, bool listed) {
    int sex = s.sex[i], now = s.activity[i], at = s.place[i];
    i64 age = class_age(m->reference, s.birth[i]), grade = s.grade[i];
    bool in_bridge = s.bridge_clock[i] > 0, in_school = at_school(now), pupil = in_school && !in_bridge;

    /* brothers and sisters: what all bring in, less its own */
    double outside = 0.0, family = 0.0, other = 0.0, own[3] = {0.0, 0.0, 0.0};
    i64 helping = 0;
    i64 first = s.household_child[h] + s.grown[h];
    for (i64 j = first; j < first + s.of_age[h]; j++) {
        i64 theirs = class_age(m->reference, s.birth[j]);
        const double *earned = m->earned[s.codes[j] & 127];
        double years = (double)theirs - 4.0;
        bool learns = at_school(s.activity[j]);
        double brought[3] = {earned[0] * years, earned[1] * years, 0.0};
        if (learns && s.bridge_clock[j] == 0) brought[2] -= school_cost(z, m, s.grade[j]);
        if (listed) brought[2] += m->amounts[s.sex[j]][transfer_band(theirs)] * (learns ? 1.0 : m->kept);
        outside += brought[0], family += brought[1], other += brought[2];
        if (j == i)
            for (int k = 0; k < 3; k++) own[k] = brought[k];
        else
            helping += s.place[j] == FARM || s.place[j] == HOME;
    }
    outside -= own[0], family -= own[1], other -= own[2];
    i64 mine = at == FARM || at == HOME;
    double receipts = (outside + family * m->sibling_return[MAX(0, helping + mine - 1)]) / 11.0 + other;

    /* the best place open */
    int trade = s.trade[h] + 1, place = NO_PLACE;
    double best_worth = -1.0, full = 0.0;
    for (int k = FARM; k < TIER3 + 3; k++) {
        if (k == FARM && trade != FARM) continue;
        if (k >= TIER3 && k != at) {
            i64 t = 3 * v + k - TIER3;
            if (s.filled[t] >= s.places[t]) continue;
            if (age < z->minimum_age && s.filled_under[t] >= s.under_limit[t]) continue;
        }
        double offer = k <= HOME ? m->pay[k] * m->sibling_return[helping] : m->pay[k];
        double worth = k == trade || k == at ? offer : offer * (1.0 - p->search_cost);
        if (worth > best_worth) place = k, best_worth = worth, full = offer;
    }
    double pay = pay_at(full, age);

    /* money */
    double resources = s.resources[h] + receipts, per_need = 1.0 / (s.equivalents[h] * p->subsistence);
    double amount = listed ? m->amounts[sex][transfer_band(age)] : 0.0;
    double cost = school_cost(z, m, grade), weight = p->consumption_weight, share = p->combine_share;
    double sent = resources + amount, idle = resources + amount * m->kept;
    double u_school = weight * consumption_utility(sent - cost, per_need);
    double u_both = weight * consumption_utility(sent - cost + share * pay, per_need);
    double u_work = weight * consumption_utility(idle + pay, per_need);
    double u_neither = weight * consumption_utility(idle, per_need);

    /* school, neighbours, work */
    i64 gap = MAX(0, right_grade(age, z->entry_age) - grade);
    double ability = sqrt(3.0) * (2.0 * (s.ability[i] + 0.5) / 65536.0 - 1.0);
    double worth = p->schooling_value * (1.0 + p->ability_weight * ability);
    double value = worth * s.quality[v] * learning((double)gap, p->gap_half);
    double around = p->norm_school * (s.seen_school[v] - s.references[0]) +
                    p->endorsement * m->levers[ENDORSEMENT] * (double)listed;
    around += p->message_to_school * s.message[h] - p->distance_cost * s.distance[h];
    double dislike = s.attitude[h] + s.message[h] + p->norm_work * (s.references[1] - s.seen_work[v]);
    dislike += p->hazard_weight * z->hazard[place];
    const double *d = s.intercepts + (sex * CLASS_AGES + age - FIRST_AGE) * 4;
    double stay_school = in_school ? p->inertia_school : 0.0, leave_school = p->inertia_school - stay_school;
    double stay_work = works(now) ? p->inertia_work : 0.0, leave_work = p->inertia_work - stay_work;

    bool open_school = pupil || (!in_bridge && s.pupils[v] < s.seats[v]);
    bool open_bridge = in_bridge || (gap >= p->bridge_min_gap && !in_school && s.bridge_pupils[v] < s.bridge_seats[v]);
    Words w = words(s.seed, s.key[i], year_of_life(m->reference, s.birth[i]), DECIDE);
    double same = around + d[0] + stay_school + leave_work + gumbel(uniform(w.a));
    double school = open_school ? u_school + value + same : -1e300, top = school;
    int choice = SCHOOL_ONLY;
    bool bridge = false;
    if (open_bridge) {
        double in_class = weight * consumption_utility(sent, per_need) + worth * p->bridge_quality + same;
        bridge = in_class > school;
        top = MAX(school, in_class);
    }
    double both = u_both + (1.0 - p->combine_learning_loss) * value + around - share * dislike;
    both += d[1] + stay_school + stay_work + gumbel(uniform(w.b));
    double work = u_work - dislike + d[2] + leave_school + stay_work + gumbel(uniform(w.c));
    double neither = u_neither + leave_school + leave_work + gumbel(uniform(w.d));
    if (open_school && both > top) choice = SCHOOL_AND_WORK, top = both;
    if (work > top) choice = WORK_ONLY, top = work;
    if (neither > top) choice = NEITHER;
    take(s, z, m, v, i, age, choice, works(choice) ? place : NO_PLACE, choice == SCHOOL_ONLY && bridge, listed);
}

static void decide(State s, const Figures *z, const Parameters *p, const Month *m, i64 v, i64 offset, Scratch scratch) {
    double all = m->levers[BRIDGE_SEATS];
    s.bridge_seats[v] = (i64)floor(all * (v + 1.0) / z->villages + 0.5) - (i64)floor(all * v / z->villages + 0.5);
    s.seats[v] = (i64)floor(s.pupils_start[v] * (1.0 + z->seat_slack) * (1.0 + m->levers[TEACHERS]) + 0.5);
    for (int k = 0; k < 3; k++) s.under_limit[3 * v + k] = under_age_limit(s.places[3 * v + k], m->checked[k]);
    i64 start = s.village_household[v], homes = s.village_household[v + 1] - start, found = 0, rounds = 0;
    for (i64 n = 0; n < homes; n++) {
        i64 h = start + offset + n;
        if (h >= start + homes) h -= homes;
        int turn = s.turn[h];
        if (turn == 0) continue;
        s.turn[h] = 0;
        i64 first = s.household_child[h] + s.grown[h], nth = 0;
        for (i64 i = first; i < first + s.of_age[h]; i++) {
            bool mine = turn >= ALL_TURN || (s.marks[i] & TURN) != 0;
            s.marks[i] &= ~TURN;
            if (mine && s.here[h]) scratch.rows[found] = i, scratch.eldest[found++] = nth++;
        }
        rounds = MAX(rounds, nth);
    }
    for (i64 r = 0; r < rounds; r++)
        for (i64 n = 0; n < found; n++) {
            if (scratch.eldest[n] != r) continue;
            i64 i = scratch.rows[n], h = s.household[i];
            bool listed = m->pays_transfers && eligible(uniform(s.rank[h]), uniform(s.noise[h]), m->error, m->limit);
            decide_child(s, z, p, m, v, h, i, listed);
        }
}
