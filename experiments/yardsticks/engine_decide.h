/* Step 5 of a month in C: households decide (sim/engine/decide.py). */

RULE double school_cost(const Figures *z, const Month *m, i64 grade) {
    return grade >= z->secondary_grade ? m->cost_secondary : m->cost_primary;
}

RULE double transfer(const Month *m, int sex, i64 age, int activity, bool listed) {
    double amount = listed ? m->amounts[sex][transfer_band(age)] : 0.0;
    return at_school(activity) ? amount : amount * (1.0 - m->levers[CONDITION]);
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

RULE void decide_child(State s, const Figures *z, const Parameters *p, const Month *m, i64 v, i64 h, i64 i, bool listed,
                       i64 seats, i64 bridge_seats, const double *g) {
    int sex = s.sex[i], now = s.activity[i], now_place = s.place[i];
    i64 age = class_age(m->reference, s.birth[i]);
    bool in_bridge = s.bridge_clock[i] > 0, pupil = at_school(now) && !in_bridge;

    /* brothers and sisters */
    i64 helping = 0;
    for (i64 j = s.household_child[h]; j < s.household_child[h + 1]; j++)
        helping += j != i && (s.place[j] == FARM || s.place[j] == HOME) && of_age(m->month - s.birth[j]);
    int mine = now_place == FARM || now_place == HOME;
    double around_rest = 0.0;
    for (i64 j = s.household_child[h]; j < s.household_child[h + 1]; j++) {
        if (j == i || !of_age(m->month - s.birth[j])) continue;
        i64 years = class_age(m->reference, s.birth[j]);
        int activity = s.activity[j], place = s.place[j];
        double receipts = transfer(m, s.sex[j], years, activity, listed);
        if (place != NO_PLACE) {
            double pay = pay_at(m->pay[place], years) * (place <= HOME ? m->sibling_return[helping + mine - 1] : 1.0);
            receipts += activity == WORK_ONLY ? pay : p->combine_share * pay;
        }
        if (at_school(activity) && s.bridge_clock[j] == 0) receipts -= school_cost(z, m, s.grade[j]);
        around_rest += receipts;
    }

    /* the best place open */
    int trade = s.trade[h] + 1, place = NO_PLACE;
    double best_worth = -1.0, pay = 0.0;
    for (int k = FARM; k < TIER3 + 3; k++) {
        if (k == FARM && trade != FARM) continue;
        if (k >= TIER3 && k != now_place) {
            i64 t = 3 * v + k - TIER3;
            if (s.filled[t] >= s.places[t]) continue;
            if (age < z->minimum_age && s.filled_under[t] >= under_age_limit(s.places[t], m->checked[k - TIER3])) continue;
        }
        double offer = pay_at(m->pay[k], age) * (k <= HOME ? m->sibling_return[helping] : 1.0);
        double worth = k == trade || k == now_place ? offer : offer * (1.0 - p->search_cost);
        if (worth > best_worth) place = k, best_worth = worth, pay = offer;
    }

    /* money */
    double resources = s.resources[h] + around_rest, need = s.equivalents[h] * p->subsistence;
    double amount = transfer(m, sex, age, SCHOOL_ONLY, listed), withheld = transfer(m, sex, age, NEITHER, listed);
    double cost = school_cost(z, m, s.grade[i]), weight = p->consumption_weight;
    double u_school = weight * consumption_utility(resources - cost + amount, need);
    double u_both = weight * consumption_utility(resources - cost + amount + p->combine_share * pay, need);
    double u_work = weight * consumption_utility(resources + pay + withheld, need);
    double u_neither = weight * consumption_utility(resources + withheld, need);

    /* school, neighbours, work */
    i64 gap = MAX(0, right_grade(age, z->entry_age) - s.grade[i]);
    double ability = sqrt(3.0) * (2.0 * (s.ability[i] + 0.5) / 65536.0 - 1.0);
    double worth = p->schooling_value * (1.0 + p->ability_weight * ability);
    double value = worth * s.quality[v] * learning((double)gap, p->gap_half);
    double around = p->norm_school * (s.seen_school[v] - s.references[0]) +
                    (listed ? p->endorsement * m->levers[ENDORSEMENT] : 0.0) + p->message_to_school * s.message[h] -
                    p->distance_cost * s.distance[h];
    double dislike = s.attitude[h] + s.message[h] + p->norm_work * (s.references[1] - s.seen_work[v]) +
                     p->hazard_weight * z->hazard[place];
    const double *d = s.intercepts + (sex * CLASS_AGES + age - FIRST_AGE) * 4;
    double stay_school = at_school(now) ? p->inertia_school : 0.0, leave_school = p->inertia_school - stay_school;
    double stay_work = works(now) ? p->inertia_work : 0.0, leave_work = p->inertia_work - stay_work;

    bool open_school = pupil || (!in_bridge && s.pupils[v] < seats);
    bool open_bridge = in_bridge || (gap >= p->bridge_min_gap && !at_school(now) && s.bridge_pupils[v] < bridge_seats);
    double v_school = open_school ? u_school + value + around : -1e300;
    bool bridge = false;
    if (open_bridge) {
        double v_bridge = weight * consumption_utility(resources + amount, need) + worth * p->bridge_quality + around;
        bridge = v_bridge > v_school;
        v_school = MAX(v_school, v_bridge);
    }
    v_school += d[0] + stay_school + leave_work + g[0];
    double v_both = u_both + (1.0 - p->combine_learning_loss) * value + around - p->combine_share * dislike;
    v_both = open_school ? v_both + d[1] + stay_school + stay_work + g[1] : -1e300;
    double v_work = u_work - dislike + d[2] + leave_school + stay_work + g[2];
    double v_neither = u_neither + leave_school + leave_work + g[3];
    int choice = SCHOOL_ONLY;
    double top = v_school;
    if (v_both > top) choice = SCHOOL_AND_WORK, top = v_both;
    if (v_work > top) choice = WORK_ONLY, top = v_work;
    if (v_neither > top) choice = NEITHER;
    take(s, z, m, v, i, age, choice, works(choice) ? place : NO_PLACE, choice == SCHOOL_ONLY && bridge, listed);
}

static void decide(State s, const Figures *z, const Parameters *p, const Month *m, i64 v, i64 offset, Scratch scratch) {
    double all = m->levers[BRIDGE_SEATS];
    i64 bridge_seats = (i64)floor(all * (v + 1.0) / z->villages + 0.5) - (i64)floor(all * v / z->villages + 0.5);
    i64 seats = (i64)floor(s.pupils_start[v] * (1.0 + z->seat_slack) * (1.0 + m->levers[TEACHERS]) + 0.5);
    i64 start = s.village_household[v], homes = s.village_household[v + 1] - start, found = 0;
    for (i64 n = 0; n < homes; n++) {
        i64 h = start + offset + n;
        if (h >= start + homes) h -= homes;
        int turn = s.turn[h];
        if (turn == 0) continue;
        s.turn[h] = 0;
        for (i64 i = s.household_child[h]; i < s.household_child[h + 1]; i++) {
            bool mine = turn >= ALL_TURN || (s.marks[i] & TURN) != 0;
            s.marks[i] &= ~TURN;
            if (mine && s.present[h] && of_age(m->month - s.birth[i])) scratch.rows[found++] = i;
        }
    }
    for (i64 n = 0; n < found; n++) {
        i64 i = scratch.rows[n];
        scratch.keys[n] = s.key[i];
        scratch.years[n] = year_of_life(m->reference, s.birth[i]);
    }
    for (i64 n = 0; n < found; n++) {
        Words w = words(s.seed, scratch.keys[n], scratch.years[n], DECIDE);
        scratch.luck[0][n] = uniform(w.a);
        scratch.luck[1][n] = uniform(w.b);
        scratch.luck[2][n] = uniform(w.c);
        scratch.luck[3][n] = uniform(w.d);
    }
    for (int k = 0; k < 4; k++)
        for (i64 n = 0; n < found; n++) scratch.luck[k][n] = gumbel(scratch.luck[k][n]);
    for (i64 n = 0; n < found; n++) {
        i64 i = scratch.rows[n], h = s.household[i];
        bool listed = m->pays_transfers && eligible(uniform(s.rank[h]), uniform(s.noise[h]), m->error, m->limit);
        double g[4] = {scratch.luck[0][n], scratch.luck[1][n], scratch.luck[2][n], scratch.luck[3][n]};
        decide_child(s, z, p, m, v, h, i, listed, seats, bridge_seats, g);
    }
}
