#include "common/messaging/answers.hpp"

#include <algorithm>

namespace gonghui::messaging {

std::vector<sqlite::Migration> answers_migrations()
{
    return {{1, R"sql(
        CREATE TABLE answers (
            caller      TEXT NOT NULL,
            id          BLOB NOT NULL,  -- UUIDv7: new rows go to the end of their caller's stretch
            fingerprint BLOB NOT NULL,
            reply       BLOB NOT NULL,
            PRIMARY KEY (caller, id)
        ) STRICT, WITHOUT ROWID;
    )sql"},
            {2,
             "CREATE TABLE answers_forgotten (until INTEGER NOT NULL) STRICT; "
             "INSERT INTO answers_forgotten VALUES (0);"}};
}

Answers::Answers(sqlite::Database& database)
    : database_(database), forgotten_until_(database.value<UtcTime>("SELECT until FROM answers_forgotten").value())
{
}

std::optional<Answer> Answers::find(std::string_view caller, const Uuid& id) const
{
    auto rows = database_.query("SELECT fingerprint, reply FROM answers WHERE caller = ?1 AND id = ?2", caller, id);
    if (!rows.next()) return std::nullopt;
    Answer answer;
    const auto blob = rows.blob(0);
    std::copy_n(blob.begin(), std::min(blob.size(), answer.fingerprint.size()), answer.fingerprint.begin());
    answer.reply = to_bytes(rows.blob(1));
    return answer;
}

void Answers::add(std::string_view caller, const Uuid& id, const std::array<std::byte, 16>& fingerprint,
                  BytesView reply)
{
    database_.run("INSERT INTO answers (caller, id, fingerprint, reply) VALUES (?1, ?2, ?3, ?4)", caller, id,
                  BytesView(fingerprint), reply);
}

std::optional<std::string> Answers::caller_after(std::string_view caller) const
{
    return database_.value<std::string>("SELECT caller FROM answers WHERE caller > ?1 ORDER BY caller LIMIT 1", caller);
}

bool Answers::forget(UtcTime until, std::size_t most)
{
    const auto end = first_ordered_uuid(until);
    bool is_all = true;
    std::int64_t forgotten = 0;
    for (auto caller = caller_after(""); caller; caller = caller_after(*caller)) {
        const auto beyond = database_.value<Uuid>(
            "SELECT id FROM answers WHERE caller = ?1 AND id < ?2 ORDER BY id LIMIT 1 OFFSET ?3", *caller, end, most);
        database_.run("DELETE FROM answers WHERE caller = ?1 AND id < ?2", *caller, beyond.value_or(end));
        forgotten += database_.changes();
        is_all = is_all && !beyond;
    }
    if (forgotten > 0) {
        forgotten_until_ = std::max(forgotten_until_, until);
        database_.run("UPDATE answers_forgotten SET until = ?1", forgotten_until_);
    }
    return is_all;
}

}  // namespace gonghui::messaging
