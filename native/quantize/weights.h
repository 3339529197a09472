// Rounds weights to symmetric int8 with one scale for each output channel, chosen by the squared error it leaves.
#pragma once
#include <cstddef>
#include <cstdint>

namespace engineroom {

// Row-major weights seen as [outer, channels, inner]; the channel axis is the middle one.
struct WeightLayout {
    size_t outer;
    size_t channels;
    size_t inner;
};

// Fills `values` ([outer, channels, inner], each in [-127, 127]) and `scales` ([channels], positive) for one channel.
void QuantizeChannel(const float* weights, const WeightLayout& layout, size_t channel, int8_t* values, float* scales);

}  // namespace engineroom
