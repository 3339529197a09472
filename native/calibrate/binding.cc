#include "bindings.h"

namespace engineroom {

void BindCalibrate(Napi::Env, Napi::Object) {}

}  // namespace engineroom
