// COCO's box evaluation: greedy matching at ten IoU thresholds, four area ranges and three detection limits.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace engineroom {

constexpr size_t kIouThresholds = 10;    // 0.50 to 0.95 by 0.05
constexpr size_t kRecallPoints = 101;    // 0 to 1 by 0.01
constexpr size_t kAreas = 4;             // all, small, medium, large
constexpr size_t kDetectionLimits = 3;   // 1, 10, 100 of a class in an image
constexpr int32_t kMostDetections = 100;

// Flat views that the caller keeps alive. `offsets` has one entry more than there are images: image i owns
// [offsets[i], offsets[i+1]). Classes outside [0, class_count) are left out, as COCO leaves out other categories.
struct CocoTruth {
    const int32_t* offsets;
    const int32_t* classes;
    const double* boxes;  // corners x1 y1 x2 y2
    const double* areas;
    const uint8_t* crowds;
};

struct CocoDetections {
    const int32_t* offsets;
    const int32_t* classes;
    const float* boxes;  // corners x1 y1 x2 y2
    const float* scores;
};

// -1 where a class has no box to find in an area range.
struct CocoFigures {
    std::vector<double> precision;  // [class, area, IoU]: mean over the recall points, at most 100 detections
    std::vector<double> recall;     // [class, area, limit, IoU]: the highest recall reached
    std::vector<int32_t> truths;    // [class, area]: boxes that count
};

CocoFigures EvaluateCoco(size_t images, size_t classes, const CocoTruth& truth, const CocoDetections& detections);

}  // namespace engineroom
