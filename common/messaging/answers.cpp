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
    )sql"}};
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

}  // namespace gonghui::messaging
