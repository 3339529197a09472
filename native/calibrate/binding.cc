// The N-API edge of calibration: histogram objects, accumulation and range searches off the JS thread.
#include "bindings.h"

#include <cmath>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "histogram.h"
#include "kernels.h"
#include "parallel.h"
#include "search.h"

namespace engineroom {
namespace {

constexpr napi_type_tag kHistogramTag = {0x5a1d0f7be2c94d31, 0x9b3c44e80f6a21d7};
constexpr double kLargestExactInteger = 9007199254740991.0;  // 2^53 - 1

// A histogram and the lock that lets calls on several threads touch it.
struct SharedHistogram {
    std::mutex lock;
    Histogram histogram;
};
using HistogramPointer = std::shared_ptr<SharedHistogram>;

double NumberField(const Napi::Object& object, const char* name) {
    const Napi::Value value = object.Get(name);
    if (!value.IsNumber()) {
        throw Napi::TypeError::New(object.Env(), std::string("histogram state: ") + name + " is not a number");
    }
    return value.As<Napi::Number>().DoubleValue();
}

uint64_t CountFrom(Napi::Env env, double value) {
    if (!(value >= 0.0) || value > kLargestExactInteger || value != std::floor(value)) {
        throw Napi::TypeError::New(env, "histogram state: a count is not a whole number from 0 to 2^53 - 1");
    }
    return static_cast<uint64_t>(value);
}

HistogramState StateFrom(const Napi::Object& object) {
    const Napi::Env env = object.Env();
    HistogramState state;
    state.exponent = static_cast<int>(NumberField(object, "exponent"));
    state.min = static_cast<float>(NumberField(object, "min")) + 0.0f;
    state.max = static_cast<float>(NumberField(object, "max")) + 0.0f;
    state.finite = CountFrom(env, NumberField(object, "finite"));
    state.zeros = CountFrom(env, NumberField(object, "zeros"));
    state.non_finite = CountFrom(env, NumberField(object, "nonFinite"));
    const Napi::Value bins = object.Get("bins");
    if (!bins.IsTypedArray() || bins.As<Napi::TypedArray>().TypedArrayType() != napi_float64_array) {
        throw Napi::TypeError::New(env, "histogram state: bins is not a Float64Array");
    }
    const auto counts = bins.As<Napi::Float64Array>();
    state.bins.resize(counts.ElementLength());
    for (size_t i = 0; i < state.bins.size(); ++i) state.bins[i] = CountFrom(env, counts[i]);
    try {
        state.Validate();
    } catch (const std::exception& error) {
        throw Napi::TypeError::New(env, std::string("histogram state: ") + error.what());
    }
    return state;
}

Napi::Object SummaryObject(Napi::Env env, const HistogramState& state) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("exponent", state.exponent);
    object.Set("min", static_cast<double>(state.min));
    object.Set("max", static_cast<double>(state.max));
    object.Set("finite", static_cast<double>(state.finite));
    object.Set("zeros", static_cast<double>(state.zeros));
    object.Set("nonFinite", static_cast<double>(state.non_finite));
    return object;
}

class HistogramObject : public Napi::ObjectWrap<HistogramObject> {
public:
    static Napi::Function Define(Napi::Env env) {
        return DefineClass(env, "ActivationHistogram",
                           {InstanceMethod<&HistogramObject::Dispose>("dispose"),
                            InstanceMethod<&HistogramObject::Summary>("summary"),
                            InstanceMethod<&HistogramObject::ExportState>("exportState"),
                            InstanceMethod<&HistogramObject::Merge>("merge"),
                            InstanceMethod<&HistogramObject::Rebin>("rebin"),
                            InstanceMethod<&HistogramObject::ShareAboveThreshold>("shareAbove")});
    }

    explicit HistogramObject(const Napi::CallbackInfo& info)
        : Napi::ObjectWrap<HistogramObject>(info), shared_(std::make_shared<SharedHistogram>()) {
        info.This().As<Napi::Object>().TypeTag(&kHistogramTag);
        if (info.Length() > 0 && !info[0].IsUndefined()) {
            if (!info[0].IsObject()) throw Napi::TypeError::New(info.Env(), "histogram state: not an object");
            shared_->histogram = Histogram(StateFrom(info[0].As<Napi::Object>()));
        }
    }

    // The histogram behind a JS value; throws a TypeError when it is another object or disposed.
    static HistogramPointer Pointer(const Napi::Value& value) {
        if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kHistogramTag)) {
            throw Napi::TypeError::New(value.Env(), "not an ActivationHistogram");
        }
        return Unwrap(value.As<Napi::Object>())->Live(value.Env());
    }

