// A histogram of |x| that grows with its values and whose state depends only on the multiset of values seen.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels.h"

namespace engineroom {

constexpr int kHistogramBinBits = 14;
constexpr size_t kHistogramBins = size_t{1} << kHistogramBinBits;
// The narrowest range: [0, 2^-20). Smaller values share its first bins.
constexpr int kSmallestExponent = -20;
constexpr int kLargestExponent = 128;  // the largest float32 is just below 2^128

// Counts of |x| in 16384 equal bins over [0, 2^exponent), where 2^exponent is the smallest power of two above every
// |x| seen (but no smaller than 2^kSmallestExponent). A larger value doubles the range by merging neighbouring bins.
// All edges are dyadic, so that merging loses nothing: any order and any split of the values, and merging of
// histograms, give the same state. Exact zeros and non-finite values are counted but enter no bin.
struct HistogramState {
    int exponent = kSmallestExponent;
    // Over the finite values; 0 when there are none.
    float min = 0.0f;
    float max = 0.0f;
    uint64_t finite = 0;  // zeros included
    uint64_t zeros = 0;
    uint64_t non_finite = 0;
    std::vector<uint64_t> bins = std::vector<uint64_t>(kHistogramBins, 0);

    // The largest |x| seen, exactly.
    float AbsMax() const { return -min > max ? -min : max; }
    double BinWidth() const;
    // Throws std::invalid_argument when the fields contradict each other; for state that comes from outside.
    void Validate() const;
};

class Histogram {
public:
    Histogram() = default;
    explicit Histogram(HistogramState state) : state_(std::move(state)) {}

    // Adds the values and returns how many of them were not finite.
    uint64_t Add(const float* values, size_t count, const HistogramKernels& kernels);
    void Merge(const HistogramState& other);
    const HistogramState& state() const { return state_; }

private:
    void AddFinite(const float* values, size_t count, const BlockStatistics& found,
                   const HistogramKernels& kernels);
    void WidenRange(float min, float max, uint64_t finite);
    void GrowTo(int exponent);

    HistogramState state_;
};

}  // namespace engineroom
