#pragma once

namespace gonghui::messaging {

// What a turn of the host is about: somebody waits for an answer or a time has come, or it catches up with others'
// events, which can wait a little longer.
enum class Urgency { somebody_waits, background };

}  // namespace gonghui::messaging
