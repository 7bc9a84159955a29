#include "services/gateway/http/connection.hpp"

#include "services/gateway/http/problems.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

#include <ctime>

namespace gonghui::gateway {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::uint32_t most_header_bytes = 16 * 1024;
constexpr std::uint64_t most_body_bytes = 1 << 20;
constexpr std::size_t most_queued_bytes = 256 * 1024;  // of a stream that is not read

std::string_view view(beast::string_view text)
{
    return {text.data(), text.size()};
}

std::string_view reason_of(int status)
{
    return view(http::obsolete_reason(static_cast<http::status>(status)));
}

// Of the present second.
std::string_view date_line()
{
    static std::time_t made = 0;
    static std::array<char, 64> line{};
    const auto now = std::time(nullptr);
    if (now != made) {
        std::tm utc{};
        gmtime_r(&now, &utc);
        std::strftime(line.data(), line.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
        made = now;
    }
    return line.data();
}

Method method_of(http::verb verb)
{
    switch (verb) {
        case http::verb::get:
        case http::verb::head:
            return Method::get;
        case http::verb::post:
            return Method::post;
        case http::verb::put:
            return Method::put;
        case http::verb::delete_:
            return Method::remove;
        default:
            return Method::other;
    }
}

// The first of the languages that are known here, in the order in which they stand; Chinese otherwise.
Language language_of(std::string_view accepted)
{
    while (!accepted.empty()) {
        const auto one = accepted.substr(0, accepted.find(','));
        accepted.remove_prefix(std::min(accepted.size(), one.size() + 1));
        const auto begin = one.find_first_not_of(' ');
        if (begin == one.npos) continue;
        const beast::string_view tag(one.data() + begin, std::min<std::size_t>(one.size() - begin, 2));
        if (beast::iequals(tag, "zh")) return Language::zh_cn;
        if (beast::iequals(tag, "en")) return Language::en;
    }
    return Language::zh_cn;
}

void append_head(std::string& out, const HttpResponse& response, std::size_t size, bool keeps_alive)
{
    out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(1, ' ');
    out.append(reason_of(response.status)).append("\r\n").append(date_line());
    if (!response.content_type.empty()) out.append("Content-Type: ").append(response.content_type).append("\r\n");
    if (!response.is_stream && response.status != 304 && response.status != 204)
        out.append("Content-Length: ").append(std::to_string(size)).append("\r\n");
    out.append(response.headers);
    out.append(
        "X-Content-Type-Options: nosniff\r\nReferrer-Policy: same-origin\r\n"
        "Strict-Transport-Security: max-age=31536000\r\nCross-Origin-Resource-Policy: same-origin\r\n");
    out.append(keeps_alive ? "\r\n" : "Connection: close\r\n\r\n");
}

// The n-th last address of X-Forwarded-For: what the outermost of our own proxies has seen.
std::string_view forwarded_address(std::string_view list, int proxies)
{
    for (int i = 1; i < proxies; ++i) {
        const auto comma = list.rfind(',');
        if (comma == list.npos) return {};
        list = list.substr(0, comma);
    }
    const auto comma = list.rfind(',');
    if (comma != list.npos) list.remove_prefix(comma + 1);
    const auto begin = std::min(list.find_first_not_of(" \t"), list.size());
    list.remove_prefix(begin);
    return list.substr(0, list.find_first_of(" \t")).substr(0, 64);
}

// All lines of it as one list: some proxies write behind what the client has sent, others add a line of their own.
template <class Message>
std::string forwarded_by(const Message& message)
{
    std::string list;
    const auto [first, last] = message.equal_range("X-Forwarded-For");
    for (auto line = first; line != last; ++line) list.append(list.empty() ? "" : ",").append(view(line->value()));
    return list;
}

}  // namespace

Connection::Connection(Server& server, asio::ip::tcp::socket socket) : server_(server), socket_(std::move(socket)) {}

void Connection::start(Server::Connections::iterator place, Server::Networks::iterator network)
{
    place_ = place;
    network_ = network;
    wait();
}

void Connection::wait()
{
    if (state_ != State::reading) {
        state_ = State::waiting;
        until_ = Clock::now() + server_.settings_.idle;
    }
    socket_.async_wait(asio::ip::tcp::socket::wait_read,
                       [self = shared_from_this()](const beast::error_code& error) { self->on_readable(error); });
}

void Connection::on_readable(const beast::error_code& error)
{
    if (state_ == State::closed) return;
    if (error) return close();
    beast::error_code failed;
    const auto size = socket_.read_some(asio::buffer(server_.buffer_), failed);
    if (failed == asio::error::would_block || failed == asio::error::try_again) return wait();
    if (failed) return close();
    const std::string_view bytes(server_.buffer_.data(), size);
    if (rest_.empty()) return consume(bytes);
    rest_.append(bytes);
    consume(std::string(std::move(rest_)));
}

// `bytes` stand in the thread's buffer; what is not read of them is kept.
void Connection::consume(std::string_view bytes)
{
    if (state_ == State::waiting) {
        state_ = State::reading;
        until_ = Clock::now() + server_.settings_.reading;
        parser_ = std::make_unique<Parser>();
        parser_->header_limit(most_header_bytes);
        parser_->body_limit(most_body_bytes);
        parser_->eager(true);
    }
    beast::error_code error;
    const auto taken = parser_->put(asio::const_buffer(bytes.data(), bytes.size()), error);
    rest_.assign(bytes.substr(taken));
    if (error == http::error::need_more) error = {};
    if (error == http::error::header_limit) return refuse(431, "header_too_large");
    if (error == http::error::body_limit) return refuse(413, "body_too_large");
    if (error) return refuse(400, "invalid_request");
    if (!parser_->is_done()) return wait();
    dispatch();
}

void Connection::dispatch()
{
    state_ = State::answering;
    const auto parser = std::move(parser_);
    const auto& message = parser->get();
    // Chunks carry fields behind the body, which Beast puts among those that our proxy has set or looked at, and it
    // takes a coding that it does not know for no body. No browser sends any.
    if (message.count(http::field::transfer_encoding) > 0) return refuse(411, "no_length");
    const auto hosts = message.count(http::field::host);
    if (hosts > 1 || (hosts == 0 && message.version() > 10)) return refuse(400, "invalid_request");
    const auto header = [&](auto name) {
        const auto found = message.find(name);
        return found == message.end() ? std::string_view{} : view(found->value());
    };
    keeps_alive_ = message.keep_alive() && !server_.is_draining_;
    HttpRequest request;
    request.method = method_of(message.method());
    request.is_head = is_head_ = message.method() == http::verb::head;
    const auto target = view(message.target());
    const auto mark = std::min(target.find('?'), target.size());
    request.path = target.substr(0, mark);
    request.query = target.substr(std::min(mark + 1, target.size()));
    request.body = message.body();
    request.host = header(http::field::host);
    request.origin = header(http::field::origin);
    request.cookie = header(http::field::cookie);
    request.content_type = header(http::field::content_type);
    request.accept_encoding = header(http::field::accept_encoding);
    request.if_none_match = header(http::field::if_none_match);
    request.guard = header("X-Gonghui");
    request.idempotency_key = header("Idempotency-Key");
    request.after = header("Gonghui-After");
    request.ticket = header("Gonghui-Ticket");
    request.address = address_of(forwarded_by(message));
    request.language = language_of(header(http::field::accept_language));
    request.stream = weak_from_this();
    server_.handle_(request,
                    [self = shared_from_this()](HttpResponse&& response) { self->respond(std::move(response)); });
}

std::string Connection::address_of(std::string_view forwarded) const
{
    if (server_.settings_.proxies > 0) return std::string(forwarded_address(forwarded, server_.settings_.proxies));
    beast::error_code gone;
    const auto peer = socket_.remote_endpoint(gone);
    return gone ? std::string() : peer.address().to_string();
}

// What comes behind a request that makes no sense makes none either.
void Connection::refuse(int status, std::string_view code)
{
    state_ = State::answering;
    keeps_alive_ = false;
    parser_.reset();
    rest_.clear();
    respond(problem(status, code, Language::zh_cn));
}

void Connection::respond(HttpResponse&& response)
{
    if (state_ != State::answering) return;
    state_ = State::writing;
    until_ = Clock::now() + server_.settings_.writing;
    if (server_.is_draining_ || response.is_stream) keeps_alive_ = false;  // a stream ends with its connection
    file_ = std::move(response.file);
    const auto size = file_ ? file_->size() : response.body.size();
    out_.clear();
    append_head(out_, response, size, keeps_alive_);
    if (is_head_)
        file_.reset();
    else
        out_.append(response.body);
    const bool is_stream = response.is_stream;
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(out_),
                                                    file_ ? asio::buffer(*file_) : asio::const_buffer()};
    asio::async_write(socket_, buffers,
                      [self = shared_from_this(), is_stream](const beast::error_code& error, std::size_t) {
                          if (error || self->state_ == State::closed) return self->close();
                          self->file_.reset();
                          if (is_stream) {
                              self->state_ = State::streaming;
                              self->until_ = Clock::time_point::max();
                              self->out_.clear();
                              self->close_with_its_page();
                              return self->write_stream();
                          }
                          self->on_written();
                      });
}

