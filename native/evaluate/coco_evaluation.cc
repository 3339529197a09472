#include "evaluate/coco_evaluation.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace engineroom {
namespace {

constexpr std::array<int32_t, kDetectionLimits> kLimits = {1, 10, 100};
// Both ends belong to a range: a box of exactly 32 x 32 is small and medium.
constexpr std::array<std::array<double, 2>, kAreas> kAreaRanges = {
    {{0, 1e10}, {0, 32 * 32}, {32 * 32, 96 * 96}, {96 * 96, 1e10}}};
constexpr uint16_t kEveryThreshold = (1 << kIouThresholds) - 1;

// Evenly spaced values, summed as numpy.linspace sums them so that ties at a threshold fall alike.
template <size_t N>
std::array<double, N> Spaced(double first, double last) {
    std::array<double, N> values{};
    const double step = (last - first) / static_cast<double>(N - 1);
    for (size_t i = 0; i < N; ++i) values[i] = static_cast<double>(i) * step + first;
    values[N - 1] = last;
    return values;
}

bool InRange(double area, size_t range) { return area >= kAreaRanges[range][0] && area <= kAreaRanges[range][1]; }

struct Rectangle {
    double x, y, w, h, area;
};

Rectangle FromCorners(double x1, double y1, double x2, double y2) {
    const double w = x2 - x1, h = y2 - y1;
    return {x1, y1, w, h, w * h};
}

// The share of the union, or of the detection alone when the truth is a crowd.
double Overlap(const Rectangle& d, const Rectangle& g, bool crowd) {
    const double w = std::min(d.w + d.x, g.w + g.x) - std::max(d.x, g.x);
    if (w <= 0) return 0;
    const double h = std::min(d.h + d.y, g.h + g.y) - std::max(d.y, g.y);
    if (h <= 0) return 0;
    const double intersection = w * h;
    return intersection / (crowd ? d.area : d.area + g.area - intersection);
}

// Boxes by class, each class in the order of images and, within an image, of input.
struct ByClass {
    std::vector<int32_t> start;  // [class + 1]
    std::vector<int32_t> box;
    std::vector<int32_t> image;
};

ByClass GroupByClass(size_t images, size_t classes, const int32_t* offsets, const int32_t* categories) {
    ByClass group;
    group.start.assign(classes + 1, 0);
    const auto valid = [classes](int32_t c) { return c >= 0 && static_cast<size_t>(c) < classes; };
    const int32_t boxes = offsets[images];
    for (int32_t i = 0; i < boxes; ++i) {
        if (valid(categories[i])) ++group.start[static_cast<size_t>(categories[i]) + 1];
    }
    for (size_t c = 0; c < classes; ++c) group.start[c + 1] += group.start[c];
    group.box.resize(static_cast<size_t>(group.start[classes]));
    group.image.resize(group.box.size());
    std::vector<int32_t> next(group.start.begin(), group.start.end() - 1);
    for (size_t image = 0; image < images; ++image) {
        for (int32_t i = offsets[image]; i < offsets[image + 1]; ++i) {
            if (!valid(categories[i])) continue;
            const auto at = static_cast<size_t>(next[static_cast<size_t>(categories[i])]++);
            group.box[at] = i;
            group.image[at] = static_cast<int32_t>(image);
        }
    }
    return group;
}

// Orders floats by falling value in unsigned comparison; NaN, which no decoder should give, comes last.
uint32_t FallingKey(float score) {
    if (std::isnan(score)) return std::numeric_limits<uint32_t>::max();
    score += 0.0f;  // -0 equals 0
    uint32_t bits;
    std::memcpy(&bits, &score, sizeof bits);
    return (bits & 0x80000000u) ? bits : ~bits & 0x7fffffffu;
}

// What became of a detection: one bit for each IoU threshold. Bits in neither mask are ignored detections.
struct Outcome {
    std::array<uint16_t, kAreas> found;
    std::array<uint16_t, kAreas> wrong;
    int32_t rank;  // place among the detections of its class and image
};

// One class over all images.
class ClassEvaluation {
public:
    ClassEvaluation(const CocoTruth& truth, const CocoDetections& detections)
        : truth_(truth),
          detections_(detections),
          thresholds_(Spaced<kIouThresholds>(0.5, 0.95)),
          recall_points_(Spaced<kRecallPoints>(0, 1)) {}

