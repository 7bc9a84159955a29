#include "common/messaging/segments.hpp"

#include "common/messaging/event_log.hpp"

#include <algorithm>

namespace gonghui::messaging {

namespace {

constexpr std::int64_t records_per_step = 2048;  // some 1.3 MiB

Segment segment_in(const sqlite::Rows& rows)
{
    return {rows.integer(0), rows.integer(1), to_chain(rows.blob(2)), rows.get<std::string>(3)};
}

std::string name_of(const std::filesystem::path& store, const Segment& segment)
{
    const auto end = Uuid::from_bytes(BytesView(segment.chain).first(16)).value();
    return store.stem().string() + '.' + std::to_string(segment.first) + '-' + std::to_string(segment.last) + '.' +
           to_string(end) + ".segment";
}

}  // namespace

std::vector<Segment> segments(sqlite::Database& store)
{
    std::vector<Segment> found;
    auto rows = store.query("SELECT first_seq, last_seq, chain, file FROM segments ORDER BY first_seq");
    while (rows.next()) found.push_back(segment_in(rows));
    return found;
}

std::optional<Segment> segment_of(sqlite::Database& store, std::int64_t seq)
{
    auto rows = store.query(
        "SELECT first_seq, last_seq, chain, file FROM segments WHERE first_seq <= ?1 AND last_seq >= ?1", seq);
    if (!rows.next()) return std::nullopt;
    return segment_in(rows);
}

std::int64_t last_sealed(sqlite::Database& store)
{
    return store.value<std::int64_t>("SELECT max(last_seq) FROM segments").value_or(0);
}

std::filesystem::path path_of(const sqlite::Database& store, const Segment& segment)
{
    return store.path().parent_path() / segment.file;
}

std::unique_ptr<sqlite::Database> open_segment(const sqlite::Database& store, const Segment& segment)
{
    const auto path = path_of(store, segment);
    if (store.vfs().empty() && !std::filesystem::exists(path))
        throw BrokenChain(segment.first, "its file " + segment.file + " is missing");
    return std::make_unique<sqlite::Database>(
        path, sqlite::Options{.access = sqlite::Access::read_only, .cache_kib = 256, .vfs = store.vfs()});
}

void verify_segment(sqlite::Database& store, const Segment& segment)
{
    const auto before = position_at(store, segment.first - 1);
    if (!before) throw BrokenChain(segment.first - 1, "it is missing");
    const auto file = open_segment(store, segment);
    auto chain = before->chain;
    auto seq = segment.first;
    auto rows = file->query("SELECT seq, bytes FROM log ORDER BY seq");
    for (; rows.next(); ++seq) {
        chain = next_chain(chain, rows.blob(1));
        if (rows.integer(0) != seq) throw BrokenChain(seq, "it is missing from " + segment.file);
    }
    if (seq != segment.last + 1 || chain != segment.chain)
        throw BrokenChain(segment.first, "what stands in " + segment.file + " is not what was written");
}

std::unique_ptr<Sealing> Sealing::next(sqlite::Database& store, const SealingPlan& plan)
{
    const auto sealed = last_sealed(store);
    const auto head = EventLog(store).head().seq;
    if (head - sealed < plan.hot + plan.segment) return nullptr;
    Segment segment{sealed + 1, sealed + plan.segment, {}, {}};
    const auto before = position_at(store, sealed);
    const auto end = position_at(store, segment.last);
    if (!before || !end) throw BrokenChain(segment.first, "it is missing");
    segment.chain = end->chain;
    segment.file = name_of(store.path(), segment);
    return std::unique_ptr<Sealing>(new Sealing(std::move(segment), before->chain));
}

bool Sealing::step(sqlite::Database& reader)
{
    if (!file_) begin(reader);
    copy(reader);
    if (copied_ < segment_.last) return false;
    finish();
    verify_segment(reader, segment_);
    return true;
}

// The file may be there: an earlier attempt's, or that of a store that has since been restored.
void Sealing::begin(const sqlite::Database& store)
{
    file_ = std::make_unique<sqlite::Database>(path_of(store, segment_),
                                               sqlite::Options{.cache_kib = 2048, .vfs = store.vfs()});
    sqlite::migrate(*file_, "segment", {{1, R"sql(
        CREATE TABLE log (
            seq        INTEGER PRIMARY KEY,
            time       INTEGER NOT NULL,
            chain      BLOB NOT NULL,
            bytes      BLOB NOT NULL,
            origin     TEXT,
            origin_seq INTEGER
        ) STRICT;
    )sql"}});
    transaction_ = std::make_unique<sqlite::Transaction>(*file_);
    file_->run("DELETE FROM log");
    copied_ = segment_.first - 1;
}

void Sealing::copy(sqlite::Database& reader)
{
    const auto until = std::min(segment_.last, copied_ + records_per_step);
    auto rows = reader.query(
        "SELECT seq, time, chain, bytes, origin, origin_seq FROM log WHERE seq > ?1 AND seq <= ?2 ORDER BY seq",
        copied_, until);
    while (rows.next()) {
        at_ = next_chain(at_, rows.blob(3));
        ++copied_;
        if (rows.integer(0) != copied_) throw BrokenChain(copied_, "it is missing");
        if (at_ != to_chain(rows.blob(2))) throw BrokenChain(copied_, "its bytes do not fit the chain");
        file_->run("INSERT INTO log VALUES (?1, ?2, ?3, ?4, ?5, ?6)", copied_, rows.integer(1), rows.blob(2),
                   rows.blob(3), rows.get<std::optional<std::string>>(4), rows.get<std::optional<std::int64_t>>(5));
    }
    if (copied_ != until) throw BrokenChain(copied_ + 1, "it is missing");
}

// Out of the write-ahead log into the one file that will be read.
void Sealing::finish()
{
    transaction_->commit();
    transaction_.reset();
    // A journal that a power cut brought back would have to be played back, and readers may not write.
    file_->script("PRAGMA synchronous = EXTRA");
    if (file_->value<std::string>("PRAGMA journal_mode = DELETE") != "delete")
        throw std::runtime_error(segment_.file + ": somebody else has it open");
    file_.reset();
}

void name_segment(sqlite::Database& store, const Segment& segment)
{
    store.run("INSERT INTO segments (first_seq, last_seq, chain, file) VALUES (?1, ?2, ?3, ?4)", segment.first,
              segment.last, BytesView(segment.chain), segment.file);
}

bool remove_sealed(sqlite::Database& store, std::int64_t most)
{
    const auto sealed = last_sealed(store);
    const auto first = store.value<std::int64_t>("SELECT min(seq) FROM log").value_or(sealed + 1);
    if (first > sealed) return false;
    store.run("DELETE FROM log WHERE seq <= ?1", std::min(sealed, first + most - 1));
    return true;
}

}  // namespace gonghui::messaging
