#pragma once
// The exit codes of every program of the house, with the numbers of <sysexits.h>, so that a supervisor and a script can
// tell what an operator must repair from what a restart may cure.

#include <cstdint>
#include <stdexcept>
#include <string>

namespace gonghui::process {

enum class Exit : std::uint8_t {
    ok = 0,
    usage = 64,          // the command line is wrong
    data = 65,           // a store or an input is damaged, or from a newer version: a restart does not help
    unavailable = 69,    // a port is taken, a peer or a lock cannot be had: a later start may succeed
    software = 70,       // a fault that no part expected: a bug, or a machine's fault while running
    os = 71,             // the system refused a thread, a descriptor, memory
    cannot_create = 73,  // a folder or file that must be written cannot be
    io = 74,             // reading or writing failed
    no_permission = 77,  // a file or folder may not be read
    config = 78,         // the configuration is wrong
};

// Ends the program with `code` and one message. For what an operator can mend; a bug is any other exception.
class Failure : public std::runtime_error {
public:
    Failure(Exit code, const std::string& message) : std::runtime_error(message), code_(code) {}
    [[nodiscard]] Exit code() const { return code_; }

private:
    Exit code_;
};

}  // namespace gonghui::process
