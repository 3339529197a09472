// Detector outputs to boxes: candidates over a score, greedy NMS within a class, the best of an image.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace engineroom {

// The numbers are part of the interface to index.ts.
enum class DetectionLayout : int32_t {
    kYolov5 = 0,     // [B, N, 5+C] cx cy w h, objectness, class scores
    kYolov8 = 1,     // [B, 4+C, N] cx cy w h, class scores
    kEndToEnd = 2,   // [B, K, 6]   x1 y1 x2 y2, score, class
    kNmsRows = 3,    // [M, 7]      image, x1 y1 x2 y2, class, score
    kYolov5Raw = 4,  // heads [B, A*(5+C), H, W] or [B, A, H, W, 5+C] before sigmoid and grid arithmetic
};

// One output tensor; anchors and stride only for kYolov5Raw.
struct OutputTensor {
    const float* data = nullptr;
    std::vector<int64_t> dims;
    std::vector<double> anchors;  // w h pairs, pixels of the network input
    double stride = 0;            // pixels of the network input per cell
};

// Source x = (u - left) / gain_x, y = (v - top) / gain_y; boxes are clipped to [0, width] x [0, height].
struct BoxTransform {
    double gain_x, gain_y, left, top, width, height;
};

struct DecodeRequest {
    DetectionLayout layout = DetectionLayout::kYolov5;
    int64_t class_count = 0;  // 0: unknown, allowed where the class is a column of its own
    std::vector<OutputTensor> outputs;
    std::vector<BoxTransform> images;  // the first images of the batch; more in the tensors are padding
    float score_threshold = 0;         // a candidate's score is above it; not negative
    float iou_threshold = 0;           // a box goes when its IoU with a kept one is above it
    int64_t max_detections = 0;
    bool multi_label = true;  // false: only the best class of a box
};

struct DecodedImage {
    std::vector<float> boxes;  // corners in source pixels, falling score
    std::vector<float> scores;
    std::vector<int32_t> classes;
    std::vector<int64_t> non_finite;  // NaN and infinite values of this image in each output tensor
};

struct DecodedBatch {
    std::vector<DecodedImage> images;
    int64_t invalid_rows = 0;  // rows over the threshold that name a class or an image that is not there
};

// Throws std::invalid_argument when a tensor's shape does not fit the layout.
DecodedBatch DecodeDetections(const DecodeRequest& request);

}  // namespace engineroom
