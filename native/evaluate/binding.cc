#include <algorithm>
#include <memory>
#include <stdexcept>
#include <vector>

#include "bindings.h"
#include "evaluate/coco_evaluation.h"
#include "evaluate/detection_decoder.h"

namespace engineroom {
namespace {

template <typename Array, typename Element>
Array ToTypedArray(Napi::Env env, const std::vector<Element>& values) {
    Array array = Array::New(env, values.size());
    std::copy(values.begin(), values.end(), array.Data());
    return array;
}

OutputTensor ReadOutput(const Napi::Object& object) {
    OutputTensor output;
    const auto data = object.Get("data").As<Napi::Float32Array>();
    const auto dims = object.Get("dims").As<Napi::Float64Array>();
    output.data = data.Data();
    double elements = 1;
    for (size_t i = 0; i < dims.ElementLength(); ++i) {
        output.dims.push_back(static_cast<int64_t>(dims[i]));
        elements *= dims[i];
    }
    // Only whole, non-negative sizes multiply to the length of the data and survive the conversion.
    if (elements != static_cast<double>(data.ElementLength())) {
        throw std::invalid_argument("decode: a tensor's size does not match its shape");
    }
    const auto anchors = object.Get("anchors").As<Napi::Float64Array>();
    output.anchors.assign(anchors.Data(), anchors.Data() + anchors.ElementLength());
    output.stride = object.Get("stride").As<Napi::Number>().DoubleValue();
    return output;
}

DecodeRequest ReadDecodeRequest(const Napi::Object& object) {
    const auto number = [&object](const char* name) { return object.Get(name).As<Napi::Number>(); };
    DecodeRequest request;
    request.layout = static_cast<DetectionLayout>(number("layout").Int32Value());
    request.class_count = number("classCount").Int64Value();
    const auto outputs = object.Get("outputs").As<Napi::Array>();
    for (uint32_t i = 0; i < outputs.Length(); ++i) request.outputs.push_back(ReadOutput(outputs.Get(i).As<Napi::Object>()));
    const auto transforms = object.Get("transforms").As<Napi::Float64Array>();
    for (size_t i = 0; i + 6 <= transforms.ElementLength(); i += 6) {
        const double* t = transforms.Data() + i;
        request.images.push_back({t[0], t[1], t[2], t[3], t[4], t[5]});
    }
    request.score_threshold = number("scoreThreshold").FloatValue();
    request.iou_threshold = number("iouThreshold").FloatValue();
    request.max_detections = number("maxDetections").Int64Value();
    request.multi_label = object.Get("multiLabel").As<Napi::Boolean>().Value();
    return request;
}

Napi::Value ToJs(Napi::Env env, const DecodedBatch& batch) {
    Napi::Array images = Napi::Array::New(env, batch.images.size());
    for (size_t i = 0; i < batch.images.size(); ++i) {
        const DecodedImage& image = batch.images[i];
        Napi::Object object = Napi::Object::New(env);
        object.Set("count", Napi::Number::New(env, static_cast<double>(image.scores.size())));
        object.Set("boxes", ToTypedArray<Napi::Float32Array>(env, image.boxes));
        object.Set("scores", ToTypedArray<Napi::Float32Array>(env, image.scores));
        object.Set("classes", ToTypedArray<Napi::Int32Array>(env, image.classes));
        object.Set("nonFinite", ToTypedArray<Napi::Float64Array>(env, image.non_finite));
        images.Set(static_cast<uint32_t>(i), object);
    }
    Napi::Object result = Napi::Object::New(env);
    result.Set("images", images);
    result.Set("invalidRows", Napi::Number::New(env, static_cast<double>(batch.invalid_rows)));
    return result;
}

// A binding's body: what goes wrong in C++ becomes an exception of JavaScript.
template <typename Body>
Napi::Value Guarded(const Napi::CallbackInfo& info, Body body) {
    try {
        return body();
    } catch (const Napi::Error&) {
        throw;
    } catch (const std::exception& error) {
        throw Napi::Error::New(info.Env(), error.what());
    }
}

Napi::Value Decode(const Napi::CallbackInfo& info) {
    return Guarded(info, [&info]() -> Napi::Value {
        const auto object = info[0].As<Napi::Object>();
        const auto request = std::make_shared<DecodeRequest>(ReadDecodeRequest(object));
        const auto batch = std::make_shared<DecodedBatch>();
        return PromiseWorker::Start(
            info.Env(), object, [request, batch] { *batch = DecodeDetections(*request); },
            [batch](Napi::Env env) { return ToJs(env, *batch); });
    });
}

// `offsets` must rise from 0 to the number of boxes, for the evaluation follows it blindly.
void CheckOffsets(const Napi::Int32Array& offsets, size_t images, size_t boxes) {
    bool rising = offsets.ElementLength() == images + 1 && offsets[0] == 0;
    for (size_t i = 0; rising && i < images; ++i) rising = offsets[i] <= offsets[i + 1];
    if (!rising || static_cast<size_t>(offsets[images]) != boxes) {
        throw std::invalid_argument("evaluate: the offsets do not fit the boxes");
    }
}

Napi::Value Evaluate(const Napi::CallbackInfo& info) {
    return Guarded(info, [&info]() -> Napi::Value {
        const auto object = info[0].As<Napi::Object>();
        const auto truths = object.Get("truth").As<Napi::Object>();
        const auto found = object.Get("detections").As<Napi::Object>();
        const auto truth_offsets = truths.Get("offsets").As<Napi::Int32Array>();
        const auto truth_classes = truths.Get("classes").As<Napi::Int32Array>();
        const auto truth_boxes = truths.Get("boxes").As<Napi::Float64Array>();
        const auto truth_areas = truths.Get("areas").As<Napi::Float64Array>();
        const auto truth_crowds = truths.Get("crowds").As<Napi::Uint8Array>();
        const auto found_offsets = found.Get("offsets").As<Napi::Int32Array>();
        const auto found_classes = found.Get("classes").As<Napi::Int32Array>();
        const auto found_boxes = found.Get("boxes").As<Napi::Float32Array>();
        const auto found_scores = found.Get("scores").As<Napi::Float32Array>();
        const size_t images = object.Get("imageCount").As<Napi::Number>().Uint32Value();
        const size_t classes = object.Get("classCount").As<Napi::Number>().Uint32Value();
        CheckOffsets(truth_offsets, images, truth_classes.ElementLength());
        CheckOffsets(found_offsets, images, found_classes.ElementLength());
        if (truth_boxes.ElementLength() != 4 * truth_classes.ElementLength() ||
            truth_areas.ElementLength() != truth_classes.ElementLength() ||
            truth_crowds.ElementLength() != truth_classes.ElementLength() ||
            found_boxes.ElementLength() != 4 * found_classes.ElementLength() ||
            found_scores.ElementLength() != found_classes.ElementLength()) {
            throw std::invalid_argument("evaluate: the columns differ in length");
        }
        const CocoTruth truth{truth_offsets.Data(), truth_classes.Data(), truth_boxes.Data(), truth_areas.Data(),
                              truth_crowds.Data()};
        const CocoDetections detections{found_offsets.Data(), found_classes.Data(), found_boxes.Data(),
                                        found_scores.Data()};
        const auto figures = std::make_shared<CocoFigures>();
        return PromiseWorker::Start(
            info.Env(), object,
            [=] { *figures = EvaluateCoco(images, classes, truth, detections); },
            [figures](Napi::Env env) -> Napi::Value {
                Napi::Object result = Napi::Object::New(env);
                result.Set("precision", ToTypedArray<Napi::Float64Array>(env, figures->precision));
                result.Set("recall", ToTypedArray<Napi::Float64Array>(env, figures->recall));
                result.Set("truths", ToTypedArray<Napi::Int32Array>(env, figures->truths));
                return result;
            });
    });
}

}  // namespace

void BindEvaluate(Napi::Env env, Napi::Object exports) {
    exports.Set("decodeDetections", Napi::Function::New(env, Decode));
    exports.Set("evaluateCoco", Napi::Function::New(env, Evaluate));
}

}  // namespace engineroom
