// Resizes an 8-bit RGB image, places it on a padded canvas and writes it as a normalised channels-first tensor.
#pragma once
#include <array>
#include <cstdint>

#include "preprocess/row_kernels.h"

namespace engineroom {

struct ImageTensorPlan {
    int source_width;
    int source_height;
    // Size of the resized image and its place on the canvas, in pixels of the network input.
    int resized_width;
    int resized_height;
    int left;
    int top;
    int width;
    int height;
    uint8_t pad;
    // Source channel of each plane: {0, 1, 2} for RGB, {2, 1, 0} for BGR.
    std::array<int, 3> channel;
};

// `tables` holds 3 x 256 floats: what each 8-bit value becomes in each plane. `tensor` holds 3 x height x width.
// One temporary of four resized rows; the source is read in place.
void WriteImageTensor(const uint8_t* source, const ImageTensorPlan& plan, const float* tables,
                      const RowKernels& kernels, float* tensor);

}  // namespace engineroom
