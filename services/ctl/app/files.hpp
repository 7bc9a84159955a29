#pragma once
// Files as commands need them: whole, private where they hold keys, replaced at once or not at all.

#include "services/ctl/app/session.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace gonghui::ctl {

enum class Privacy : std::uint8_t { open, secret };  // 0644 and 0755, or 0600 and 0700

// Throw Failure with the path and the system's reason; what cannot be read with `code`.
std::string read_file(const Session& session, const std::filesystem::path& file,
                      process::Exit code = process::Exit::io);
// So that nobody hears only at the end that what they asked for cannot be kept.
void require_writable(const Session& session, const std::filesystem::path& file);
// As require_writable, and nothing is there yet; neither then nor now is anything overwritten.
void require_new(const Session& session, const std::filesystem::path& file);
void write_new_file(const Session& session, const std::filesystem::path& file, std::string_view text, Privacy privacy);
void write_file(const Session& session, const std::filesystem::path& file, std::string_view text, Privacy privacy);
void make_folder(const Session& session, const std::filesystem::path& folder, Privacy privacy);

}  // namespace gonghui::ctl
