#pragma once

namespace gonghui::messaging {

// What a turn of the host is about. In the background it keeps up with others' events, which can wait a little longer:
// nobody asks for anything, no time has come, it is not far behind, and nobody waits for it to stop.
enum class Urgency { normal, background };

}  // namespace gonghui::messaging
