#include "services/matchmaking/domain/gate.hpp"

namespace gonghui::matchmaking {

bool Consents::given(Purpose purpose) const
{
    switch (purpose) {
        case Purpose::profile:
            return profile;
        case Purpose::evenings:
            return evenings;
        case Purpose::contacts:
            return contacts;
    }
    return false;
}

std::optional<Refusal> outside_gate(const Participant& participant, Purpose purpose, UtcTime now)
{
    const auto& member = participant.member;
    if (!member || !member->is_active) return Refusal{refusal::no_member, {}};
    if (member->is_retained) return Refusal{refusal::not_in_work, {}};
    const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(now)};
    if (static_cast<int>(today.year()) - member->birth_year <= age_of_admission) return Refusal{refusal::too_young, {}};
    if (!participant.declared_by) return Refusal{refusal::not_declared, {}};
    if (!participant.consents.given(purpose)) return Refusal{refusal::no_consent, {}};
    return std::nullopt;
}

}  // namespace gonghui::matchmaking
