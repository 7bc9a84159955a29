#pragma once
// The four services as their main.cpp wires them, on whatever ground the simulator gives them.

#include "common/messaging/service.hpp"
#include "common/sealing/keyring.hpp"
#include "common/sqlite/database.hpp"
#include "services/notifications/mail/mail_queue.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace gonghui::simulation {

inline constexpr std::string_view district = "331083";

// Everything outlives what is assembled on it.
struct Ground {
    sqlite::Database& database;
    sealing::Keyring& keyring;
    const std::string& keyring_path;
    const std::string& vfs;
    const sealing::Key& service_key;
    Random& random;
};

class Assembled {
public:
    virtual ~Assembled() = default;
    virtual messaging::Service& service() = 0;
    virtual notifications::MailQueue* mails() { return nullptr; }  // notifications' alone
};

struct ServiceKind {
    std::string_view name;
    std::string_view key_owner;  // where it fetches person keys from; empty: nowhere
    void (*migrate)(sqlite::Database&);
    std::unique_ptr<Assembled> (*assemble)(const Ground&);
};

// In the order in which each follows only those before it.
const std::array<ServiceKind, 4>& service_kinds();

}  // namespace gonghui::simulation
