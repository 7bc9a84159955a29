#include "services/gateway/http/errands.hpp"

#include "common/process/log.hpp"
#include "schemas/generated/registration/codecs.hpp"
#include "services/gateway/http/api.hpp"
#include "services/gateway/http/problems.hpp"

namespace gonghui::gateway {

void Errands::ask(std::string_view type, Bytes data, const Asker& asker, GoOn go_on)
{
    const auto now = clock_.now();
    messaging::OutgoingRequest request;
    request.id = make_ordered_uuid(now, random_);
    request.type = type;
    request.deadline = now + std::chrono::seconds(10);
    request.data = std::move(data);
    const auto service = type.substr(0, type.find('.'));
    const auto asked = bus_.ask(request, {}, [service, asker, go_on = std::move(go_on)](const Answered& answered) {
        if (answered.reply == nullptr || answered.reply->outcome != messaging::Outcome::accepted)
            return asker.respond(not_accepted(answered, service, asker.language));
        go_on(*answered.reply);
    });
    if (asked != Bus::Asked::sent) asker.respond(too_many(std::chrono::seconds(1), asker.language));
}

void Errands::who_has(const std::string& phone, const Asker& asker,
                      std::function<void(const registration::PersonByPhoneReply&)> go_on)
{
    ask(registration::PersonByPhone{Personal(phone)}, asker,
        [asker, go_on = std::move(go_on)](const messaging::ReceivedReply& reply) {
            registration::PersonByPhoneReply found;
            codec::Errors errors;
            decode(reply.data, found, errors);
            if (!errors.empty()) return asker.respond(problem(502, "internal", asker.language));
            go_on(found);
        });
}

void turn_away(const Asker& asker, int status, std::string_view code)
{
    process::log::warning("log_in_failed", {{"code", code}, {"address", asker.address}});
    asker.respond(problem(status, code, asker.language));
}

HttpResponse no_content()
{
    HttpResponse response;
    response.status = 204;
    response.content_type = {};
    return response;
}

}  // namespace gonghui::gateway
