/* The month of sim/engine in C, strict floating point: what the same rules cost in another language.
 * One function a step, named as in sim/engine/month.py; everything after month 0 is here. */
#include "engine_rules.h"
#include "engine_turnover.h"
#include "engine_decide.h"

static void incomes(State s, const Parameters *p, const Month *m, i64 v) {
    i64 first = s.village_household[v], last = s.village_household[v + 1];
    double kept = p->income_persistence, spread = p->income_sd * sqrt(1.0 - kept * kept);
    double contacts = m->levers[CONTACTS], lesson = p->message_effect * m->levers[CONTACT_STRENGTH];
    double coverage = m->levers[WAGE_COVERAGE], saving = p->saving_rate;
    i64 reached = 0;
    for (i64 h = first; h < last; h++) {
        Words w = words(s.seed, s.hid[h], m->month, MONTH);
        s.transitory[h] = kept * s.transitory[h] + spread * bell(w.a, w.b);
        int trade = s.trade[h];
        double base = s.base[h], buffer = s.buffer[h];
        double income = base * m->income[trade][uniform(s.coverage[h]) < coverage] * MAX(0.1, 1.0 + s.transitory[h]);
        double access = s.credit[h] ? p->credit_access : 0.5 * p->credit_access, surplus = income - base;
        double drawn = MIN(buffer, -surplus * access);
        double saved = MAX(0.0, MIN(saving * surplus, p->buffer_months * base - buffer));
        double change = surplus >= 0.0 ? saved : -drawn;
        s.resources[h] = income - change;
        s.buffer[h] = buffer + change;
        if (uniform(w.c) < m->rates[trade]) s.turn[h] |= ALL_TURN;
        double message = s.message[h] * (1.0 - p->message_decay);
        if (s.present[h] && uniform(w.d) < contacts) {
            message = MIN(p->message_cap, message + lesson);
            reached++;
        }
        s.message[h] = message;
    }
    s.village_sums[v * N_SUMS + Z_CONTACTS] = reached;
    if (m->changed_transfers)
        for (i64 h = first; h < last; h++) {
            double rank = uniform(s.rank[h]), noise = uniform(s.noise[h]);
            if (eligible(rank, noise, m->error, m->limit) || eligible(rank, noise, m->error_before, m->limit_before))
                s.turn[h] |= ALL_TURN;
        }
    if (coverage > 0.0)
        for (i64 h = first; h < last; h++)
            if (s.present[h] && uniform(s.coverage[h]) < coverage)
                s.village_sums[v * N_SUMS + Z_BILL + s.trade[h]] += s.base[h];
}

static i64 month_offset(State s, const Month *m, i64 v, i64 villages) {
    i64 start = s.village_household[v], h = start, end = s.village_household[v + 1], beyond = end;
    i64 low = v * s.slots / villages, slots = (v + 1) * s.slots / villages - low;
    i64 home = (low + (i64)words(s.seed, v, m->month, ORDER).a % slots) * 16;
    while (h < beyond) {
        i64 middle = (h + beyond) / 2;
        if ((i64)s.hid[middle] < home) h = middle + 1;
        else beyond = middle;
    }
    return h < end ? h - start : 0;
}

static void visits(State s, const Parameters *p, const Month *m, i64 v, i64 offset) {
    s.visit_credit[v] += m->levers[VISITS] / 100.0 * s.families[v];
    i64 total = (i64)floor(s.visit_credit[v]), made = 0;
    if (total == 0) return;
    s.visit_credit[v] -= total;
    i64 follow_ups = (i64)floor(total * m->levers[FOLLOW_UP]), left = total - follow_ups;
    i64 start = s.village_household[v], homes = s.village_household[v + 1] - start;
    double *sums = s.village_sums + v * N_SUMS;
    for (i64 n = 0; n < homes && (left || follow_ups); n++) {
        i64 h = start + (offset + n) % homes, first = s.household_child[h], last = s.household_child[h + 1];
        if (!s.present[h]) continue;
        bool is_case = false, known = false, returned = false;
        for (i64 i = first; i < last; i++) {
            if (!of_age(m->month - s.birth[i])) continue;
            if (class_age(m->reference, s.birth[i]) <= OLDEST_CASE && s.activity[i] != SCHOOL_ONLY) {
                is_case = true;
                known = known || (s.marks[i] & KNOWN);
            }
            if ((s.marks[i] & RETURNED) && at_school(s.activity[i])) returned = true;
        }
        bool found = is_case && (known || uniform(words(s.seed, s.hid[h], m->month, VISIT).a) < m->levers[DETECTION]);
        if (found && left > 0) {
            left--;
            s.turn[h] |= ALL_TURN;
            for (i64 i = first; i < last; i++) {
                if (!of_age(m->month - s.birth[i]) || class_age(m->reference, s.birth[i]) > OLDEST_CASE) continue;
                if (s.activity[i] != SCHOOL_ONLY) s.marks[i] |= KNOWN;
                if (at_school(s.activity[i])) sums[Z_PROTECTED] += mark_counted(s, i, PROTECTED, m->month);
            }
        } else if (returned && follow_ups > 0) {
            follow_ups--;
        } else {
            continue;
        }
        s.message[h] = MIN(p->message_cap, s.message[h] + p->visit_persuasion);
        made++;
    }
    sums[Z_VISITS] = made;
}