    void Run(const int32_t* truths, const int32_t* truth_images, size_t truth_count, const int32_t* found,
             const int32_t* found_images, size_t found_count) {
        outcomes_.clear();
        keys_.clear();
        countable_.fill(0);
        size_t g = 0, d = 0;
        while (g < truth_count || d < found_count) {
            const int32_t image = std::min(g < truth_count ? truth_images[g] : std::numeric_limits<int32_t>::max(),
                                           d < found_count ? found_images[d] : std::numeric_limits<int32_t>::max());
            size_t truth_end = g, found_end = d;
            while (truth_end < truth_count && truth_images[truth_end] == image) ++truth_end;
            while (found_end < found_count && found_images[found_end] == image) ++found_end;
            MatchImage(truths + g, truth_end - g, found + d, found_end - d);
            g = truth_end, d = found_end;
        }
        // Outcomes lie by image; the position in the key makes the sort stable.
        std::sort(keys_.begin(), keys_.end());
    }

    int32_t countable(size_t area) const { return countable_[area]; }

    void Accumulate(size_t area, double* precision, double* recall) {
        const int32_t count = countable_[area];
        if (count == 0) {
            std::fill(precision, precision + kIouThresholds, -1.0);
            std::fill(recall, recall + kDetectionLimits * kIouThresholds, -1.0);
            return;
        }
        AccumulateRecall(area, recall);
        // Precision changes for the better only at a right detection: one entry for each, in order of score.
        for (auto& hits : precisions_) hits.clear();
        std::array<int64_t, kIouThresholds> wrong{};
        int64_t wrong_everywhere = 0;  // most detections miss at every threshold
        for (const uint64_t key : keys_) {
            const Outcome& outcome = outcomes_[static_cast<uint32_t>(key)];
            const uint16_t miss = outcome.wrong[area];
            uint16_t hit = outcome.found[area];
            if (miss == kEveryThreshold) {
                ++wrong_everywhere;
                continue;
            }
            for (size_t t = 0; (miss | hit) >> t; ++t) {
                wrong[t] += (miss >> t) & 1;
                if ((hit >> t) & 1) {
                    const auto right = static_cast<double>(precisions_[t].size() + 1);
                    const auto all = static_cast<double>(wrong[t] + wrong_everywhere) + right;
                    precisions_[t].push_back(right / (all + std::numeric_limits<double>::epsilon()));
                }
            }
        }
        for (size_t t = 0; t < kIouThresholds; ++t) precision[t] = MeanPrecision(precisions_[t], count);
    }

private:
    void MatchImage(const int32_t* truths, size_t truth_count, const int32_t* found, size_t found_count) {
        for (size_t area = 0; area < kAreas; ++area) {
            ignored_[area].resize(truth_count);
            taken_[area].assign(truth_count, 0);
            for (size_t g = 0; g < truth_count; ++g) {
                const bool ignore = truth_.crowds[truths[g]] != 0 || !InRange(truth_.areas[truths[g]], area);
                ignored_[area][g] = ignore;
                countable_[area] += !ignore;
            }
        }
        truth_boxes_.clear();
        for (size_t g = 0; g < truth_count; ++g) {
            const double* box = truth_.boxes + 4 * static_cast<size_t>(truths[g]);
            truth_boxes_.push_back(FromCorners(box[0], box[1], box[2], box[3]));
        }
        order_.clear();
        for (size_t d = 0; d < found_count; ++d) {
            order_.push_back((static_cast<uint64_t>(FallingKey(detections_.scores[found[d]])) << 32) | d);
        }
        if (!std::is_sorted(order_.begin(), order_.end())) std::sort(order_.begin(), order_.end());
        const size_t most = std::min(found_count, static_cast<size_t>(kMostDetections));
        for (size_t rank = 0; rank < most; ++rank) {
            const auto d = static_cast<size_t>(found[static_cast<uint32_t>(order_[rank])]);
            keys_.push_back((order_[rank] & 0xffffffff00000000u) | outcomes_.size());
            outcomes_.push_back(Match(d, truths, truth_count));
            outcomes_.back().rank = static_cast<int32_t>(rank);
        }
    }

    Outcome Match(size_t detection, const int32_t* truths, size_t truth_count) {
        const float* corner = detections_.boxes + 4 * detection;
        const Rectangle box = FromCorners(corner[0], corner[1], corner[2], corner[3]);
        // Only truths that overlap enough for the lowest threshold can be matched at any.
        partners_.clear();
        double most = 0;
        for (size_t g = 0; g < truth_count; ++g) {
            const double iou = Overlap(box, truth_boxes_[g], truth_.crowds[truths[g]] != 0);
            if (iou < thresholds_[0]) continue;
            partners_.push_back({g, iou});
            most = std::max(most, iou);
        }
        Outcome outcome{};
        for (size_t area = 0; area < kAreas; ++area) {
            const bool counts = InRange(box.area, area);  // unmatched ones outside the range are ignored
            uint16_t unmatched = kEveryThreshold;
            if (!partners_.empty()) {
                for (size_t t = 0; t < kIouThresholds && most >= LowestIou(t); ++t) {
                    const auto bit = static_cast<uint16_t>(1u << t);
                    size_t g = Best(area, t, truths, false);
                    if (g == kNone) g = Best(area, t, truths, true);
                    if (g == kNone) continue;
                    taken_[area][g] |= bit;
                    unmatched &= static_cast<uint16_t>(~bit);
                    if (!ignored_[area][g]) outcome.found[area] |= bit;
                }
            }
            outcome.wrong[area] = counts ? unmatched : 0;
        }
        return outcome;
    }

