#include "evaluate/raw_heads.h"

#include <cmath>

#include "evaluate/box_values.h"

namespace engineroom {

std::vector<RawHead> RawHeads(const std::vector<OutputTensor>& outputs, int64_t channel_count, size_t b,
                              std::vector<int64_t>& non_finite) {
    const auto channels = static_cast<size_t>(channel_count);
    std::vector<RawHead> heads;
    size_t row = 0;
    for (size_t i = 0; i < outputs.size(); ++i) {
        const OutputTensor& output = outputs[i];
        const bool channels_last = output.dims.size() == 5;
        const auto height = static_cast<size_t>(output.dims[2]);
        const auto width = static_cast<size_t>(output.dims[3]);
        RawHead head{};
        head.anchors = output.anchors.size() / 2;
        head.cells = height * width;
        head.width = width;
        head.anchor_step = channels * head.cells;
        head.channel_step = channels_last ? 1 : head.cells;
        head.cell_step = channels_last ? channels : 1;
        head.data = output.data + b * head.anchors * head.anchor_step;
        head.first_row = row;
        head.output = &output;
        non_finite[i] = CountNonFinite(head.data, head.anchors * head.anchor_step);
        row += head.anchors * head.cells;
        heads.push_back(head);
    }
    return heads;
}

Box RawBox(const RawHead& head, size_t row) {
    const size_t anchor = (row - head.first_row) / head.cells;
    const size_t cell = (row - head.first_row) % head.cells;
    const float* value = head.At(anchor, cell);
    const double stride = head.output->stride;
    const auto s = [value, &head](size_t channel) {
        return static_cast<double>(Sigmoid(value[channel * head.channel_step]));
    };
    const double w = 2 * s(2), h = 2 * s(3);
    return FromCentre(static_cast<float>((2 * s(0) - 0.5 + static_cast<double>(cell % head.width)) * stride),
                      static_cast<float>((2 * s(1) - 0.5 + static_cast<double>(cell / head.width)) * stride),
                      static_cast<float>(w * w * head.output->anchors[2 * anchor]),
                      static_cast<float>(h * h * head.output->anchors[2 * anchor + 1]));
}

bool RawValuesAreFinite(const RawHead& head, const float* value) {
    for (size_t channel = 0; channel < 5; ++channel) {
        if (!std::isfinite(value[channel * head.channel_step])) return false;
    }
    return true;
}

}  // namespace engineroom
