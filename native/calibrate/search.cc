#include "search.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace engineroom {
namespace {

constexpr int kEntropyBins = 2048;
constexpr int kEntropyLevels = 128;
constexpr int kMseCandidates = 2048;
constexpr int kPositiveLevels = 127;

// Probability that an empty bin gets, taken from the others in proportion: the divergence stays finite where the
// clipped mass falls into a bin that was empty.
constexpr double kSmoothing = 1e-6;
// A candidate may clip at most this share of the non-zero values (the factor lets rounding decide nothing). Without the
// limit the divergence falls to 0 where nearly all mass lies beyond the candidate: both distributions are then a spike
// in the last bin. An image with a border of one colour is such a tensor, and a SiLU's mass near 0 comes close.
constexpr double kLargestClippedShare = 1e-3 * (1.0 + 1e-9);
// Candidates this close to the best are equal, and the widest of them wins: rounding decides nothing.
constexpr double kEntropyTolerance = 1e-9;
constexpr double kMseTolerance = 1e-10;  // as a share of the mean square

// Sums over the first i bins, so that a candidate costs one step for each level rather than one for each bin.
struct EntropyPrefixes {
    std::vector<double> mass;     // sum of h
    std::vector<double> entropy;  // sum of h ln h
    std::vector<int> occupied;    // number of h > 0
};

EntropyPrefixes MakeEntropyPrefixes(const std::vector<double>& h) {
    EntropyPrefixes sums;
    sums.mass.assign(h.size() + 1, 0.0);
    sums.entropy.assign(h.size() + 1, 0.0);
    sums.occupied.assign(h.size() + 1, 0);
    for (size_t i = 0; i < h.size(); ++i) {
        sums.mass[i + 1] = sums.mass[i] + h[i];
        sums.entropy[i + 1] = sums.entropy[i] + (h[i] > 0.0 ? h[i] * std::log(h[i]) : 0.0);
        sums.occupied[i + 1] = sums.occupied[i] + (h[i] > 0.0 ? 1 : 0);
    }
    return sums;
}

// KL(P || Q) for the first `size` bins. P is h with the mass beyond added to the last bin; Q is h without that mass,
// averaged over the occupied bins of each of 128 groups of near-equal length (group g begins at g * size / 128).
// Both are normalised and smoothed.
double Divergence(const std::vector<double>& h, const EntropyPrefixes& sums, int size) {
    const double total = sums.mass[h.size()];
    const double inside = sums.mass[size];
    if (!(inside > 0.0)) return std::numeric_limits<double>::infinity();
    const double outside = std::max(0.0, total - inside);
    const int last = size - 1;
    const int empty_q = size - sums.occupied[size];
    const int empty_p = empty_q - (h[last] == 0.0 && outside > 0.0 ? 1 : 0);
    const double keep_p = 1.0 - kSmoothing * empty_p;
    const double keep_q = 1.0 - kSmoothing * empty_q;

    double cross = 0.0;  // sum over the bins before the last of h ln q
    double last_q = 0.0;
    for (int g = 0; g < kEntropyLevels; ++g) {
        const int begin = g * size / kEntropyLevels;
        const int end = (g + 1) * size / kEntropyLevels;
        const int occupied = sums.occupied[end] - sums.occupied[begin];
        if (occupied == 0) continue;
        const double q = (sums.mass[end] - sums.mass[begin]) / (occupied * inside);
        if (end == size) last_q = q;
        const double mass = sums.mass[std::min(end, last)] - sums.mass[begin];
        if (mass > 0.0) cross += mass * std::log(q);
    }
    const double before = sums.mass[last];
    double divergence = keep_p / total *
                        (sums.entropy[last] - before * std::log(total) + before * std::log(keep_p / keep_q) - cross);
    const double last_mass = h[last] + outside;
    if (last_mass > 0.0) {
        const double p = keep_p * last_mass / total;
        const double q = h[last] > 0.0 ? keep_q * last_q : kSmoothing;
        divergence += p * std::log(p / q);
    }
    return divergence;
}

RangeChoice SearchEntropy(const HistogramState& state) {
    const double absmax = state.AbsMax();
    const std::vector<double> h = RebinToAbsMax(state, kEntropyBins);
    const EntropyPrefixes sums = MakeEntropyPrefixes(h);
    std::vector<double> divergences(kEntropyBins + 1, std::numeric_limits<double>::infinity());
    double best = std::numeric_limits<double>::infinity();
    const double total = sums.mass[kEntropyBins];
    for (int size = kEntropyLevels; size <= kEntropyBins; ++size) {
        if (total - sums.mass[size] > kLargestClippedShare * total) continue;
        divergences[size] = Divergence(h, sums, size);
        best = std::min(best, divergences[size]);
    }
    int chosen = kEntropyBins;
    while (chosen > kEntropyLevels && !(divergences[chosen] <= best + kEntropyTolerance)) --chosen;
    return {absmax * chosen / kEntropyBins, chosen, divergences[chosen]};
}

RangeChoice SearchPercentile(const HistogramState& state, double percentile) {
    const double absmax = state.AbsMax();
    const double rank = percentile / 100.0 * static_cast<double>(state.finite);
    double below = static_cast<double>(state.zeros);
    // The rank falls among the zeros: a threshold of 0 would lose everything, so the whole range stays.
    if (percentile >= 100.0 || rank <= below) return {absmax, 0, 0.0};
    const double width = state.BinWidth();
    for (size_t i = 0; i < kHistogramBins; ++i) {
        const double count = static_cast<double>(state.bins[i]);
        if (count > 0.0 && below + count >= rank) {
            const double position = static_cast<double>(i) + (rank - below) / count;
            return {std::min(absmax, position * width), static_cast<int>(i), 0.0};
        }
        below += count;
    }
    return {absmax, 0, 0.0};
}

// Sums over the first i bins of powers of the bins' centres, in units of half a bin: centre i is 2i + 1.
struct MomentPrefixes {
    std::vector<double> count;
    std::vector<double> first;
    std::vector<double> second;
};

MomentPrefixes MakeMomentPrefixes(const std::vector<uint64_t>& bins) {
    MomentPrefixes sums;
    sums.count.assign(bins.size() + 1, 0.0);
    sums.first.assign(bins.size() + 1, 0.0);
    sums.second.assign(bins.size() + 1, 0.0);
    for (size_t i = 0; i < bins.size(); ++i) {
        const double centre = static_cast<double>(2 * i + 1);
        const double count = static_cast<double>(bins[i]);
        sums.count[i + 1] = sums.count[i] + count;
        sums.first[i + 1] = sums.first[i] + count * centre;
        sums.second[i + 1] = sums.second[i] + count * centre * centre;
    }
    return sums;
}

double LevelOf(size_t bin, double scale) {
    return std::nearbyint(static_cast<double>(2 * bin + 1) / scale);  // ties to even, as QuantizeLinear
}

// The first bin whose centre rounds to a level above `level`; `scale` in half bins.
size_t EndOfLevel(int level, double scale) {
    const double edge = std::ceil(((level + 0.5) * scale - 1.0) / 2.0);
    size_t bin = edge <= 0.0 ? 0 : static_cast<size_t>(std::min(edge, static_cast<double>(kHistogramBins)));
    while (bin > 0 && LevelOf(bin - 1, scale) > level) --bin;
    while (bin < kHistogramBins && LevelOf(bin, scale) <= level) ++bin;
    return bin;
}

// Sum over all values of (x - dequantised x)^2 in half bins, with `scale` for one level: rounding inside, clipping
// to level 127 outside.
double SquaredError(const MomentPrefixes& sums, double scale) {
    double error = 0.0;
    size_t begin = 0;
    for (int level = 0; level <= kPositiveLevels && begin < kHistogramBins; ++level) {
        const size_t end = level == kPositiveLevels ? kHistogramBins : EndOfLevel(level, scale);
        const double count = sums.count[end] - sums.count[begin];
        if (count > 0.0) {
            const double value = level * scale;
            error += sums.second[end] - sums.second[begin] -
                     2.0 * value * (sums.first[end] - sums.first[begin]) + value * value * count;
        }
        begin = end;
    }
    return error;
}

RangeChoice SearchMse(const HistogramState& state) {
    const double absmax = state.AbsMax();
    const double half = state.BinWidth() / 2.0;
    const MomentPrefixes sums = MakeMomentPrefixes(state.bins);
    const double energy = sums.second[kHistogramBins];
    std::vector<double> errors(kMseCandidates + 1, std::numeric_limits<double>::infinity());
    double best = std::numeric_limits<double>::infinity();
    for (int k = 1; k <= kMseCandidates; ++k) {
        errors[k] = SquaredError(sums, absmax * k / kMseCandidates / kPositiveLevels / half);
        best = std::min(best, errors[k]);
    }
    int chosen = kMseCandidates;
    while (chosen > 1 && !(errors[chosen] <= best + kMseTolerance * energy)) --chosen;
    const double mean = std::max(0.0, errors[chosen]) * half * half / static_cast<double>(state.finite);
    return {absmax * chosen / kMseCandidates, chosen, mean};
}

}  // namespace

