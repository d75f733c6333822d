/* The engine's small rules in C: the same arithmetic in the same order as sim/engine, so the same bits.
 * layout.h is written from clfz.model.layout when this is compiled. */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "layout.h"

#define RULE static inline __attribute__((always_inline))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

typedef int64_t i64;
typedef struct { uint64_t a, b, c, d; } Words;

typedef struct {
    i64 month, reference, reference_before, cycle;
    bool school_start, year_end, bridging, pays_transfers, changed_transfers;
    const double *levers;
    double rates[5], income[5][2], pay[6], sibling_return[MOST_BIRTHS + 1], verified[3], checked[3], amounts[2][3];
    double earned[24][2], kept, limit, limit_before, error, error_before, cost_primary, cost_secondary;
} Month;

RULE i64 floor_div(i64 a, i64 b) { return a / b - (a % b < 0); }
RULE i64 modulo(i64 a, i64 b) { i64 r = a % b; return r < 0 ? r + b : r; }

RULE double exp_(double x) {
    x = MIN(MAX(x, -700.0), 700.0);
    double shifted = x * 1.44269504088896338700e00 + 6755399441055744.0;
    double k = shifted - 6755399441055744.0;
    double r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
    double p = 1.6059043836821613e-10;
    p = p * r + 2.08767569878681e-09;
    p = p * r + 2.505210838544172e-08;
    p = p * r + 2.755731922398589e-07;
    p = p * r + 2.7557319223985893e-06;
    p = p * r + 2.48015873015873e-05;
    p = p * r + 1.984126984126984e-04;
    p = p * r + 1.388888888888889e-03;
    p = p * r + 8.333333333333333e-03;
    p = p * r + 4.1666666666666664e-02;
    p = p * r + 1.6666666666666666e-01;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    uint64_t bits;
    memcpy(&bits, &shifted, 8);
    bits = (bits + 1023) << 52;
    double scale;
    memcpy(&scale, &bits, 8);
    return p * scale;
}

RULE double log_(double x) {
    uint64_t bits;
    memcpy(&bits, &x, 8);
    uint64_t biased = (bits + 0x00095F619980C433ULL) >> 52, whole = biased | 0x4330000000000000ULL;
    uint64_t mantissa = bits - (biased << 52) + 0x3FF0000000000000ULL;
    double k, m;
    memcpy(&k, &whole, 8);
    memcpy(&m, &mantissa, 8);
    k -= 4503599627371519.0;
    double f = m - 1.0, s = f / (2.0 + f), z = s * s, w = z * z;
    double t1 = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    double t2 = z * (6.666666666666735130e-01 +
                     w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    double half = 0.5 * f * f;
    return k * 6.93147180369123816490e-01 - ((half - (s * (half + t1 + t2) + k * 1.90821492927058770002e-10)) - f);
}

RULE Words words(uint64_t seed, i64 who, i64 month, uint64_t purpose) {
    uint64_t c0 = (uint64_t)who & 0xFFFFFFFFu, c1 = (uint64_t)month & 0xFFFFFFFFu, c2 = purpose, c3 = 0;
    uint64_t k0 = seed & 0xFFFFFFFFu, k1 = seed >> 32;
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = c0 * 0xD2511F53u, p1 = c2 * 0xCD9E8D57u;
        c0 = (p1 >> 32) ^ c1 ^ k0;
        c2 = (p0 >> 32) ^ c3 ^ k1;
        c1 = p1 & 0xFFFFFFFFu;
        c3 = p0 & 0xFFFFFFFFu;
        k0 = (k0 + 0x9E3779B9u) & 0xFFFFFFFFu;
        k1 = (k1 + 0xBB67AE85u) & 0xFFFFFFFFu;
    }
    return (Words){c0, c1, c2, c3};
}

RULE double uniform(uint64_t word) { return ((double)(i64)word + 0.5) * 2.3283064365386963e-10; }
RULE double bell(uint64_t a, uint64_t b) {
    i64 halves = (i64)((a & 0xFFFF) + (a >> 16) + (b & 0xFFFF) + (b >> 16));
    return ((double)halves + 2.0) * 2.6428997918226276e-05 - 3.4641016151377544;
}
RULE double gumbel(double u) { return (float)-log_(-log_(u)); }

RULE i64 calendar_month(i64 month, i64 start) { return modulo(start - 2 + month, 12) + 1; }
RULE i64 year_of_life(i64 reference, i64 birth) { return floor_div(reference - birth + 6, 12); }
RULE i64 class_age(i64 reference, i64 birth) { return MIN(MAX(year_of_life(reference, birth), FIRST_AGE), LAST_AGE); }
RULE int band(i64 months) { return (months >= 144) + (months >= 180); }
RULE i64 right_grade(i64 age, i64 entry) { return MAX(0, age - entry); }
RULE bool of_age(i64 months) { return ENTRY_MONTHS <= months && months < EXIT_MONTHS; }
RULE bool at_school(i64 activity) { return activity <= 1; }
RULE bool works(i64 activity) { return activity == 1 || activity == 2; }
RULE int transfer_band(i64 age) { return (age >= 12) + (age >= 15); }
RULE double pay_at(double at_15, i64 age) { return at_15 * ((double)age - 4.0) / 11.0; }
RULE double consumption_utility(double consumption, double per_need) {
    double above = consumption * per_need - 1.0;
    return above >= FLOOR ? log_(above / FLOOR) : (above - FLOOR) / FLOOR;
}
RULE double learning(double gap, double half) {
    double ratio = gap / half;
    return 1.0 / (1.0 + ratio * ratio);
}

RULE double threshold(double coverage, double error) {
    if (coverage <= 0.0) return -1.0;
    double small = MIN(error, 1.0 - error), large = 1.0 - small;
    if (small == 0.0) return coverage;
    if (coverage < small / (2.0 * large)) return sqrt(2.0 * coverage * small * large);
    if (coverage <= 1.0 - small / (2.0 * large)) return coverage * large + small / 2.0;
    return 1.0 - sqrt(2.0 * (1.0 - coverage) * small * large);
}
RULE bool eligible(double rank, double noise, double error, double limit) {
    return (1.0 - error) * rank + error * noise < limit;
}
RULE bool mark_counted(State s, i64 i, int mark, i64 month) {
    bool new = (s.marks[i] & mark) == 0;
    if (new) {
        s.marks[i] |= mark;
        if (s.counted[i] == 0) s.counted[i] = month;
    }
    return new;
}
RULE i64 under_age_limit(i64 places, double checked) { return (i64)floor(places * (1.0 - checked) + 0.5); }
