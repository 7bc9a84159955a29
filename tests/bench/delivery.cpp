#include "tests/bench/delivery.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <thread>

namespace gonghui::bench {

namespace {

constexpr std::chrono::seconds patience{20};  // for what is still on its way when nothing is published any more

}  // namespace

Delivery::Delivery(double seconds)
    : end_(steady_clock::now() +
           std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(seconds)))
{
}

bool Delivery::is_complete() const
{
    if (failed_ || steady_clock::now() > end_ + patience) return true;
    return all_published_ && static_cast<std::int64_t>(delays_.size()) >= published_;
}

int Delivery::report()
{
    if (failed_ || delays_.empty() || static_cast<std::int64_t>(delays_.size()) < published_) {
        std::cerr << delays_.size() << " of " << published_ << " arrived\n";
        return 1;
    }
    std::sort(delays_.begin(), delays_.end());
    const auto at = [&](double share) {
        return delays_[static_cast<std::size_t>(share * static_cast<double>(delays_.size() - 1))];
    };
    const auto seconds = static_cast<double>(last_ - begin_) / 1e6;
    std::cout << nlohmann::json{{"per_second", static_cast<double>(delays_.size()) / seconds},
                                {"seconds", seconds},
                                {"p50_ms", at(0.5)},
                                {"p99_ms", at(0.99)}}
                     .dump()
              << std::endl;
    return 0;
}

int deliver(const Shape& shape, const std::function<void(int, Delivery&)>& publish,
            const std::function<void(Delivery&)>& consume)
{
    Delivery delivery(shape.seconds);
    const auto guarded = [&delivery](const auto& work) {
        try {
            work();
        } catch (const std::exception& error) {
            std::cerr << error.what() << '\n';
            delivery.failed_ = true;
        }
    };
    std::jthread consumer([&] { guarded([&] { consume(delivery); }); });
    {
        std::vector<std::jthread> publishers;
        for (int i = 0; i < shape.connections; ++i)
            publishers.emplace_back([&, i] { guarded([&] { publish(i, delivery); }); });
    }
    delivery.all_published_ = true;
    consumer.join();
    return delivery.report();
}

}  // namespace gonghui::bench
