#include "preprocess/image_tensor.h"

#include <algorithm>
#include <vector>

namespace engineroom {

namespace {

// The two source rows that are being blended, resampled along x. Neighbouring rows have different parity, so a row's
// slot is its parity, and going down the image each source row is resampled once.
class RowPair {
public:
    RowPair(const uint8_t* source, const ImageTensorPlan& plan, const RowKernels& kernels)
        : source_(source),
          stride_(size_t{3} * plan.source_width),
          width_(plan.resized_width),
          taps_(MakeResampleAxis(plan.source_width, plan.resized_width, EdgeRule::kSnapWeight), plan.source_width),
          kernels_(kernels),
          values_(size_t{6} * plan.resized_width) {}

    void Load(int row) {
        const int slot = row & 1;
        if (held_[slot] == row) return;
        int16_t* const planes[3] = {Plane(slot, 0), Plane(slot, 1), Plane(slot, 2)};
        kernels_.resample_row(source_ + stride_ * row, taps_, planes);
        held_[slot] = row;
    }
    const int16_t* Channel(int row, int channel) { return Plane(row & 1, channel); }

private:
    int16_t* Plane(int slot, int channel) { return values_.data() + size_t{3} * width_ * slot + size_t(width_) * channel; }

    const uint8_t* source_;
    size_t stride_;
    int width_;
    ColumnTaps taps_;
    const RowKernels& kernels_;
    std::vector<int16_t> values_;
    int held_[2] = {-1, -1};
};

}  // namespace

void WriteImageTensor(const uint8_t* source, const ImageTensorPlan& plan, const float* tables,
                      const RowKernels& kernels, float* tensor) {
    const ResampleAxis rows = MakeResampleAxis(plan.source_height, plan.resized_height, EdgeRule::kRepeatSample);
    RowPair pair(source, plan, kernels);
    const size_t plane_size = size_t(plan.width) * plan.height;
    const int right = plan.left + plan.resized_width;
    const int bottom = plan.top + plan.resized_height;

    for (int c = 0; c < 3; ++c) {
        float* plane = tensor + plane_size * c;
        const float border = tables[256 * c + plan.pad];
        std::fill(plane, plane + size_t(plan.width) * plan.top, border);
        std::fill(plane + size_t(plan.width) * bottom, plane + plane_size, border);
    }
    for (int y = 0; y < plan.resized_height; ++y) {
        pair.Load(rows.first[y]);
        pair.Load(rows.second[y]);
        for (int c = 0; c < 3; ++c) {
            float* line = tensor + plane_size * c + size_t(plan.width) * (plan.top + y);
            const float* table = tables + 256 * c;
            const int channel = plan.channel[c];
            std::fill(line, line + plan.left, table[plan.pad]);
            kernels.blend_rows(pair.Channel(rows.first[y], channel), pair.Channel(rows.second[y], channel),
                               rows.first_weight[y], rows.second_weight[y], plan.resized_width, table,
                               line + plan.left);
            std::fill(line + right, line + plan.width, table[plan.pad]);
        }
    }
}

}  // namespace engineroom
