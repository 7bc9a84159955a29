#pragma once
// For tests and measurements of one thread: work is done as soon as it is submitted.

#include "common/messaging/executor.hpp"

#include <utility>
#include <vector>

namespace gonghui::messaging {

class InlineExecutor final : public Executor {
public:
    explicit InlineExecutor(sqlite::Database& reader) : reader_(reader) {}
    bool is_full = false;

    bool submit(Work work) override
    {
        if (is_full) return false;
        completed_.push_back(work(reader_));
        return true;
    }
    void take_completed(std::vector<Completion>& out) override
    {
        for (auto& completion : std::exchange(completed_, {})) out.push_back(std::move(completion));
    }

private:
    sqlite::Database& reader_;
    std::vector<Completion> completed_;
};

}  // namespace gonghui::messaging
