#pragma once
// Whether the process can do its work now, and if not, why. It is ready when no part has a reason against it; a new
// Readiness has one ("process": "starting"), which `run`'s body takes away with ready("process"). Thread-safe.

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace gonghui::process {

class Readiness {
public:
    void ready(std::string_view part);
    void not_ready(std::string_view part, std::string_view reason);

    // What the operator has it do without: worth knowing, and no reason against it.
    void without(std::string_view part, std::string_view what);

    [[nodiscard]] std::map<std::string, std::string> reasons() const;  // part -> reason; empty: ready
    // {"ready":false,"reasons":{"bus":"no connection to the hub"},"without":{"email":"mail.host is empty"}}; there is
    // no "without" when there is nothing to say.
    [[nodiscard]] std::string json() const;

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::string, std::less<>> reasons_{{"process", "starting"}};
    std::map<std::string, std::string, std::less<>> without_;
};

}  // namespace gonghui::process