static void age_checks(State s, const Figures *z, const Month *m, i64 v, i64 offset) {
    i64 start = s.village_household[v], homes = s.village_household[v + 1] - start;
    for (int k = 2; k >= 0; k--) {
        if (m->verified[k] <= 0.0) continue;
        i64 t = 3 * v + k;
        s.village_sums[v * N_SUMS + Z_CHECKED + 2 - k] = s.places[t] * m->verified[k];
        i64 excess = s.filled_under[t] - under_age_limit(s.places[t], m->checked[k]);
        for (i64 n = 0; n < homes && excess > 0; n++) {
            i64 h = start + (offset + n) % homes;
            if (!s.present[h]) continue;
            for (i64 i = s.household_child[h]; i < s.household_child[h + 1]; i++) {
                bool under = class_age(m->reference, s.birth[i]) < z->minimum_age;
                if (!(excess > 0 && s.place[i] == TIER3 + k && under && of_age(m->month - s.birth[i]))) continue;
                enter(s, z, m->month, m->reference, v, i, -1);
                s.place[i] = NO_PLACE;
                enter(s, z, m->month, m->reference, v, i, 1);
                s.marks[i] |= TURN;
                s.turn[h] |= OWN_TURN;
                s.village_sums[v * N_SUMS + Z_LOST] += 1;
                excess--;
            }
        }
    }
}

static void bridge_classes(State s, const Figures *z, const Parameters *p, const Month *m, i64 v) {
    i64 course = (i64)floor(m->levers[BRIDGE_MONTHS]), gain = (i64)floor(p->bridge_catch_up + 0.5);
    bool closed = m->levers[BRIDGE_SEATS] <= 0.0;
    i64 last = s.household_child[s.village_household[v + 1]];
    for (i64 i = s.household_child[s.village_household[v]]; i < last; i++) {
        if (s.bridge_clock[i] == 0) continue;
        bool finished = course > 0 && s.bridge_clock[i] >= course;
        if (!(finished || closed)) {
            s.bridge_clock[i]++;
            continue;
        }
        i64 h = s.household[i];
        bool here = s.here[h] && of_age(m->month - s.birth[i]);
        if (here) enter(s, z, m->month, m->reference, v, i, -1);
        if (finished) {
            i64 right = right_grade(class_age(m->reference, s.birth[i]), z->entry_age), grade = s.grade[i];
            s.grade[i] = MAX(grade, MIN(right, grade + gain));
            s.village_sums[v * N_SUMS + Z_WITHDRAWN] += mark_counted(s, i, WITHDRAWN, m->month);
        }
        s.bridge_clock[i] = 0;
        s.marks[i] |= RETURNED | TURN;
        s.turn[h] |= OWN_TURN;
        if (here) enter(s, z, m->month, m->reference, v, i, 1);
    }
}

static void year_end(State s, const Figures *z, const Parameters *p, const Month *m, i64 v) {
    double support = m->levers[BRIDGE_SUPPORT];
    i64 last = s.household_child[s.village_household[v + 1]];
    for (i64 i = s.household_child[s.village_household[v]]; i < last; i++) {
        if (!(at_school(s.activity[i]) && s.bridge_clock[i] == 0 && of_age(m->month - s.birth[i]))) continue;
        i64 gap = MAX(0, right_grade(class_age(m->reference, s.birth[i]), z->entry_age) - s.grade[i]);
        double learned = learning((double)gap, p->gap_half);
        if (s.marks[i] & RETURNED) learned += support * (1.0 - learned);
        double kept = s.activity[i] == SCHOOL_AND_WORK ? 1.0 - p->combine_learning_loss : 1.0;
        double chance = MIN(1.0, p->promotion * s.quality[v] * kept * (0.5 + 0.5 * learned));
        if (uniform(words(s.seed, s.key[i], m->month, PROMOTE).a) < chance && s.grade[i] < LAST_GRADE) s.grade[i]++;
    }
}

static void teach(State s, const Parameters *p, const Month *m, i64 v) {
    double ratio = (1.0 + m->levers[TEACHERS]) * (double)s.pupils_start[v] / MAX(1.0, (double)s.pupils[v]);
    double crowded = MIN(MAX(exp_(p->crowding * log_(MAX(ratio, 1e-9))), WORST), BEST);
    s.quality[v] = (1.0 + m->levers[QUALITY]) * (1.0 + m->levers[ATTRACTIVENESS]) * crowded;
}

#include "engine_books.h"

/* Months 1 to `months` of a zone that stands at month 0; `history` [months + 1, children]. */
void run_months(const State *state, const Figures *z, const Parameters *p, const double *levers, i64 months,
                const Scratch *scratch, i64 *totals, double *sums, uint8_t *history) {
    State s = *state;
    double neutral[N_LEVERS] = {0};
    for (i64 month = 1; month <= months; month++) {
        const double *now = levers + (month - 1) * N_LEVERS;
        wages(s, p, z->villages);
        Month m = begin_month(s, z, p, now, month > 1 ? now - N_LEVERS : neutral, month);
        for (i64 v = 0; v < z->villages; v++) {
            turnover(s, z, &m, v);
            incomes(s, p, &m, v);
            i64 first = month_offset(s, &m, v, z->villages);
            visits(s, p, &m, v, first);
            age_checks(s, z, &m, v, first);
            decide(s, z, p, &m, v, first, *scratch);
            if (m.bridging) bridge_classes(s, z, p, &m, v);
            if (m.year_end) year_end(s, z, p, &m, v);
            teach(s, p, &m, v);
            look_around(s, p, v);
            books(s, &m, v);
        }
        close_books(s, z->villages, totals + month * 6 * N_COUNTS, sums + month * N_SUMS);
        memcpy(history + month * s.children, s.codes, s.children);
    }
}
