#pragma once
// What may be promised, by whom. Pure: facts in, an event or a refusal out.

#include <common/actor/actor.hpp>
#include <common/result/refusal.hpp>
#include <schemas/generated/pledges/messages.hpp>

#include <optional>

namespace gonghui::pledges {

// What the tables say about a promise.
struct PledgeFacts {
    OrganisationId organisation;
    std::int64_t year = 0;
    Kind kind{};
    std::int64_t target = 0;
    std::string title_zh{};
    std::optional<std::string> title_en{};
    bool is_withdrawn = false;
};

enum class Organisation : std::uint8_t { unknown, open, closed };

// Who decides, where they stand towards the organisation that promises, and when.
struct Deciding {
    const Actor& actor;
    Standing standing;
    UtcTime now;
};

[[nodiscard]] Decided<Pledged> pledge(const Pledge& command, const Deciding& deciding, Organisation organisation,
                                      const std::optional<PledgeFacts>& before);
[[nodiscard]] Decided<Changed> change(const Change& command, const Deciding& deciding,
                                      const std::optional<PledgeFacts>& pledge);
[[nodiscard]] Decided<Withdrawn> withdraw(const Withdraw& command, const Deciding& deciding,
                                          const std::optional<PledgeFacts>& pledge);

}  // namespace gonghui::pledges
