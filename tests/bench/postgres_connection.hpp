#pragma once
// What the bench needs of PostgreSQL, in C++: a connection with prepared statements.

#include <libpq-fe.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>

namespace gonghui::bench::postgres {

struct Deleter {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Deleter>;

class Connection {
public:
    explicit Connection(const std::string& where) : connection_(PQconnectdb(where.c_str()))
    {
        if (PQstatus(connection_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
    }

    Result run(const char* sql) { return checked(PQexec(connection_.get(), sql)); }

    void prepare(const char* name, const char* sql) { checked(PQprepare(connection_.get(), name, sql, 0, nullptr)); }

    // Of a prepared statement, with texts.
    template <class... Texts>
    Result run_prepared(const char* name, const Texts&... texts)
    {
        const std::array<const char*, sizeof...(texts)> values{texts.c_str()...};
        return checked(PQexecPrepared(connection_.get(), name, static_cast<int>(values.size()), values.data(), nullptr,
                                      nullptr, 0));
    }

private:
    Result checked(PGresult* result)
    {
        Result owned(result);
        const auto status = PQresultStatus(result);
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
            throw std::runtime_error(PQerrorMessage(connection_.get()));
        return owned;
    }

    std::unique_ptr<PGconn, Deleter> connection_;
};

}  // namespace gonghui::bench::postgres
