#include "common/messaging/key_fetcher.hpp"

#include "common/messaging/source.hpp"

namespace gonghui::messaging {

namespace {

constexpr std::size_t keys_per_request = 500;
constexpr std::chrono::seconds patience{2};

}  // namespace

void KeyFetcher::on_event(const EventHeader& header)
{
    if (header.type != "person_erased") return;
    const auto source = Source::parse(header.source);
    if (!source || source->service != settings_.owner_service) return;
    if (const auto person = Uuid::parse(header.subject)) keyring_.erase(*person);
}

std::optional<OutgoingRequest> KeyFetcher::next(UtcTime now, Random& random)
{
    if (now < ask_again_) return std::nullopt;
    if (outstanding_.is_nil()) asked_ = keyring_.take_wanted(keys_per_request);
    if (asked_.empty()) return std::nullopt;

    codec::Writer out;
    out.map(2);
    out.text("person_ids");
    out.array(asked_.size());
    for (const auto& owner : asked_) out.binary(owner.view());
    out.text("recipient_public_key");
    out.binary(settings_.public_key);

    OutgoingRequest request;
    request.id = outstanding_ = make_ordered_uuid(now, random);
    request.type = settings_.owner_service + ".read_keys";
    request.deadline = now + patience;
    request.data = out.take();
    ask_again_ = now + patience;
    return request;
}

bool KeyFetcher::on_reply(const ReceivedReply& reply, UtcTime now)
{
    if (outstanding_.is_nil() || reply.id != outstanding_) return false;
    if (reply.outcome != Outcome::accepted) {
        ask_again_ = now + std::max<Duration>(reply.retry_after, std::chrono::milliseconds(100));
        return true;
    }
    outstanding_ = {};
    ask_again_ = {};
    const auto keys = reply.data.find("keys").value_or(codec::Value{});
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const auto entry = keys.element(i);
        const auto owner_bytes = entry.find("person_id").value_or(codec::Value{}).binary();
        const auto owner = owner_bytes ? Uuid::from_bytes(*owner_bytes) : std::nullopt;
        if (!owner) continue;
        if (entry.find("erased").value_or(codec::Value{}).boolean().value_or(false)) keyring_.erase(*owner);
        const auto sealed = entry.find("sealed_key").value_or(codec::Value{}).binary();
        if (!sealed) continue;
        const auto key = sealing::open_for(settings_.public_key, settings_.secret_key, *sealed);
        if (key && key->size() == 32) keyring_.add(*owner, sealing::Key(std::span<const std::byte, 32>(*key)));
    }
    asked_.clear();
    return true;
}

}  // namespace gonghui::messaging
