// From a histogram of |x| to the threshold that symmetric int8 shall represent, by four methods.
#pragma once
#include <cstddef>
#include <vector>

#include "histogram.h"

namespace engineroom {

enum class RangeMethod { kMinMax, kEntropy, kPercentile, kMse };

struct RangeChoice {
    double threshold;  // 0 when every value is zero or there is none
    int index;         // which candidate won; 0 for methods without candidates
    double cost;       // what was minimised: divergence in nats, squared error a value; 0 for the others
};

// The histogram over [0, absmax] in `bins` equal bins. A dyadic bin that straddles an edge is split in proportion to
// the lengths on both sides; the bin that holds absmax counts as ending there. Zeros are in no bin.
std::vector<double> RebinToAbsMax(const HistogramState& state, size_t bins);

// `percentile` in (0, 100] is for kPercentile alone.
RangeChoice SearchRange(const HistogramState& state, RangeMethod method, double percentile);

// Share of the finite values with |x| above the threshold, the bin that holds it split in proportion.
double ShareAbove(const HistogramState& state, double threshold);

}  // namespace engineroom
