#pragma once
// A request as routes see it, and what they answer with.

#include "common/text/language.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace gonghui::gateway {

enum class Method : std::uint8_t { get, post, put, remove, other };

// An open stream of events to one page.
class Stream {
public:
    virtual ~Stream() = default;
    // False when the page is gone, or takes nothing: it is closed then.
    virtual bool send(std::string_view text) = 0;
    // Ends it.
    virtual void finish() = 0;
};

// Views that live as long as the call that gets it.
struct HttpRequest {
    Method method = Method::get;
    bool is_head = false;    // HEAD: the same as GET, and the connection leaves the body out
    std::string_view path;   // without the query
    std::string_view query;  // behind the "?"
    std::string_view body;
    std::string_view host;
    std::string_view origin;
    std::string_view cookie;
    std::string_view guard;            // X-Gonghui
    std::string_view idempotency_key;  // Idempotency-Key
    std::string_view after;            // Gonghui-After
    std::string_view ticket;           // Gonghui-Ticket
    std::string_view content_type;
    std::string_view accept_encoding;
    std::string_view if_none_match;
    std::string address;  // of whoever asks, as far as it is known
    Language language = Language::zh_cn;
    std::weak_ptr<Stream> stream;  // for an answer that is one

    [[nodiscard]] bool has_json() const
    {
        constexpr std::string_view json = "application/json";
        return content_type == json || (content_type.starts_with(json) && content_type[json.size()] == ';');
    }
};

struct HttpResponse {
    int status = 200;
    std::string_view content_type = "application/json";
    std::string headers;  // further ones, each with its line end
    std::string body;
    std::shared_ptr<const std::string> file;  // in place of `body`
    bool is_stream = false;                   // the body has no end yet
};

// Once, on the server's thread, now or later.
using Respond = std::function<void(HttpResponse&&)>;

}  // namespace gonghui::gateway
