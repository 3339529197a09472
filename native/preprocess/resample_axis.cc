#include "preprocess/resample_axis.h"

#include <algorithm>
#include <cmath>

namespace engineroom {

ResampleAxis MakeResampleAxis(int source, int destination, EdgeRule edge) {
    ResampleAxis axis;
    axis.first.resize(destination);
    axis.second.resize(destination);
    axis.first_weight.resize(destination);
    axis.second_weight.resize(destination);
    // The reciprocal of a quotient, not source / destination: the last bit decides which way some weights round.
    const double step = 1.0 / (static_cast<double>(destination) / source);
    for (int i = 0; i < destination; ++i) {
        const float position = static_cast<float>((i + 0.5) * step - 0.5);
        int at = static_cast<int>(std::floor(position));
        float share = position - static_cast<float>(at);
        if (edge == EdgeRule::kSnapWeight && (at < 0 || at >= source - 1)) {
            at = std::clamp(at, 0, source - 1);
            share = 0;
        }
        axis.first[i] = std::clamp(at, 0, source - 1);
        axis.second[i] = std::clamp(at + 1, 0, source - 1);
        // lrint rounds halves to even, like OpenCV's cvRound.
        axis.first_weight[i] = static_cast<int16_t>(std::lrint((1.0f - share) * kWeightOne));
        axis.second_weight[i] = static_cast<int16_t>(std::lrint(share * kWeightOne));
    }
    return axis;
}

}  // namespace engineroom
