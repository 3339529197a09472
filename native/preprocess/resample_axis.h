// Where one axis of a bilinear resize reads its two source samples, and their fixed-point weights.
#pragma once
#include <cstdint>
#include <vector>

namespace engineroom {

// Weights have 11 fractional bits: they sum to 2048 up to rounding, as in OpenCV's 8-bit INTER_LINEAR.
constexpr int kWeightOne = 2048;

// What happens where a sample falls outside the source. OpenCV treats the axes differently: along x the outer
// sample gets the whole weight, along y both rows are the edge row and the two weights stay.
enum class EdgeRule { kSnapWeight, kRepeatSample };

struct ResampleAxis {
    std::vector<int32_t> first;
    std::vector<int32_t> second;
    std::vector<int16_t> first_weight;
    std::vector<int16_t> second_weight;
};

// Half-pixel centres: destination sample i lies at (i + 0.5) * source / destination - 0.5.
ResampleAxis MakeResampleAxis(int source, int destination, EdgeRule edge);

}  // namespace engineroom
