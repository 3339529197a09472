#include "preprocess/row_kernels.h"

#include <algorithm>

#if (defined(__x86_64__) || defined(_M_X64)) && defined(__GNUC__)
#define ENGINEROOM_AVX2 1
#include <immintrin.h>
#endif

namespace engineroom {

ColumnTaps::ColumnTaps(const ResampleAxis& axis, int source_width) {
    const size_t count = axis.first.size();
    const int32_t row_bytes = 3 * source_width;
    first_offset.resize(count);
    second_offset.resize(count);
    weights.resize(count);
    for (size_t i = 0; i < count; ++i) {
        first_offset[i] = 3 * axis.first[i];
        second_offset[i] = 3 * axis.second[i];
        weights[i] = static_cast<int32_t>(axis.first_weight[i]) | static_cast<int32_t>(axis.second_weight[i]) << 16;
        // Offsets never fall, so the columns that may load wide are a prefix.
        if (second_offset[i] + 4 <= row_bytes) wide_load_end = static_cast<int>(i) + 1;
    }
}

namespace {

void ResampleColumns(const uint8_t* row, const ColumnTaps& taps, int begin, int16_t* const planes[3]) {
    for (int x = begin; x < taps.size(); ++x) {
        const uint8_t* first = row + taps.first_offset[x];
        const uint8_t* second = row + taps.second_offset[x];
        const int first_weight = taps.weights[x] & 0xffff;
        const int second_weight = taps.weights[x] >> 16;
        for (int c = 0; c < 3; ++c) {
            planes[c][x] = static_cast<int16_t>((first[c] * first_weight + second[c] * second_weight) >> 4);
        }
    }
}

void ResampleRowPlain(const uint8_t* row, const ColumnTaps& taps, int16_t* const planes[3]) {
    ResampleColumns(row, taps, 0, planes);
}

// Each product is cut to its high 16 bits before the sum; the 2 rounds the last shift. These are the steps of
// OpenCV's 8-bit vertical pass, whose cuts cost up to one grey level against exact interpolation.
inline int BlendPixel(int upper, int lower, int upper_weight, int lower_weight) {
    return (((upper * upper_weight) >> 16) + ((lower * lower_weight) >> 16) + 2) >> 2;
}

// In two steps over short blocks: the first is plain arithmetic, which compilers turn into vector instructions (NEON
// on aarch64); the second is a lookup, which they cannot.
void BlendRowsPlain(const int16_t* upper, const int16_t* lower, int16_t upper_weight, int16_t lower_weight, int count,
                    const float table[256], float* out) {
    constexpr int kBlock = 128;
    uint8_t pixels[kBlock];
    for (int begin = 0; begin < count; begin += kBlock) {
        const int size = std::min(kBlock, count - begin);
        for (int i = 0; i < size; ++i) {
            pixels[i] =
                static_cast<uint8_t>(BlendPixel(upper[begin + i], lower[begin + i], upper_weight, lower_weight));
        }
        for (int i = 0; i < size; ++i) out[begin + i] = table[pixels[i]];
    }
}

#ifdef ENGINEROOM_AVX2

// Eight columns at a time: two gathers bring the R, G, B (and a spare byte) of both neighbours into 32-bit lanes, and
// one multiply-add for each channel weighs them.
__attribute__((target("avx2"))) void ResampleRowAvx2(const uint8_t* row, const ColumnTaps& taps,
                                                     int16_t* const planes[3]) {
    const __m256i byte_mask = _mm256_set1_epi32(0xff);
    const int* base = reinterpret_cast<const int*>(row);
    int x = 0;
    for (; x + 8 <= taps.wide_load_end; x += 8) {
        const __m256i at_first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(&taps.first_offset[x]));
        const __m256i at_second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(&taps.second_offset[x]));
        const __m256i weights = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(&taps.weights[x]));
        __m256i first = _mm256_i32gather_epi32(base, at_first, 1);
        __m256i second = _mm256_i32gather_epi32(base, at_second, 1);
        for (int c = 0; c < 3; ++c) {
            const __m256i low = _mm256_and_si256(first, byte_mask);
            const __m256i high = _mm256_slli_epi32(_mm256_and_si256(second, byte_mask), 16);
            const __m256i sum = _mm256_srli_epi32(_mm256_madd_epi16(_mm256_or_si256(low, high), weights), 4);
            const __m128i packed = _mm_packs_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
            _mm_storeu_si128(reinterpret_cast<__m128i*>(planes[c] + x), packed);
            first = _mm256_srli_epi32(first, 8);
            second = _mm256_srli_epi32(second, 8);
        }
    }
    ResampleColumns(row, taps, x, planes);
}

__attribute__((target("avx2"))) void BlendRowsAvx2(const int16_t* upper, const int16_t* lower, int16_t upper_weight,
                                                   int16_t lower_weight, int count, const float table[256],
                                                   float* out) {
    const __m256i weight_up = _mm256_set1_epi16(upper_weight);
    const __m256i weight_low = _mm256_set1_epi16(lower_weight);
    const __m256i two = _mm256_set1_epi16(2);
    int i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m256i up = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(upper + i));
        const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(lower + i));
        const __m256i sum =
            _mm256_add_epi16(_mm256_mulhi_epi16(up, weight_up), _mm256_mulhi_epi16(low, weight_low));
        const __m256i pixel = _mm256_srai_epi16(_mm256_add_epi16(sum, two), 2);
        const __m256i left = _mm256_cvtepu16_epi32(_mm256_castsi256_si128(pixel));
        const __m256i right = _mm256_cvtepu16_epi32(_mm256_extracti128_si256(pixel, 1));
        _mm256_storeu_ps(out + i, _mm256_i32gather_ps(table, left, 4));
        _mm256_storeu_ps(out + i + 8, _mm256_i32gather_ps(table, right, 4));
    }
    BlendRowsPlain(upper + i, lower + i, upper_weight, lower_weight, count - i, table, out + i);
}

#endif

}  // namespace

const RowKernels& PlainRowKernels() {
    static const RowKernels kernels{"plain", ResampleRowPlain, BlendRowsPlain};
    return kernels;
}

const RowKernels& FastestRowKernels() {
#ifdef ENGINEROOM_AVX2
    static const RowKernels avx2{"avx2", ResampleRowAvx2, BlendRowsAvx2};
    if (__builtin_cpu_supports("avx2")) return avx2;
#endif
    return PlainRowKernels();
}

}  // namespace engineroom
