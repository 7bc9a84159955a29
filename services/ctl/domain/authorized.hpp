#pragma once
// authorized.toml: who may connect to the hub and what each may do. The hub is the judge of the file; here it is
// written and edited, and what an operator wrote by hand beside it (comments, order, blank lines) stays.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::ctl {

struct Grant {
    std::string public_key;
    std::string service;
    std::string instance;
    std::vector<std::string> publish;
    std::vector<std::string> follow;
    std::vector<std::string> call;
    bool assert_actor = false;
    std::int64_t rate = 0;  // units per second that it may bring (services/hub/domain/allowance.hpp); 0: without bound

    friend bool operator==(const Grant&, const Grant&) = default;
};

// The least that a peer needs for its work; the key and instance are the caller's to fill in. A service that is not of
// the house gets its own name to publish under and nothing else.
Grant least_rights(std::string_view service);
// The operator's command: everything, and to speak for a person.
Grant operator_rights();
// A client program that plays people: every request of the services, and to speak for a person, but no event.
Grant client_rights(std::string_view name);

// Of what a plug-in's folder asks for, the words that `gonghui plug` does not grant: events or requests that are not
// named one by one, the bus's own, and the keys of persons. Whoever wants to grant them does it by name, with `keys
// add`.
std::vector<std::string> excessive(const Grant& asked);
// What a plug-in may bring per second, if the operator says nothing else: enough to read a log of 100,000 events in a
// minute, too little for anybody else to notice.
inline constexpr std::int64_t plug_in_rate = 1'000;
inline constexpr std::int64_t highest_rate = 1'000'000;
// What of the wanted rights a grant lacks.
std::vector<std::string> lacking(const Grant& given, const Grant& wanted);

std::string to_toml(const Grant& grant);

// Whether a service or an instance may be called so. Names become topics and names of files: small letters, digits, `-`
// and `_`, a letter first.
bool is_name(std::string_view text);

// The grants of a file in the form that to_toml writes and people edit.
std::vector<Grant> read_grants(std::string_view text);

// The text with one more grant at its end.
std::string with_grant(std::string_view text, const Grant& grant);

// The text without the grant of that key; nullopt when there is none.
std::optional<std::string> without_key(std::string_view text, std::string_view public_key);

}  // namespace gonghui::ctl
