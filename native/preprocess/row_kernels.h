// The two inner loops of preprocessing, each as plain C++ and, where it pays, as AVX2; all give the same bits.
#pragma once
#include <cstdint>
#include <vector>

#include "preprocess/resample_axis.h"

namespace engineroom {

// The x axis in the form that the row loops read.
struct ColumnTaps {
    // Byte offsets of the first and second source pixel in an RGB row.
    std::vector<int32_t> first_offset;
    std::vector<int32_t> second_offset;
    // First weight in the low, second weight in the high 16 bits.
    std::vector<int32_t> weights;
    // Columns before this one may load 4 bytes at either offset without leaving the row.
    int wide_load_end = 0;

    ColumnTaps(const ResampleAxis& axis, int source_width);
    int size() const { return static_cast<int>(weights.size()); }
};

// Interpolates one interleaved RGB row along x into three planes of taps.size() values: the weighted sum (19 bits)
// shifted right by 4, which is what the second step reads.
using ResampleRow = void (*)(const uint8_t* row, const ColumnTaps& taps, int16_t* const planes[3]);

// Interpolates between two such rows of one plane and looks the 8-bit result up: out[i] = table[pixel].
using BlendRows = void (*)(const int16_t* upper, const int16_t* lower, int16_t upper_weight, int16_t lower_weight,
                           int count, const float table[256], float* out);

struct RowKernels {
    const char* name;
    ResampleRow resample_row;
    BlendRows blend_rows;
};

// The fastest kernels that this processor runs.
const RowKernels& FastestRowKernels();
// The fallback that needs nothing beyond C++17.
const RowKernels& PlainRowKernels();

}  // namespace engineroom
