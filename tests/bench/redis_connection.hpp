#pragma once
// What the bench needs of Redis, in C++: a connection that pipelines.

#include <hiredis/hiredis.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace gonghui::bench::redis {

struct Deleter {
    void operator()(redisContext* connection) const { redisFree(connection); }
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, Deleter>;

class Connection {
public:
    explicit Connection(int port) : connection_(redisConnect("127.0.0.1", port))
    {
        if (!connection_ || connection_->err != 0) throw std::runtime_error("cannot connect to Redis");
    }

    // Gathers; what was gathered leaves with the first `reply`.
    template <class... Values>
    void append(const char* format, Values... values)
    {
        if (redisAppendCommand(connection_.get(), format, values...) != REDIS_OK)
            throw std::runtime_error("Redis takes no command");
    }

    void append(std::vector<const char*>& words)
    {
        if (redisAppendCommandArgv(connection_.get(), static_cast<int>(words.size()), words.data(), nullptr) !=
            REDIS_OK)
            throw std::runtime_error("Redis takes no command");
    }

    Reply reply()
    {
        void* received = nullptr;
        if (redisGetReply(connection_.get(), &received) != REDIS_OK) throw std::runtime_error(connection_->errstr);
        Reply answer(static_cast<redisReply*>(received));
        if (answer->type == REDIS_REPLY_ERROR) throw std::runtime_error(answer->str);
        return answer;
    }

    template <class... Values>
    Reply ask(const char* format, Values... values)
    {
        append(format, values...);
        return reply();
    }

private:
    std::unique_ptr<redisContext, Deleter> connection_;
};

}  // namespace gonghui::bench::redis
