/* Step 8 of a month in C, and the books that are kept: whoever changes leaves them and enters again. */

static void enter(State s, const Figures *z, i64 month, i64 reference, i64 v, i64 i, int change) {
    int b = band(month - s.birth[i]), sex = s.sex[i], activity = s.activity[i], place = s.place[i];
    bool in_bridge = s.bridge_clock[i] > 0;
    i64 age = class_age(reference, s.birth[i]);
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
        s.filled_under[3 * v + place - TIER3] += change * (age < z->minimum_age);
    }
    if (at_school(activity)) {
        s.bridge_pupils[v] += change * in_bridge;
        s.pupils[v] += change * !in_bridge;
    }
    if (YOUNGEST_NEIGHBOUR <= age && age <= OLDEST_NEIGHBOUR) {
        s.neighbours[3 * v] += change;
        s.neighbours[3 * v + 1] += change * at_school(activity);
        s.neighbours[3 * v + 2] += change * works(activity);
    }
    s.codes[i] = change > 0 ? 128 + 4 * place + activity : 0;
}

static void show(State s, i64 v, i64 h) {
    bool present = s.here[h] && s.of_age[h] > 0;
    int change = present - s.present[h];
    s.present[h] = present;
    s.families[v] += change;
    s.village_supply[15 * v + 3 * s.trade[h]] += change * s.adults[h];
}

static void migrate(State s, const Figures *z, const Month *m, i64 v, i64 h) {
    bool here = present_at(s.phase[h], m->cycle, m->month);
    if (here == s.here[h]) return;
    for (i64 i = s.household_child[h]; i < s.household_child[h + 1]; i++) {
        bool was_of_age = of_age(m->month - 1 - s.birth[i]);
        if (was_of_age && !here) enter(s, z, m->month - 1, m->reference_before, v, i, -1);
        if (!here) s.place[i] = NO_PLACE, s.bridge_clock[i] = 0;
        else if (was_of_age) enter(s, z, m->month - 1, m->reference_before, v, i, 1);
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
            if (k == 3) s.of_age[h]--;
            else if (s.here[h]) enter(s, z, m->month, m->reference_before, v, i, 1);
            if (k == 0 || k == 3) show(s, v, h);
        }
        s.next_birthday[4 * v + k] = n;
    }
}

static void recount(State s, const Figures *z, const Month *m, i64 v) {
    memset(s.counts + v * 6 * N_COUNTS, 0, 6 * N_COUNTS * sizeof *s.counts);
    for (int k = 0; k < 5; k++) s.village_supply[15 * v + 3 * k + 1] = s.village_supply[15 * v + 3 * k + 2] = 0;
    for (int k = 0; k < 3; k++) s.filled[3 * v + k] = s.filled_under[3 * v + k] = s.neighbours[3 * v + k] = 0;
    s.pupils[v] = s.bridge_pupils[v] = 0;
    for (i64 h = s.village_household[v]; h < s.village_household[v + 1]; h++)
        for (i64 i = s.household_child[h]; s.here[h] && i < s.household_child[h + 1]; i++)
            if (of_age(m->month - s.birth[i])) enter(s, z, m->month, m->reference, v, i, 1);
}

static void turnover(State s, const Figures *z, const Month *m, i64 v) {
    memset(s.village_sums + v * N_SUMS, 0, N_SUMS * sizeof *s.village_sums);
    if (m->cycle > 0)
        for (i64 h = s.village_household[v]; h < s.village_household[v + 1]; h++)
            if (s.phase[h] >= 0) migrate(s, z, m, v, h);
    birthdays(s, z, m, v);
    if (m->school_start) recount(s, z, m, v);
}
