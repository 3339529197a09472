#include "bindings.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "calibrate/parallel.h"
#include "quantize/weights.h"

namespace engineroom {
namespace {

// quantizeWeights(weights, outer, channels, inner, threads): Promise of {values: Int8Array, scales: Float32Array}.
Napi::Value QuantizeWeights(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    if (!info[0].IsTypedArray() || info[0].As<Napi::TypedArray>().TypedArrayType() != napi_float32_array) {
        throw Napi::TypeError::New(env, "expected a Float32Array of weights");
    }
    const auto weights = info[0].As<Napi::Float32Array>();
    const auto size = [&](size_t argument) -> size_t {
        const double value = info[argument].IsNumber() ? info[argument].As<Napi::Number>().DoubleValue() : -1.0;
        if (!(value >= 1.0 && value <= 4294967295.0)) throw Napi::RangeError::New(env, "sizes are positive integers");
        return static_cast<size_t>(value);
    };
    const WeightLayout layout{size(1), size(2), size(3)};
    const auto threads = static_cast<unsigned>(size(4));
    if (layout.outer * layout.channels * layout.inner != weights.ElementLength()) {
        throw Napi::RangeError::New(env, "the sizes do not multiply to the number of weights");
    }
    struct Task {
        std::vector<int8_t> values;
        std::vector<float> scales;
    };
    auto task = std::make_shared<Task>();
    task->values.resize(weights.ElementLength());
    task->scales.resize(layout.channels);
    const float* data = weights.Data();
    return PromiseWorker::Start(
        env, info[0].As<Napi::Object>(),
        [task, data, layout, threads] {
            ForEachInParallel(layout.channels, threads, [&](size_t channel) {
                QuantizeChannel(data, layout, channel, task->values.data(), task->scales.data());
            });
        },
        [task](Napi::Env done) -> Napi::Value {
            auto values = Napi::Int8Array::New(done, task->values.size());
            std::copy(task->values.begin(), task->values.end(), values.Data());
            auto scales = Napi::Float32Array::New(done, task->scales.size());
            std::copy(task->scales.begin(), task->scales.end(), scales.Data());
            Napi::Object result = Napi::Object::New(done);
            result.Set("values", values);
            result.Set("scales", scales);
            return result;
        });
}

}  // namespace

void BindQuantize(Napi::Env env, Napi::Object exports) {
    exports.Set("quantizeWeights", Napi::Function::New<QuantizeWeights>(env, "quantizeWeights"));
}

}  // namespace engineroom
