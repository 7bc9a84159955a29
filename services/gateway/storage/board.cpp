#include "services/gateway/storage/board.hpp"

#include <algorithm>

namespace gonghui::gateway {

void Board::put(AccountFacts account)
{
    const std::scoped_lock lock(mutex_);
    auto login = account.login;
    accounts_.insert_or_assign(std::move(login), std::move(account));
}

void Board::remove_account(const std::string& login)
{
    const std::scoped_lock lock(mutex_);
    accounts_.erase(login);
}

void Board::put_password(const PersonId& person, std::string hash)
{
    const std::scoped_lock lock(mutex_);
    passwords_.insert_or_assign(person, std::move(hash));
}

void Board::remove_password(const PersonId& person)
{
    const std::scoped_lock lock(mutex_);
    passwords_.erase(person);
}

void Board::put(const SessionFacts& session)
{
    const std::scoped_lock lock(mutex_);
    if (tokens_.insert_or_assign(session.id, session.token_hash).second)
        by_person_[session.person].push_back(session.id);
    sessions_.insert_or_assign(session.token_hash, session);
}

void Board::remove_session(const SessionId& id)
{
    const std::scoped_lock lock(mutex_);
    const auto token = tokens_.find(id);
    if (token == tokens_.end()) return;
    const auto session = sessions_.find(token->second);
    const auto person = by_person_.find(session->second.person);
    std::erase(person->second, id);
    if (person->second.empty()) by_person_.erase(person);
    sessions_.erase(session);
    tokens_.erase(token);
}

void Board::remove_expired(UtcTime now)
{
    std::vector<SessionId> expired;
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& [token, session] : sessions_)
            if (session.expires_at <= now) expired.push_back(session.id);
    }
    for (const auto& id : expired) remove_session(id);
}

void Board::grant(const PersonId& person, HeldRole role)
{
    const std::scoped_lock lock(mutex_);
    auto& roles = roles_[person];
    if (std::find(roles.begin(), roles.end(), role) == roles.end()) roles.push_back(std::move(role));
}

void Board::revoke(const PersonId& person, ActingAs role, const OrganisationId& place)
{
    const std::scoped_lock lock(mutex_);
    const auto found = roles_.find(person);
    if (found == roles_.end()) return;
    std::erase_if(found->second, [&](const HeldRole& held) { return held.role == role && held.place == place; });
    if (found->second.empty()) roles_.erase(found);
}

void Board::put(const ClassFacts& one)
{
    const std::scoped_lock lock(mutex_);
    if (classes_.insert_or_assign(one.id, one).second) campaigns_[one.campaign].push_back(one.id);
    changes_.classes.insert(one.id);
}

void Board::put_place(const PersonId& person, const ClassId& class_id, Held held)
{
    const std::scoped_lock lock(mutex_);
    auto& places = places_[person];
    const auto found =
        std::find_if(places.begin(), places.end(), [&](const Place& p) { return p.class_id == class_id; });
    if (found == places.end())
        places.push_back({class_id, held});
    else
        found->held = held;
}

void Board::remove_place(const PersonId& person, const ClassId& class_id)
{
    const std::scoped_lock lock(mutex_);
    const auto found = places_.find(person);
    if (found == places_.end()) return;
    std::erase_if(found->second, [&](const Place& place) { return place.class_id == class_id; });
    if (found->second.empty()) places_.erase(found);
}

void Board::inbox_changed(const PersonId& person)
{
    const std::scoped_lock lock(mutex_);
    changes_.inboxes.insert(person);
}

std::optional<AccountFacts> Board::account(const std::string& login) const
{
    const std::scoped_lock lock(mutex_);
    const auto found = accounts_.find(login);
    return found == accounts_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> Board::password(const PersonId& person) const
{
    const std::scoped_lock lock(mutex_);
    const auto found = passwords_.find(person);
    return found == passwords_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<SessionFacts> Board::session(const TokenHash& token_hash) const
{
    const std::scoped_lock lock(mutex_);
    const auto found = sessions_.find(token_hash);
    return found == sessions_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<SessionFacts> Board::sessions_of(const PersonId& person) const
{
    const std::scoped_lock lock(mutex_);
    std::vector<SessionFacts> sessions;
    const auto found = by_person_.find(person);
    if (found == by_person_.end()) return sessions;
    for (const auto& id : found->second) sessions.push_back(sessions_.at(tokens_.at(id)));
    return sessions;
}

std::vector<HeldRole> Board::roles_of(const PersonId& person) const
{
    const std::scoped_lock lock(mutex_);
    const auto found = roles_.find(person);
    return found == roles_.end() ? std::vector<HeldRole>{} : found->second;
}

std::optional<ClassFacts> Board::class_with(const ClassId& id) const
{
    const std::scoped_lock lock(mutex_);
    const auto found = classes_.find(id);
    return found == classes_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<ClassFacts> Board::classes_of(const CampaignId& campaign) const
{
    const std::scoped_lock lock(mutex_);
    std::vector<ClassFacts> classes;
    const auto found = campaigns_.find(campaign);
    if (found == campaigns_.end()) return classes;
    for (const auto& id : found->second) classes.push_back(classes_.at(id));
    return classes;
}

bool Board::has_place(const PersonId& person, const ClassId& class_id) const
{
    const std::scoped_lock lock(mutex_);
    const auto found = places_.find(person);
    return found != places_.end() && std::any_of(found->second.begin(), found->second.end(),
                                                 [&](const Place& place) { return place.class_id == class_id; });
}

std::vector<ClassId> Board::waits_for(const PersonId& person) const
{
    const std::scoped_lock lock(mutex_);
    std::vector<ClassId> classes;
    const auto found = places_.find(person);
    if (found == places_.end()) return classes;
    for (const auto& place : found->second)
        if (place.held == Held::line) classes.push_back(place.class_id);
    return classes;
}

Changes Board::take_changes()
{
    const std::scoped_lock lock(mutex_);
    return std::exchange(changes_, {});
}

std::size_t Board::session_count() const
{
    const std::scoped_lock lock(mutex_);
    return sessions_.size();
}

}  // namespace gonghui::gateway
