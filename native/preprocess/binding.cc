// The N-API edge of preprocessing: checks sizes on the JS thread, computes on a libuv thread.
#include <array>
#include <string>

#include "bindings.h"
#include "preprocess/image_tensor.h"

namespace engineroom {

namespace {

int ReadInteger(const Napi::Object& object, const char* name, int least, int most) {
    const Napi::Value value = object.Get(name);
    const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
    if (!(number >= least && number <= most) || number != static_cast<int>(number)) {
        throw Napi::RangeError::New(object.Env(), std::string(name) + " must be an integer from " +
                                                      std::to_string(least) + " to " + std::to_string(most));
    }
    return static_cast<int>(number);
}

template <typename Array>
Array ReadArray(const Napi::Object& object, const char* name, napi_typedarray_type type, size_t length) {
    const Napi::Value value = object.Get(name);
    if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != type ||
        value.As<Napi::TypedArray>().ElementLength() != length) {
        throw Napi::TypeError::New(object.Env(), std::string(name) + " must be a typed array of " +
                                                     std::to_string(length) + " elements of the right type");
    }
    return value.As<Array>();
}

// Pixels of one side; 3 * side * side stays far inside size_t and 3 * side inside int32.
constexpr int kLargestSide = 1 << 20;

ImageTensorPlan ReadPlan(const Napi::Object& request) {
    ImageTensorPlan plan{};
    plan.source_width = ReadInteger(request, "sourceWidth", 1, kLargestSide);
    plan.source_height = ReadInteger(request, "sourceHeight", 1, kLargestSide);
    plan.width = ReadInteger(request, "width", 1, kLargestSide);
    plan.height = ReadInteger(request, "height", 1, kLargestSide);
    plan.resized_width = ReadInteger(request, "resizedWidth", 1, plan.width);
    plan.resized_height = ReadInteger(request, "resizedHeight", 1, plan.height);
    plan.left = ReadInteger(request, "left", 0, plan.width - plan.resized_width);
    plan.top = ReadInteger(request, "top", 0, plan.height - plan.resized_height);
    plan.pad = static_cast<uint8_t>(ReadInteger(request, "pad", 0, 255));
    const bool swap = request.Get("swapRedBlue").ToBoolean();
    plan.channel = swap ? std::array<int, 3>{2, 1, 0} : std::array<int, 3>{0, 1, 2};
    return plan;
}

Napi::Value WriteImageTensorAsync(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    if (info.Length() < 1 || !info[0].IsObject()) throw Napi::TypeError::New(env, "a request object is needed");
    const Napi::Object request = info[0].As<Napi::Object>();
    const ImageTensorPlan plan = ReadPlan(request);
    const auto source = ReadArray<Napi::Uint8Array>(request, "source", napi_uint8_array,
                                                    size_t{3} * plan.source_width * plan.source_height);
    const auto tables = ReadArray<Napi::Float32Array>(request, "tables", napi_float32_array, 3 * 256);
    auto tensor = ReadArray<Napi::Float32Array>(request, "tensor", napi_float32_array,
                                                size_t{3} * plan.width * plan.height);
    const RowKernels& kernels = request.Get("plain").ToBoolean() ? PlainRowKernels() : FastestRowKernels();

    // The typed arrays, not the request, own the memory: the caller may change the request's fields meanwhile.
    Napi::Array owner = Napi::Array::New(env, 3);
    owner.Set(0u, source);
    owner.Set(1u, tables);
    owner.Set(2u, tensor);
    const uint8_t* source_data = source.Data();
    const float* table_data = tables.Data();
    float* tensor_data = tensor.Data();
    return PromiseWorker::Start(
        env, owner,
        [=, &kernels] { WriteImageTensor(source_data, plan, table_data, kernels, tensor_data); },
        [](Napi::Env env) { return env.Undefined(); });
}

Napi::Value PreprocessKernels(const Napi::CallbackInfo& info) {
    return Napi::String::New(info.Env(), FastestRowKernels().name);
}

}  // namespace

void BindPreprocess(Napi::Env env, Napi::Object exports) {
    exports.Set("writeImageTensor", Napi::Function::New(env, WriteImageTensorAsync));
    exports.Set("preprocessKernels", Napi::Function::New(env, PreprocessKernels));
}

}  // namespace engineroom
