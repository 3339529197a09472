// Spreads independent items over a few threads for the length of one call.
#pragma once
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace engineroom {

// Calls `item(i)` for each i below `count`, on the calling thread and up to `threads - 1` others. Rethrows the first
// exception after all threads have ended.
template <typename Item>
void ForEachInParallel(size_t count, unsigned threads, Item item) {
    std::atomic<size_t> next{0};
    std::mutex lock;
    std::exception_ptr failure;
    const auto drain = [&] {
        try {
            for (size_t i = next++; i < count; i = next++) item(i);
        } catch (...) {
            next = count;
            const std::lock_guard<std::mutex> guard(lock);
            if (!failure) failure = std::current_exception();
        }
    };
    std::vector<std::thread> others;
    for (unsigned t = 1; t < threads && t < count; ++t) {
        try {
            others.emplace_back(drain);
        } catch (const std::system_error&) {
            break;  // no thread to be had: those that run do the work
        }
    }
    drain();
    for (std::thread& other : others) other.join();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace engineroom
