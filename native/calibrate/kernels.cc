#include "kernels.h"

#include <cmath>
#include <cstring>
#include <limits>

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define ENGINEROOM_AVX2 1
#include <immintrin.h>
#endif
#if defined(__aarch64__)
#define ENGINEROOM_NEON 1
#include <arm_neon.h>
#endif

namespace engineroom {
namespace {

constexpr uint32_t kMagnitudeMask = 0x7fffffffu;

constexpr BlockStatistics kNothing = {0, std::numeric_limits<float>::infinity(),
                                      -std::numeric_limits<float>::infinity(), 0};

void InspectOne(float value, BlockStatistics& found) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    bits &= kMagnitudeMask;
    if (bits > found.magnitude_bits) found.magnitude_bits = bits;
    if (bits == 0) ++found.zeros;
    if (value < found.min) found.min = value;
    if (value > found.max) found.max = value;
}

uint16_t IndexOf(float value, float scale) {
    return static_cast<uint16_t>(static_cast<int32_t>(std::fabs(value) * scale));
}

BlockStatistics InspectPlain(const float* values, size_t count) {
    BlockStatistics found = kNothing;
    for (size_t i = 0; i < count; ++i) InspectOne(values[i], found);
    return found;
}

void IndexPlain(const float* values, size_t count, float scale, uint16_t* indices) {
    for (size_t i = 0; i < count; ++i) indices[i] = IndexOf(values[i], scale);
}

constexpr HistogramKernels kPlain = {"plain", InspectPlain, IndexPlain};

#if ENGINEROOM_AVX2

__attribute__((target("avx2"))) BlockStatistics InspectAvx2(const float* values, size_t count) {
    const __m256i mask = _mm256_set1_epi32(static_cast<int>(kMagnitudeMask));
    __m256i magnitude = _mm256_setzero_si256();
    __m256i zeros = _mm256_setzero_si256();
    __m256 low = _mm256_set1_ps(kNothing.min);
    __m256 high = _mm256_set1_ps(kNothing.max);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m256 value = _mm256_loadu_ps(values + i);
        const __m256i bits = _mm256_and_si256(_mm256_castps_si256(value), mask);
        magnitude = _mm256_max_epu32(magnitude, bits);
        zeros = _mm256_sub_epi32(zeros, _mm256_cmpeq_epi32(bits, _mm256_setzero_si256()));
        low = _mm256_min_ps(value, low);
        high = _mm256_max_ps(value, high);
    }
    alignas(32) uint32_t magnitudes[8], zero_counts[8];
    alignas(32) float lows[8], highs[8];
    _mm256_store_si256(reinterpret_cast<__m256i*>(magnitudes), magnitude);
    _mm256_store_si256(reinterpret_cast<__m256i*>(zero_counts), zeros);
    _mm256_store_ps(lows, low);
    _mm256_store_ps(highs, high);
    BlockStatistics found = kNothing;
    for (int lane = 0; lane < 8; ++lane) {
        if (magnitudes[lane] > found.magnitude_bits) found.magnitude_bits = magnitudes[lane];
        found.zeros += zero_counts[lane];
        if (lows[lane] < found.min) found.min = lows[lane];
        if (highs[lane] > found.max) found.max = highs[lane];
    }
    for (; i < count; ++i) InspectOne(values[i], found);
    return found;
}

__attribute__((target("avx2"))) void IndexAvx2(const float* values, size_t count, float scale,
                                               uint16_t* indices) {
    const __m256 mask = _mm256_castsi256_ps(_mm256_set1_epi32(static_cast<int>(kMagnitudeMask)));
    const __m256 factor = _mm256_set1_ps(scale);
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m256 first = _mm256_mul_ps(_mm256_and_ps(_mm256_loadu_ps(values + i), mask), factor);
        const __m256 second = _mm256_mul_ps(_mm256_and_ps(_mm256_loadu_ps(values + i + 8), mask), factor);
        // packus works within 128-bit halves; the permutation puts the four quarters back in order.
        const __m256i packed = _mm256_packus_epi32(_mm256_cvttps_epi32(first), _mm256_cvttps_epi32(second));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(indices + i),
                            _mm256_permute4x64_epi64(packed, _MM_SHUFFLE(3, 1, 2, 0)));
    }
    for (; i < count; ++i) indices[i] = IndexOf(values[i], scale);
}

constexpr HistogramKernels kAvx2 = {"avx2", InspectAvx2, IndexAvx2};

#endif

#if ENGINEROOM_NEON

BlockStatistics InspectNeon(const float* values, size_t count) {
    const uint32x4_t mask = vdupq_n_u32(kMagnitudeMask);
    uint32x4_t magnitude = vdupq_n_u32(0);
    uint32x4_t zeros = vdupq_n_u32(0);
    float32x4_t low = vdupq_n_f32(kNothing.min);
    float32x4_t high = vdupq_n_f32(kNothing.max);
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        const float32x4_t value = vld1q_f32(values + i);
        const uint32x4_t bits = vandq_u32(vreinterpretq_u32_f32(value), mask);
        magnitude = vmaxq_u32(magnitude, bits);
        zeros = vsubq_u32(zeros, vceqq_u32(bits, vdupq_n_u32(0)));
        low = vminq_f32(value, low);
        high = vmaxq_f32(value, high);
    }
    BlockStatistics found = {vmaxvq_u32(magnitude), vminvq_f32(low), vmaxvq_f32(high), vaddvq_u32(zeros)};
    for (; i < count; ++i) InspectOne(values[i], found);
    return found;
}

void IndexNeon(const float* values, size_t count, float scale, uint16_t* indices) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const uint32x4_t first = vcvtq_u32_f32(vmulq_n_f32(vabsq_f32(vld1q_f32(values + i)), scale));
        const uint32x4_t second = vcvtq_u32_f32(vmulq_n_f32(vabsq_f32(vld1q_f32(values + i + 4)), scale));
        vst1q_u16(indices + i, vcombine_u16(vmovn_u32(first), vmovn_u32(second)));
    }
    for (; i < count; ++i) indices[i] = IndexOf(values[i], scale);
}

constexpr HistogramKernels kNeon = {"neon", InspectNeon, IndexNeon};

#endif

}  // namespace

const std::vector<const HistogramKernels*>& AllHistogramKernels() {
    static const std::vector<const HistogramKernels*> all = [] {
        std::vector<const HistogramKernels*> found = {&kPlain};
#if ENGINEROOM_AVX2
        if (__builtin_cpu_supports("avx2")) found.push_back(&kAvx2);
#endif
#if ENGINEROOM_NEON
        found.push_back(&kNeon);
#endif
        return found;
    }();
    return all;
}

const HistogramKernels& BestHistogramKernels() { return *AllHistogramKernels().back(); }

}  // namespace engineroom
