// The element-wise half of a histogram: block statistics and bin indices, in one variant per instruction set.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace engineroom {

// What one pass over a block of float32 values finds. `min` and `max` hold only when every value is finite, that is
// when `magnitude_bits` is below kInfinityBits.
struct BlockStatistics {
    uint32_t magnitude_bits;  // the largest bit pattern of |x|; ordered like |x| itself, NaN above infinity
    float min;
    float max;
    uint32_t zeros;  // values that are exactly 0 or -0
};

constexpr uint32_t kInfinityBits = 0x7f800000u;

// All variants give the same bits: each operation in them is exact or a comparison.
struct HistogramKernels {
    const char* name;
    BlockStatistics (*inspect)(const float* values, size_t count);
    // indices[i] = floor(|values[i]| * scale); scale is a power of two and every product lies below 65536.
    void (*index)(const float* values, size_t count, float scale, uint16_t* indices);
};

// The fastest variant that this machine runs.
const HistogramKernels& BestHistogramKernels();
// Every variant that this machine runs, plain code first.
const std::vector<const HistogramKernels*>& AllHistogramKernels();

}  // namespace engineroom