private:
    HistogramPointer Live(Napi::Env env) const {
        if (!shared_) throw Napi::Error::New(env, "this ActivationHistogram was disposed");
        return shared_;
    }

    // Work under way keeps its own reference.
    void Dispose(const Napi::CallbackInfo&) { shared_.reset(); }

    Napi::Value Summary(const Napi::CallbackInfo& info) {
        const HistogramPointer live = Live(info.Env());
        const std::lock_guard<std::mutex> guard(live->lock);
        return SummaryObject(info.Env(), live->histogram.state());
    }

    Napi::Value ExportState(const Napi::CallbackInfo& info) {
        const HistogramPointer live = Live(info.Env());
        const std::lock_guard<std::mutex> guard(live->lock);
        const HistogramState& state = live->histogram.state();
        Napi::Object object = SummaryObject(info.Env(), state);
        auto bins = Napi::Float64Array::New(info.Env(), state.bins.size());
        for (size_t i = 0; i < state.bins.size(); ++i) bins[i] = static_cast<double>(state.bins[i]);
        object.Set("bins", bins);
        return object;
    }

    void Merge(const Napi::CallbackInfo& info) {
        const HistogramPointer live = Live(info.Env());
        const HistogramPointer other = Pointer(info[0]);
        HistogramState copy;
        {
            const std::lock_guard<std::mutex> guard(other->lock);
            copy = other->histogram.state();
        }
        const std::lock_guard<std::mutex> guard(live->lock);
        live->histogram.Merge(copy);
    }

    Napi::Value Rebin(const Napi::CallbackInfo& info) {
        const HistogramPointer live = Live(info.Env());
        const double bins = info[0].IsNumber() ? info[0].As<Napi::Number>().DoubleValue() : 0.0;
        if (!(bins >= 1.0 && bins <= static_cast<double>(kHistogramBins)) || bins != std::floor(bins)) {
            throw Napi::RangeError::New(info.Env(), "rebin takes a whole number of bins from 1 to 16384");
        }
        const std::lock_guard<std::mutex> guard(live->lock);
        const std::vector<double> counts = RebinToAbsMax(live->histogram.state(), static_cast<size_t>(bins));
        auto result = Napi::Float64Array::New(info.Env(), counts.size());
        for (size_t i = 0; i < counts.size(); ++i) result[i] = counts[i];
        return result;
    }

    Napi::Value ShareAboveThreshold(const Napi::CallbackInfo& info) {
        const HistogramPointer live = Live(info.Env());
        const double threshold = info[0].IsNumber() ? info[0].As<Napi::Number>().DoubleValue() : -1.0;
        if (!(threshold >= 0.0)) throw Napi::RangeError::New(info.Env(), "a threshold is a number from 0");
        const std::lock_guard<std::mutex> guard(live->lock);
        return Napi::Number::New(info.Env(), ShareAbove(live->histogram.state(), threshold));
    }

    HistogramPointer shared_;
};

std::vector<HistogramPointer> Pointers(const Napi::Value& value) {
    if (!value.IsArray()) throw Napi::TypeError::New(value.Env(), "expected an array of ActivationHistogram");
    const auto handles = value.As<Napi::Array>();
    std::vector<HistogramPointer> pointers;
    for (uint32_t i = 0; i < handles.Length(); ++i) pointers.push_back(HistogramObject::Pointer(handles.Get(i)));
    return pointers;
}

unsigned ThreadsFrom(const Napi::Value& value) {
    const double threads = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : 0.0;
    if (!(threads >= 1.0 && threads <= 64.0)) throw Napi::RangeError::New(value.Env(), "threads: 1 to 64");
    return static_cast<unsigned>(threads);
}

const HistogramKernels& KernelsFrom(const Napi::Value& value) {
    if (value.IsUndefined()) return BestHistogramKernels();
    const std::string name = value.ToString();
    for (const HistogramKernels* kernels : AllHistogramKernels()) {
        if (name == kernels->name) return *kernels;
    }
    throw Napi::RangeError::New(value.Env(), "no histogram kernels named " + name + " on this machine");
}