void Connection::on_written()
{
    if (!keeps_alive_ || server_.is_draining_) return close();
    constexpr std::size_t small = 4096;
    if (out_.capacity() > small) out_ = {};
    state_ = State::waiting;
    if (rest_.empty()) {
        if (rest_.capacity() > small) rest_ = {};
        return wait();
    }
    consume(std::string(std::move(rest_)));
}

// Nobody sends anything on a stream: what can be read is its end. Otherwise one would count for its person until it is
// written to.
void Connection::close_with_its_page()
{
    socket_.async_wait(asio::ip::tcp::socket::wait_read,
                       [self = shared_from_this()](const beast::error_code&) { self->close(); });
}

bool Connection::send(std::string_view text)
{
    if (state_ == State::closed) return false;
    if (queue_.size() + text.size() > most_queued_bytes) {
        close();
        return false;
    }
    queue_.append(text);
    if (state_ == State::streaming && out_.empty()) write_stream();
    return true;
}

void Connection::write_stream()
{
    if (queue_.empty()) {
        out_ = {};
        until_ = Clock::time_point::max();
        return;
    }
    out_ = std::exchange(queue_, {});
    until_ = Clock::now() + server_.settings_.writing;
    asio::async_write(socket_, asio::buffer(out_),
                      [self = shared_from_this()](const beast::error_code& error, std::size_t) {
                          if (error || self->state_ == State::closed) return self->close();
                          self->out_.clear();
                          self->write_stream();
                      });
}

void Connection::expire(Clock::time_point now)
{
    if (now < until_ || state_ == State::answering) return;
    close();
}

void Connection::drain()
{
    keeps_alive_ = false;
    if (state_ == State::waiting || state_ == State::streaming) close();
}

void Connection::close()
{
    if (state_ == State::closed) return;
    state_ = State::closed;
    const auto self = shared_from_this();
    beast::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
    server_.forget(place_, network_);
}

}  // namespace gonghui::gateway