    double LowestIou(size_t t) const { return std::min(thresholds_[t], 1 - 1e-10); }

    // The free truth with the highest overlap, the last of equals; ignored ones are asked only after the others.
    size_t Best(size_t area, size_t t, const int32_t* truths, bool ignored) const {
        double most = LowestIou(t);
        size_t best = kNone;
        for (const Partner& partner : partners_) {
            if (static_cast<bool>(ignored_[area][partner.truth]) != ignored) continue;
            const bool taken = (taken_[area][partner.truth] >> t) & 1;
            if (taken && truth_.crowds[truths[partner.truth]] == 0) continue;
            if (partner.iou < most) continue;
            most = partner.iou;
            best = partner.truth;
        }
        return best;
    }

    void AccumulateRecall(size_t area, double* recall) const {
        std::array<std::array<int64_t, kIouThresholds>, kDetectionLimits> right{};
        for (const Outcome& outcome : outcomes_) {
            for (size_t t = 0; outcome.found[area] >> t; ++t) {
                if (!((outcome.found[area] >> t) & 1)) continue;
                for (size_t m = 0; m < kDetectionLimits; ++m) right[m][t] += outcome.rank < kLimits[m];
            }
        }
        for (size_t m = 0; m < kDetectionLimits; ++m) {
            for (size_t t = 0; t < kIouThresholds; ++t) {
                recall[m * kIouThresholds + t] = static_cast<double>(right[m][t]) / countable_[area];
            }
        }
    }

    // Precision made falling, read at the first detection that reaches each recall point, 0 where none does.
    double MeanPrecision(std::vector<double>& hits, int32_t count) const {
        for (size_t i = hits.size(); i-- > 1;) hits[i - 1] = std::max(hits[i - 1], hits[i]);
        double sum = 0;
        size_t i = 0;
        for (const double point : recall_points_) {
            while (i < hits.size() && static_cast<double>(i + 1) / count < point) ++i;
            if (i == hits.size()) break;
            sum += hits[i];
        }
        return sum / kRecallPoints;
    }

    struct Partner {
        size_t truth;
        double iou;
    };
    static constexpr size_t kNone = std::numeric_limits<size_t>::max();

    const CocoTruth& truth_;
    const CocoDetections& detections_;
    const std::array<double, kIouThresholds> thresholds_;
    const std::array<double, kRecallPoints> recall_points_;

    std::vector<Outcome> outcomes_;
    std::vector<uint64_t> keys_;  // falling score, then index into outcomes_
    std::array<int32_t, kAreas> countable_{};
    std::array<std::vector<double>, kIouThresholds> precisions_;

    // Of the image at hand.
    std::vector<Rectangle> truth_boxes_;
    std::array<std::vector<uint8_t>, kAreas> ignored_;
    std::array<std::vector<uint16_t>, kAreas> taken_;
    std::vector<uint64_t> order_;
    std::vector<Partner> partners_;
};

}  // namespace

CocoFigures EvaluateCoco(size_t images, size_t classes, const CocoTruth& truth, const CocoDetections& detections) {
    const ByClass truths = GroupByClass(images, classes, truth.offsets, truth.classes);
    const ByClass found = GroupByClass(images, classes, detections.offsets, detections.classes);
    CocoFigures figures;
    figures.precision.resize(classes * kAreas * kIouThresholds);
    figures.recall.resize(classes * kAreas * kDetectionLimits * kIouThresholds);
    figures.truths.resize(classes * kAreas);
    ClassEvaluation evaluation(truth, detections);
    for (size_t c = 0; c < classes; ++c) {
        const auto g = static_cast<size_t>(truths.start[c]), d = static_cast<size_t>(found.start[c]);
        evaluation.Run(truths.box.data() + g, truths.image.data() + g, static_cast<size_t>(truths.start[c + 1]) - g,
                       found.box.data() + d, found.image.data() + d, static_cast<size_t>(found.start[c + 1]) - d);
        for (size_t area = 0; area < kAreas; ++area) {
            const size_t at = c * kAreas + area;
            figures.truths[at] = evaluation.countable(area);
            evaluation.Accumulate(area, figures.precision.data() + at * kIouThresholds,
                                  figures.recall.data() + at * kDetectionLimits * kIouThresholds);
        }
    }
    return figures;
}

}  // namespace engineroom
