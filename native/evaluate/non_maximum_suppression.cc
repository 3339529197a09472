#include "evaluate/non_maximum_suppression.h"

#include <algorithm>
#include <cstring>

namespace engineroom {
namespace {

// Boxes tested before the loop looks whether one of them overlapped: long enough to fill vector registers, short
// enough that a box whose overlap stands early costs little.
constexpr size_t kBlock = 16;

}  // namespace

uint64_t CandidateKey(float score, uint32_t rank) {
    uint32_t bits;
    std::memcpy(&bits, &score, sizeof bits);
    return (static_cast<uint64_t>(~bits) << 32) | rank;
}

uint32_t CandidateRank(uint64_t key) { return static_cast<uint32_t>(key); }

float CandidateScore(uint64_t key) {
    const uint32_t bits = ~static_cast<uint32_t>(key >> 32);
    float score;
    std::memcpy(&score, &bits, sizeof score);
    return score;
}

bool KeptBoxes::Overlaps(const Box& box, float iou_threshold) const {
    const float area = (box.x2 - box.x1) * (box.y2 - box.y1);
    const size_t count = x1_.size();
    for (size_t start = 0; start < count; start += kBlock) {
        const size_t end = std::min(start + kBlock, count);
        int hit = 0;
        for (size_t i = start; i < end; ++i) {
            const float width = std::max(std::min(x2_[i], box.x2) - std::max(x1_[i], box.x1), 0.0f);
            const float height = std::max(std::min(y2_[i], box.y2) - std::max(y1_[i], box.y1), 0.0f);
            const float intersection = width * height;
            const float iou = intersection / (area_[i] + area - intersection + 1e-9f);
            hit |= !(iou <= iou_threshold);
        }
        if (hit) return true;
    }
    return false;
}

void KeptBoxes::Add(const Box& box) {
    x1_.push_back(box.x1);
    y1_.push_back(box.y1);
    x2_.push_back(box.x2);
    y2_.push_back(box.y2);
    area_.push_back((box.x2 - box.x1) * (box.y2 - box.y1));
}

}  // namespace engineroom
