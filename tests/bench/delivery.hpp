#pragma once
// Publishers and a consumer of a peer, side by side: how soon what was appended has arrived and been acknowledged. The
// rate is of everything that was published, until the last of it has arrived.

#include "tests/bench/load.hpp"
#include "tests/bench/payload.hpp"

namespace gonghui::bench {

// Thread-safe, but for `arrived` and `published_is`.
class Delivery {
public:
    explicit Delivery(double seconds);

    // Of publishers.
    [[nodiscard]] bool is_over() const { return steady_clock::now() >= end_; }
    void add_published(std::int64_t count) { published_ += count; }

    // Of the consumer.
    void arrived(std::int64_t made)
    {
        last_ = moment();
        delays_.push_back(static_cast<float>(last_ - made) / 1000.0F);
    }
    [[nodiscard]] bool is_complete() const;

    int report();

private:
    friend int deliver(const Shape&, const std::function<void(int, Delivery&)>&, const std::function<void(Delivery&)>&);

    std::int64_t begin_ = moment();
    steady_clock::time_point end_;
    std::atomic<std::int64_t> published_ = 0;
    std::atomic<bool> all_published_ = false;
    std::atomic<bool> failed_ = false;
    std::int64_t last_ = 0;
    std::vector<float> delays_;
};

// `consume` returns when the delivery is complete. The exit code.
int deliver(const Shape& shape, const std::function<void(int number, Delivery&)>& publish,
            const std::function<void(Delivery&)>& consume);

}  // namespace gonghui::bench