// accumulateHistograms(histograms, arrays, threads, kernels?): Promise of the non-finite count of each array.
Napi::Value Accumulate(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    struct Task {
        std::vector<HistogramPointer> histograms;
        std::vector<const float*> values;
        std::vector<size_t> counts;
        std::vector<uint64_t> non_finite;
    };
    auto task = std::make_shared<Task>();
    task->histograms = Pointers(info[0]);
    if (!info[1].IsArray() || info[1].As<Napi::Array>().Length() != task->histograms.size()) {
        throw Napi::TypeError::New(env, "expected one Float32Array for each histogram");
    }
    const auto arrays = info[1].As<Napi::Array>();
    // A copy of the list: the caller may change its own array while the work runs.
    Napi::Array owner = Napi::Array::New(env, arrays.Length());
    for (uint32_t i = 0; i < arrays.Length(); ++i) {
        const Napi::Value array = arrays.Get(i);
        if (!array.IsTypedArray() || array.As<Napi::TypedArray>().TypedArrayType() != napi_float32_array) {
            throw Napi::TypeError::New(env, "expected one Float32Array for each histogram");
        }
        const auto floats = array.As<Napi::Float32Array>();
        task->values.push_back(floats.Data());
        task->counts.push_back(floats.ElementLength());
        owner.Set(i, array);
    }
    task->non_finite.resize(task->histograms.size());
    const unsigned threads = ThreadsFrom(info[2]);
    const HistogramKernels& kernels = KernelsFrom(info[3]);
    return PromiseWorker::Start(
        env, owner,
        [task, threads, &kernels] {
            ForEachInParallel(task->histograms.size(), threads, [&](size_t i) {
                SharedHistogram& shared = *task->histograms[i];
                const std::lock_guard<std::mutex> guard(shared.lock);
                task->non_finite[i] = shared.histogram.Add(task->values[i], task->counts[i], kernels);
            });
        },
        [task](Napi::Env done) -> Napi::Value {
            Napi::Array counts = Napi::Array::New(done, task->non_finite.size());
            for (uint32_t i = 0; i < task->non_finite.size(); ++i) {
                counts.Set(i, static_cast<double>(task->non_finite[i]));
            }
            return counts;
        });
}

RangeMethod MethodFrom(const Napi::Value& value) {
    const std::string name = value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
    if (name == "minmax") return RangeMethod::kMinMax;
    if (name == "entropy") return RangeMethod::kEntropy;
    if (name == "percentile") return RangeMethod::kPercentile;
    if (name == "mse") return RangeMethod::kMse;
    throw Napi::TypeError::New(value.Env(), "unknown range method");
}

// searchRanges(histograms, method, percentile, threads): Promise of one {threshold, index, cost} each.
Napi::Value SearchRanges(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    struct Task {
        std::vector<HistogramPointer> histograms;
        std::vector<RangeChoice> choices;
    };
    auto task = std::make_shared<Task>();
    task->histograms = Pointers(info[0]);
    task->choices.resize(task->histograms.size());
    const RangeMethod method = MethodFrom(info[1]);
    const double percentile = info[2].IsNumber() ? info[2].As<Napi::Number>().DoubleValue() : 0.0;
    if (!(percentile > 0.0 && percentile <= 100.0)) {
        throw Napi::RangeError::New(env, "a percentile is above 0 and at most 100");
    }
    const unsigned threads = ThreadsFrom(info[3]);
    return PromiseWorker::Start(
        env, info[0].As<Napi::Object>(),
        [task, method, percentile, threads] {
            ForEachInParallel(task->histograms.size(), threads, [&](size_t i) {
                SharedHistogram& shared = *task->histograms[i];
                const std::lock_guard<std::mutex> guard(shared.lock);
                task->choices[i] = SearchRange(shared.histogram.state(), method, percentile);
            });
        },
        [task](Napi::Env done) -> Napi::Value {
            Napi::Array choices = Napi::Array::New(done, task->choices.size());
            for (uint32_t i = 0; i < task->choices.size(); ++i) {
                Napi::Object choice = Napi::Object::New(done);
                choice.Set("threshold", task->choices[i].threshold);
                choice.Set("index", task->choices[i].index);
                choice.Set("cost", task->choices[i].cost);
                choices.Set(i, choice);
            }
            return choices;
        });
}

Napi::Value KernelNames(const Napi::CallbackInfo& info) {
    const auto& all = AllHistogramKernels();
    Napi::Array names = Napi::Array::New(info.Env(), all.size());
    for (uint32_t i = 0; i < all.size(); ++i) names.Set(i, all[i]->name);
    return names;
}

}  // namespace

void BindCalibrate(Napi::Env env, Napi::Object exports) {
    exports.Set("ActivationHistogram", HistogramObject::Define(env));
    exports.Set("accumulateHistograms", Napi::Function::New<Accumulate>(env, "accumulateHistograms"));
    exports.Set("searchRanges", Napi::Function::New<SearchRanges>(env, "searchRanges"));
    exports.Set("histogramKernels", Napi::Function::New<KernelNames>(env, "histogramKernels"));
}

}  // namespace engineroom
