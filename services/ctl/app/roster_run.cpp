#include "services/ctl/app/roster_run.hpp"

#include "schemas/generated/catalogue.hpp"
#include "schemas/generated/registration/codecs.hpp"
#include "services/ctl/domain/texts.hpp"

#include <algorithm>
#include <thread>

namespace gonghui::ctl {

namespace {

using messaging::Outcome;
using process::Exit;
using std::chrono::steady_clock;

constexpr std::size_t most_under_way = 32;
constexpr milliseconds lost_after{5'000};  // then it is sent again, with the same id

struct UnderWay {
    RosterBatch batch;
    Bytes request;
    steady_clock::time_point send_at;  // again, unless it is answered before
};

class RosterRun {
public:
    RosterRun(const Session& session, Connection& connection, RosterFile& file, const RosterRunSettings& settings)
        : session_(session), connection_(connection), file_(file), settings_(settings), batches_(file)
    {
    }

    RosterResult run(const std::function<void(std::size_t)>& on_progress)
    {
        auto heard = steady_clock::now();
        while (!result_.stopped_exit_code && (send_new() || !under_way_.empty())) {
            send_again();
            const auto reply = connection_.client().next_reply(milliseconds(50));
            if (reply && take(*reply)) {
                heard = steady_clock::now();
                on_progress(file_.offset());
            } else if (steady_clock::now() - heard > settings_.patience) {
                throw session_.failure(Exit::unavailable, text::nobody_answers, {type()});
            }
        }
        gather_bad();
        result_.rows = batches_.rows_read();
        std::sort(result_.bad.begin(), result_.bad.end(),
                  [](const BadRow& a, const BadRow& b) { return a.line < b.line; });
        return std::move(result_);
    }

private:
    [[nodiscard]] std::string_view type() const
    {
        return settings_.mode == RunMode::import ? registration::ImportRoster::type : registration::CheckRoster::type;
    }

    // Sends whatever may go out. False at the end of the file.
    bool send_new()
    {
        while (batches_.gather()) {
            gather_bad();
            if (under_way_.size() >= most_under_way || !batches_.is_clear()) return true;
            UnderWay one;
            one.batch = batches_.take();
            const auto id = connection_.new_request_id();
            one.request = encoded(id, one.batch);
            one.send_at = steady_clock::now();
            under_way_.emplace(id, std::move(one));
            send_again();
        }
        return false;
    }

    void send_again()
    {
        const auto now = steady_clock::now();
        for (auto& [id, one] : under_way_)
            if (now >= one.send_at && connection_.client().send(one.request)) one.send_at = now + lost_after;
    }

    Bytes encoded(const Uuid& id, RosterBatch& batch)
    {
        messaging::OutgoingRequest request;
        request.id = id;
        request.type = type();
        request.actor = settings_.actor;
        codec::Writer data;
        if (settings_.mode == RunMode::import) {
            registration::ImportRoster command;
            command.import_id = ImportId(settings_.import_id);
            command.rows = std::move(batch.rows);
            encode(data, command);
            batch.rows = std::move(command.rows);
        } else {
            registration::CheckRoster query;
            query.rows = std::move(batch.rows);
            encode(data, query);
            batch.rows = std::move(query.rows);
        }
        request.data = data.take();
        return messaging::encode_request(request);
    }

    // True when it is an answer: "retry" is none, and whoever hears nothing else for long hears nobody.
    bool take(const Bytes& bytes)
    {
        const auto reply = messaging::decode_reply(parser_, bytes);
        if (!reply) return false;
        const auto found = under_way_.find(reply->id);
        if (found == under_way_.end()) return false;  // a second answer to what was sent twice
        switch (reply->outcome) {
            case Outcome::accepted:
                settle(found->second.batch, reply->data);
                under_way_.erase(found);
                break;
            case Outcome::retry:
                found->second.send_at = steady_clock::now() + std::max(reply->retry_after, milliseconds(10));
                return false;
            case Outcome::refused:
                stop(exit_code::refused, *reply);
                break;
            case Outcome::invalid:
                stop(exit_code::invalid, *reply);
                break;
            case Outcome::fault:
                stop(exit_code::fault, *reply);
                break;
        }
        return true;
    }

    void stop(int code, const messaging::ReceivedReply& reply)
    {
        result_.stopped_exit_code = code;
        result_.stopped_why = session_.refusal("registration", reply.code);
    }

    // Both replies have the same fields.
    void settle(const RosterBatch& batch, codec::Value data)
    {
        registration::ImportRosterReply reply;
        codec::Errors errors;
        decode(data, reply, errors);
        if (!errors.empty()) throw session_.failure(Exit::software, text::bad_reply, {errors.list().front().path});
        result_.joined += reply.joined;
        result_.unchanged += reply.unchanged;
        std::set<std::int64_t> bad_lines;
        for (auto& error : reply.errors) {
            bad_lines.insert(error.line);
            result_.bad.push_back({error.line, error.column, std::move(error.code), error.first_line});
        }
        batches_.on_answer(batch, bad_lines);
    }

    void gather_bad()
    {
        for (auto& row : batches_.take_bad()) result_.bad.push_back(std::move(row));
    }

    const Session& session_;
    Connection& connection_;
    RosterFile& file_;
    const RosterRunSettings& settings_;
    RosterBatches batches_;
    std::map<Uuid, UnderWay> under_way_;  // by request id: in order of their making
    codec::Parser parser_;
    RosterResult result_;
};

}  // namespace

RosterResult run_roster(const Session& session, Connection& connection, RosterFile& file,
                        const RosterRunSettings& settings, const std::function<void(std::size_t)>& on_progress)
{
    return RosterRun(session, connection, file, settings).run(on_progress);
}

}  // namespace gonghui::ctl
