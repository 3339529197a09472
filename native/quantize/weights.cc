#include "weights.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace engineroom {
namespace {

// Candidate thresholds: 50, 51, ... 100 hundredths of the channel's largest weight.
constexpr int kFirstShare = 50;
constexpr int kLastShare = 100;

// Below this a channel counts as all zero; its scale then only has to be positive.
constexpr float kSmallestAbsMax = 1e-12f;

// To the nearest integer, halves to even, for |x| < 2^51: adding 1.5 * 2^52 leaves no bits for a fraction. Compilers
// vectorise this, and not nearbyint, on every instruction set.
inline double RoundHalfEven(double x) {
    constexpr double kMagic = 6755399441055744.0;
    return (x + kMagic) - kMagic;
}

inline double Quantized(double value, double scale) {
    return std::clamp(RoundHalfEven(value / scale), -127.0, 127.0);
}

// Squared error over the channel; stops early once it is beyond `limit`.
double SquaredError(const std::vector<float>& values, double scale, double limit) {
    constexpr size_t kBlock = 256;
    double error = 0.0;
    for (size_t start = 0; start < values.size() && error < limit; start += kBlock) {
        const size_t end = std::min(values.size(), start + kBlock);
        for (size_t i = start; i < end; ++i) {
            const double difference = Quantized(values[i], scale) * scale - values[i];
            error += difference * difference;
        }
    }
    return error;
}

float BestScale(const std::vector<float>& values) {
    float abs_max = 0.0f;
    for (const float value : values) abs_max = std::max(abs_max, std::fabs(value));
    if (!(abs_max >= kSmallestAbsMax)) return 1.0f / 127.0f;
    float best = abs_max / 127.0f;
    double best_error = std::numeric_limits<double>::infinity();
    for (int share = kFirstShare; share <= kLastShare; ++share) {
        const float scale = static_cast<float>(static_cast<double>(abs_max) * share / 100.0 / 127.0);
        const double error = SquaredError(values, scale, best_error);
        if (error < best_error) {
            best_error = error;
            best = scale;
        }
    }
    return best;
}

}  // namespace

void QuantizeChannel(const float* weights, const WeightLayout& layout, size_t channel, int8_t* values, float* scales) {
    std::vector<float> own;
    own.reserve(layout.outer * layout.inner);
    for (size_t o = 0; o < layout.outer; ++o) {
        const float* row = weights + (o * layout.channels + channel) * layout.inner;
        own.insert(own.end(), row, row + layout.inner);
    }
    const float scale = BestScale(own);
    scales[channel] = scale;
    size_t at = 0;
    for (size_t o = 0; o < layout.outer; ++o) {
        int8_t* row = values + (o * layout.channels + channel) * layout.inner;
        for (size_t i = 0; i < layout.inner; ++i) row[i] = static_cast<int8_t>(Quantized(own[at++], scale));
    }
}

}  // namespace engineroom
