// The addon's entry: each concern adds its functions to one flat exports object.
#include <napi.h>

#include "bindings.h"

static Napi::Object Initialise(Napi::Env env, Napi::Object exports) {
    engineroom::BindPreprocess(env, exports);
    engineroom::BindCalibrate(env, exports);
    engineroom::BindEvaluate(env, exports);
    engineroom::BindQuantize(env, exports);
    return exports;
}

NODE_API_MODULE(engineroom, Initialise)