std::vector<double> RebinToAbsMax(const HistogramState& state, size_t bins) {
    std::vector<double> result(bins, 0.0);
    const double absmax = state.AbsMax();
    if (!(absmax > 0.0)) return result;
    const double width = state.BinWidth();
    const double count_of_bins = static_cast<double>(bins);
    for (size_t i = 0; i < kHistogramBins; ++i) {
        if (state.bins[i] == 0) continue;
        const double count = static_cast<double>(state.bins[i]);
        const double begin = static_cast<double>(i) * width / absmax * count_of_bins;
        const double end = std::min(static_cast<double>(i + 1) * width / absmax, 1.0) * count_of_bins;
        if (!(end > begin)) {  // absmax lies on this bin's lower edge
            result[bins - 1] += count;
            continue;
        }
        for (size_t j = static_cast<size_t>(begin); j < bins && static_cast<double>(j) < end; ++j) {
            const double from = std::max(begin, static_cast<double>(j));
            const double to = std::min(end, static_cast<double>(j + 1));
            result[j] += count * ((to - from) / (end - begin));
        }
    }
    return result;
}

RangeChoice SearchRange(const HistogramState& state, RangeMethod method, double percentile) {
    if (state.finite == state.zeros) return {0.0, 0, 0.0};
    switch (method) {
        case RangeMethod::kEntropy:
            return SearchEntropy(state);
        case RangeMethod::kPercentile:
            return SearchPercentile(state, percentile);
        case RangeMethod::kMse:
            return SearchMse(state);
        case RangeMethod::kMinMax:
            break;
    }
    return {state.AbsMax(), 0, 0.0};
}

double ShareAbove(const HistogramState& state, double threshold) {
    if (state.finite == 0 || threshold >= state.AbsMax()) return 0.0;
    const double position = threshold / state.BinWidth();
    const size_t bin = static_cast<size_t>(position);
    double above = static_cast<double>(state.bins[bin]) * (1.0 - (position - static_cast<double>(bin)));
    for (size_t i = bin + 1; i < kHistogramBins; ++i) above += static_cast<double>(state.bins[i]);
    return above / static_cast<double>(state.finite);
}

}  // namespace engineroom
