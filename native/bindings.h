// The N-API edge of each concern, defined in its binding.cc.
#pragma once
#include <napi.h>

#include <exception>
#include <functional>
#include <utility>

namespace engineroom {

void BindPreprocess(Napi::Env env, Napi::Object exports);
void BindCalibrate(Napi::Env env, Napi::Object exports);
void BindEvaluate(Napi::Env env, Napi::Object exports);
void BindQuantize(Napi::Env env, Napi::Object exports);

// Runs `work` on a libuv thread and settles a promise on the JS thread. `work` touches no JS value; buffers that it
// reads or writes are kept alive by `owner`, an object or array that refers to them. An exception becomes a rejection.
class PromiseWorker : public Napi::AsyncWorker {
public:
    using Work = std::function<void()>;
    using Finish = std::function<Napi::Value(Napi::Env)>;

    static Napi::Promise Start(Napi::Env env, Napi::Object owner, Work work, Finish finish) {
        auto* worker = new PromiseWorker(env, owner, std::move(work), std::move(finish));
        Napi::Promise promise = worker->deferred_.Promise();
        worker->Queue();
        return promise;
    }

protected:
    void Execute() override {
        try {
            work_();
        } catch (const std::exception& error) {
            SetError(error.what());
        }
    }
    void OnOK() override { deferred_.Resolve(finish_(Env())); }
    void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

private:
    PromiseWorker(Napi::Env env, Napi::Object owner, Work work, Finish finish)
        : Napi::AsyncWorker(env),
          deferred_(Napi::Promise::Deferred::New(env)),
          owner_(Napi::Persistent(owner)),
          work_(std::move(work)),
          finish_(std::move(finish)) {}

    Napi::Promise::Deferred deferred_;
    Napi::ObjectReference owner_;
    Work work_;
    Finish finish_;
};

}  // namespace engineroom
