#pragma once
// What the service hears, is told and is asked.

#include "storage.hpp"

#include <gonghui/service.hpp>

namespace gonghui::pledges {

// The handlers, and whom they listen to.
void wire(Service& service);

[[nodiscard]] Decided<Accepted<Pledge>> handle(sqlite::Database& db, const Request<Pledge>& request);
[[nodiscard]] Decided<Accepted<Change>> handle(sqlite::Database& db, const Request<Change>& request);
[[nodiscard]] Decided<Accepted<Withdraw>> handle(sqlite::Database& db, const Request<Withdraw>& request);

[[nodiscard]] Decided<BoardReply> handle(sqlite::Database& db, const Request<Board>& request);
[[nodiscard]] Decided<HistoryReply> handle(sqlite::Database& db, const Request<History>& request);
[[nodiscard]] Decided<CountsReply> handle(sqlite::Database& db, const Request<Counts>& request);
[[nodiscard]] Decided<HeldAboutReply> handle(sqlite::Database& db, const Request<HeldAbout>& request);

}  // namespace gonghui::pledges
