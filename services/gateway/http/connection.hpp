#pragma once
// One browser's connection: reads a request, has it answered, writes the answer, one after the other.

#include "services/gateway/http/server.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <optional>

namespace gonghui::gateway {

class Connection final : public std::enable_shared_from_this<Connection>, public Stream {
public:
    using Clock = std::chrono::steady_clock;

    Connection(Server& server, boost::asio::ip::tcp::socket socket);

    void start(Server::Connections::iterator place, Server::Networks::iterator network);
    // Ends when it is beyond its time, or at once.
    void expire(Clock::time_point now);
    void close();
    void drain();

    bool send(std::string_view text) override;
    void finish() override { close(); }

private:
    enum class State : std::uint8_t { waiting, reading, answering, writing, streaming, closed };
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

    void wait();
    void on_readable(const boost::system::error_code& error);
    // Reads on in what has come; true when a request is whole or wrong.
    void consume(std::string_view bytes);
    void dispatch();
    void refuse(int status, std::string_view code);
    void respond(HttpResponse&& response);
    void on_written();
    void close_with_its_page();
    void write_stream();
    [[nodiscard]] std::string address_of(std::string_view forwarded) const;

    Server& server_;
    boost::asio::ip::tcp::socket socket_;
    Server::Connections::iterator place_;
    Server::Networks::iterator network_;
    State state_ = State::waiting;
    bool keeps_alive_ = true;
    bool is_head_ = false;
    Clock::time_point until_;
    std::unique_ptr<Parser> parser_;
    std::string rest_;  // of what has come, and is not read yet
    std::string out_;   // the answer, or its head
    std::shared_ptr<const std::string> file_;
    std::string queue_;  // of a stream: what comes next
};

}  // namespace gonghui::gateway
