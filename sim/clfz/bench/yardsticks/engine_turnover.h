/* Step 8 of a month in C, and the books that are kept: whoever changes leaves them and enters again. */

static void count_by_class_age(State s, const Figures *z, i64 reference, i64 v, i64 i, int change) {
    i64 age = class_age(reference, s.birth[i]);
    int activity = s.activity[i], place = s.place[i];
    if (place >= TIER3) s.filled_under[3 * v + place - TIER3] += change * (age < z->minimum_age);
    if (YOUNGEST_NEIGHBOUR <= age && age <= OLDEST_NEIGHBOUR) {
        s.neighbours[3 * v] += change;
        s.neighbours[3 * v + 1] += change * at_school(activity);
        s.neighbours[3 * v + 2] += change * works(activity);
    }
}

static void enter(State s, const Figures *z, i64 month, i64 reference, i64 v, i64 i, int change) {
    int b = band(month - s.birth[i]), sex = s.sex[i], activity = s.activity[i], place = s.place[i];
    bool in_bridge = s.bridge_clock[i] > 0;
    int32_t *cell = s.counts + (v * 6 + sex * 3 + b) * N_COUNTS;
    bool hazardous = s.hazard_byte[i] < s.hazard_cut[place];
    bool labour = hazardous || s.hours_byte[i] >= s.work_cut[3 * activity + b];
    cell[C_CHILDREN] += change;
    cell[C_ACTIVITY + activity] += change;
    cell[C_LABOUR] += change * labour;
    cell[C_CHORES] += change * (labour || (b < 2 && s.chores_byte[i] >= s.chores_cut[2 * activity + sex]));
    cell[C_HAZARD] += change * hazardous;
    cell[C_BRIDGE] += change * in_bridge;
    if (place != NO_PLACE) {
        cell[C_PLACE + place - 1] += change;
        s.village_supply[15 * v + 3 * (place - 1) + (activity == WORK_ONLY ? 1 : 2)] += change;
    }
    if (place >= TIER3) {
        s.filled[3 * v + place - TIER3] += change;
    }
    if (at_school(activity)) {
        s.bridge_pupils[v] += change * in_bridge;
        s.pupils[v] += change * !in_bridge;
    }
    count_by_class_age(s, z, reference, v, i, change);
    s.codes[i] = change > 0 ? 128 + 4 * place + activity : 0;
}

static void show(State s, i64 v, i64 h) {
    bool present = s.here[h] && s.of_age[h] > 0;
    int change = present - s.present[h];
    s.present[h] = present;
    s.families[v] += change;
    s.village_supply[15 * v + 3 * s.trade[h]] += change * s.adults[h];
}

static void migrate(State s, const Figures *z, const Month *m, i64 v, i64 h, bool here) {
    for (i64 i = s.household_child[h]; i < s.household_child[h + 1]; i++) {
        bool was_of_age = of_age(m->month - 1 - s.birth[i]);
        if (was_of_age) enter(s, z, m->month - 1, m->reference_before, v, i, here ? 1 : -1);
        if (!here) s.place[i] = NO_PLACE, s.bridge_clock[i] = 0;
    }
    s.here[h] = here;
    if (here) s.turn[h] |= ALL_TURN;
    show(s, v, h);
}

static void birthdays(State s, const Figures *z, const Month *m, i64 v) {
    const int birthday[4] = {ENTRY_MONTHS, 144, 180, EXIT_MONTHS};
    i64 end = s.household_child[s.village_household[v + 1]];
    for (int k = 0; k < 4; k++) {
        i64 n = s.next_birthday[4 * v + k];
        for (; n < end && m->month - s.birth[s.by_birth[n]] == birthday[k]; n++) {
            i64 i = s.by_birth[n], h = s.household[i];
            if (k == 0) {
                s.marks[i] |= TURN;
                s.turn[h] |= OWN_TURN;
                s.of_age[h]++;
            } else if (s.here[h]) {
                enter(s, z, m->month - 1, m->reference_before, v, i, -1);
            }
            if (k == 3) s.of_age[h]--, s.grown[h]++;
            else if (s.here[h]) enter(s, z, m->month, m->reference_before, v, i, 1);
            if (k == 0 || k == 3) show(s, v, h);
        }
        s.next_birthday[4 * v + k] = n;
    }
}

/* At a school start everybody's class age changes, and with it who is under age and whom neighbours look at. */
static void school_year_older(State s, const Figures *z, const Month *m, i64 v) {
    for (int k = 0; k < 3; k++) s.filled_under[3 * v + k] = s.neighbours[3 * v + k] = 0;
    for (i64 h = s.village_household[v]; h < s.village_household[v + 1]; h++) {
        if (!s.present[h]) continue;
        i64 first = s.household_child[h] + s.grown[h];
        for (i64 i = first; i < first + s.of_age[h]; i++) count_by_class_age(s, z, m->reference, v, i, 1);
    }
}

static void turnover(State s, const Figures *z, const Month *m, i64 v) {
    memset(s.village_sums + v * N_SUMS, 0, N_SUMS * sizeof *s.village_sums);
    if (m->cycle > 0) {
        i64 leaving = modulo(m->cycle - m->cycle / 3 - m->month, m->cycle), returning = modulo(-m->month, m->cycle);
        for (i64 h = s.village_household[v]; h < s.village_household[v + 1]; h++)
            if (s.phase[h] == leaving || s.phase[h] == returning) migrate(s, z, m, v, h, s.phase[h] == returning);
    }
    birthdays(s, z, m, v);
    if (m->school_start) school_year_older(s, z, m, v);
}
