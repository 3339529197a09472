#include "bindings.h"

namespace engineroom {

void BindEvaluate(Napi::Env, Napi::Object) {}

}  // namespace engineroom
