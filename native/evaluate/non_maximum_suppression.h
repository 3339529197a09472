// Greedy non-maximum suppression within a class, stopped at the number of boxes that an image may keep.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace engineroom {

struct Box {
    float x1, y1, x2, y2;
};

// A candidate as one sortable number: falling score first, then rising `rank`. Only for scores >= 0, whose bits order
// as their values do.
uint64_t CandidateKey(float score, uint32_t rank);
uint32_t CandidateRank(uint64_t key);
float CandidateScore(uint64_t key);

// The boxes kept so far in one class, column by column so that the overlap test runs over whole vectors.
class KeptBoxes {
public:
    // IoU in float32 with 1e-9 in the union, as the evaluation protocol states it; NaN counts as overlap.
    bool Overlaps(const Box& box, float iou_threshold) const;
    void Add(const Box& box);

private:
    std::vector<float> x1_, y1_, x2_, y2_, area_;
};

}  // namespace engineroom
