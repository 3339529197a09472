#include "histogram.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace engineroom {
namespace {

// Values and their 16-bit indices of one block stay in the first-level cache.
constexpr size_t kBlock = 4096;

// The smallest e >= kSmallestExponent with magnitude < 2^e.
int ExponentAbove(float magnitude) {
    if (magnitude == 0.0f) return kSmallestExponent;
    return std::max(kSmallestExponent, std::ilogb(magnitude) + 1);
}

}  // namespace

double HistogramState::BinWidth() const { return std::ldexp(1.0, exponent - kHistogramBinBits); }

void HistogramState::Validate() const {
    if (bins.size() != kHistogramBins) throw std::invalid_argument("a histogram has 16384 bins");
    if (!std::isfinite(min) || !std::isfinite(max) || min > max) {
        throw std::invalid_argument("min and max of a histogram must be finite and in order");
    }
    if (exponent != ExponentAbove(AbsMax())) {
        throw std::invalid_argument("the exponent of a histogram must fit its largest value");
    }
    uint64_t binned = 0;
    for (uint64_t count : bins) binned += count;
    if (zeros > finite || binned != finite - zeros) {
        throw std::invalid_argument("the bins of a histogram must add up to its non-zero values");
    }
}

uint64_t Histogram::Add(const float* values, size_t count, const HistogramKernels& kernels) {
    uint64_t non_finite = 0;
    for (size_t start = 0; start < count; start += kBlock) {
        const float* block = values + start;
        const size_t size = std::min(kBlock, count - start);
        const BlockStatistics found = kernels.inspect(block, size);
        if (found.magnitude_bits < kInfinityBits) {
            AddFinite(block, size, found, kernels);
            continue;
        }
        float finite[kBlock];
        size_t kept = 0;
        for (size_t i = 0; i < size; ++i) {
            if (std::isfinite(block[i])) finite[kept++] = block[i];
        }
        non_finite += size - kept;
        if (kept > 0) AddFinite(finite, kept, kernels.inspect(finite, kept), kernels);
    }
    state_.non_finite += non_finite;
    return non_finite;
}

void Histogram::AddFinite(const float* values, size_t count, const BlockStatistics& found,
                          const HistogramKernels& kernels) {
    WidenRange(found.min, found.max, count);
    state_.finite += count;
    state_.zeros += found.zeros;
    if (found.zeros == count) return;

    // |x| < 2^exponent, so that |x| * 2^(14 - exponent) < 16384; the product is exact, or so small that its floor is 0.
    const float scale = std::ldexp(1.0f, kHistogramBinBits - state_.exponent);
    uint16_t indices[kBlock];
    kernels.index(values, count, scale, indices);
    uint64_t* bins = state_.bins.data();
    for (size_t i = 0; i < count; ++i) ++bins[indices[i]];
    bins[0] -= found.zeros;
}

void Histogram::WidenRange(float min, float max, uint64_t finite) {
    if (finite == 0) return;
    // Adding +0 turns -0 into +0: which of the two a minimum returns would depend on the order of the values.
    const bool first = state_.finite == 0;
    state_.min = (first ? min : std::min(state_.min, min)) + 0.0f;
    state_.max = (first ? max : std::max(state_.max, max)) + 0.0f;
    GrowTo(ExponentAbove(state_.AbsMax()));
}

void Histogram::GrowTo(int exponent) {
    if (exponent <= state_.exponent) return;
    const int shift = exponent - state_.exponent;
    state_.exponent = exponent;
    // Shifting a bin's index by more than 14 bits leaves bin 0, by 14 bits likewise.
    const int by = std::min(shift, kHistogramBinBits);
    uint64_t* bins = state_.bins.data();
    for (size_t i = 1; i < kHistogramBins; ++i) {
        const uint64_t count = bins[i];
        if (count == 0) continue;
        bins[i] = 0;
        bins[i >> by] += count;
    }
}

void Histogram::Merge(const HistogramState& other) {
    WidenRange(other.min, other.max, other.finite);
    const int by = std::min(state_.exponent - other.exponent, kHistogramBinBits);
    for (size_t i = 0; i < kHistogramBins; ++i) state_.bins[i >> by] += other.bins[i];
    state_.finite += other.finite;
    state_.zeros += other.zeros;
    state_.non_finite += other.non_finite;
}

}  // namespace engineroom
