/* zone-micro in C, strict floating point: a plain loop with the library's exp, and blocked passes that the compiler
 * vectorises. The same arithmetic in the same order as zone_micro_numba.py, so the same activities to the last bit. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#define BLOCK 2048
#define SEED 20150401ULL

static inline float luck(uint64_t child, uint64_t month) {
    uint64_t x = (child + (month << 32)) * 0x9E3779B97F4A7C15ULL + SEED;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
    x ^= x >> 31;
    return ((float)(int32_t)(x >> 40) + 0.5f) * 0x1p-24f;
}

static inline float expo(float x) {
    x = x > -80.0f ? x : -80.0f;
    x = x < 80.0f ? x : 80.0f;
    float shifted = x * 1.44269504f + 12582912.0f;
    float k = shifted - 12582912.0f;
    float r = (x - k * 0.693359375f) - k * -2.12194440e-4f;
    float p = ((((1.9875691e-4f * r + 1.3981999e-3f) * r + 8.3334519e-3f) * r + 4.1665795e-2f) * r + 0.16666665f) * r + 0.5f;
    p = p * (r * r) + r + 1.0f;
    int32_t bits;
    memcpy(&bits, &shifted, 4);
    bits = (int32_t)((uint32_t)(bits + 127) << 23);
    float scale;
    memcpy(&scale, &bits, 4);
    return p * scale;
}

#define UTILITY(k) (base[k] + c[9 * k + 1] * y + c[9 * k + 2] * age + c[9 * k + 3] * boy + c[9 * k + 7] * s + c[9 * k + 8] * w)

void plain(const float *income, const int32_t *household, const int16_t *birth, const int8_t *sex, int8_t *activity,
           int64_t children, int64_t month, const float *base, const float *c, int64_t *sums) {
    int64_t school = 0, work = 0;
    for (int64_t i = 0; i < children; i++) {
        float y = income[household[i]], age = (float)(month - birth[i]) * (float)(1.0 / 12), boy = sex[i];
        int was = activity[i];
        float s = was <= 1, w = was == 1 || was == 2;
        float first = expf(UTILITY(0)), second = first + expf(UTILITY(1)), third = second + expf(UTILITY(2));
        float t = luck(i, month) * (third + 1.0f);
        int now = (t >= first) + (t >= second) + (t >= third);
        activity[i] = now;
        school += now <= 1;
        work += now == 1 || now == 2;
    }
    sums[0] = school;
    sums[1] = work;
}

void blocked(const float *income, const int32_t *household, const int16_t *birth, const int8_t *sex, int8_t *activity,
             int64_t children, int64_t month, const float *base_, const float *c_, int64_t *sums) {
    static float ys[BLOCK], us[BLOCK];
    float base[3], c[27];
    memcpy(base, base_, sizeof base);
    memcpy(c, c_, sizeof c);
    int64_t school = 0, work = 0;
    for (int64_t start = 0; start < children; start += BLOCK) {
        int n = children - start < BLOCK ? (int)(children - start) : BLOCK;
        const int32_t *restrict rows = household + start;
        const int16_t *restrict births = birth + start;
        const int8_t *restrict sexes = sex + start;
        int8_t *restrict present = activity + start;
        int32_t at_school = 0, at_work = 0;
        for (int j = 0; j < n; j++) ys[j] = income[rows[j]];
        for (int j = 0; j < n; j++) us[j] = luck(start + j, month);
        for (int j = 0; j < n; j++) {
            float y = ys[j], age = (float)((int32_t)month - births[j]) * (float)(1.0 / 12), boy = sexes[j];
            int was = present[j];
            float s = was <= 1, w = (was == 1) | (was == 2);
            float first = expo(UTILITY(0)), second = first + expo(UTILITY(1)), third = second + expo(UTILITY(2));
            float t = us[j] * (third + 1.0f);
            int now = (t >= first) + (t >= second) + (t >= third);
            present[j] = now;
            at_school += now <= 1;
            at_work += (now == 1) | (now == 2);
        }
        school += at_school;
        work += at_work;
    }
    sums[0] = school;
    sums[1] = work;
}
