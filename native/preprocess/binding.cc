#include "bindings.h"

namespace engineroom {

void BindPreprocess(Napi::Env, Napi::Object) {}

}  // namespace engineroom
