#pragma once

namespace gonghui::messaging {

// What a turn of the host is about. In the background it keeps up with others' events, which can wait a little longer:
// nobody asks for anything, no time has come, and it is not far behind.
enum class Urgency { normal, background };

}  // namespace gonghui::messaging
