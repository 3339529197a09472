// Arithmetic on the values of an output tensor that every layout needs.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "evaluate/non_maximum_suppression.h"

namespace engineroom {

// NaN and infinite values, by their exponent bits: the loop then runs over whole vectors.
inline int64_t CountNonFinite(const float* data, size_t count) {
    int64_t found = 0;
    for (size_t i = 0; i < count; ++i) {
        uint32_t bits;
        std::memcpy(&bits, data + i, sizeof bits);
        found += (bits & 0x7f800000u) == 0x7f800000u;
    }
    return found;
}

inline Box FromCentre(float cx, float cy, float w, float h) {
    return {cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2};
}

// In double, then rounded once: the same on machines whose float exp differs.
inline float Sigmoid(float value) {
    return static_cast<float>(1.0 / (1.0 + std::exp(-static_cast<double>(value))));
}

}  // namespace engineroom
