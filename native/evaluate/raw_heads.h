// YOLOv5's heads before sigmoid and grid arithmetic: where a box's values lie and what box they mean.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "evaluate/detection_decoder.h"
#include "evaluate/non_maximum_suppression.h"

namespace engineroom {

// One head of one image. Rows count anchors first, then cells, through all heads in order.
struct RawHead {
    const float* data;
    size_t first_row, anchors, cells, width;
    size_t anchor_step, channel_step, cell_step;
    const OutputTensor* output;

    const float* At(size_t anchor, size_t cell) const { return data + anchor * anchor_step + cell * cell_step; }
};

// The heads of image `b` in either form; counts the values that are not finite in each.
std::vector<RawHead> RawHeads(const std::vector<OutputTensor>& outputs, int64_t channels, size_t b,
                              std::vector<int64_t>& non_finite);

// Centre (2 s - 0.5 + cell) * stride, size (2 s)^2 * anchor, s the sigmoid of the raw value.
Box RawBox(const RawHead& head, size_t row);

// A raw box is judged by its raw values: an infinite one gives a finite sigmoid, but the engine is broken there.
bool RawValuesAreFinite(const RawHead& head, const float* value);

}  // namespace engineroom
