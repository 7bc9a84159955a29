#pragma once
// Rouses a thread that waits in `wait_for_any` (an eventfd).

namespace gonghui::zeromq {

class Wake {
public:
    Wake();
    ~Wake();
    Wake(const Wake&) = delete;
    Wake& operator=(const Wake&) = delete;

    // Thread-safe, cheap, remembered until `clear`.
    void signal() noexcept;
    // By the thread that waits, after it was roused.
    void clear() noexcept;

    [[nodiscard]] int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

}  // namespace gonghui::zeromq
