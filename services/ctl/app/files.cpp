#include "services/ctl/app/files.hpp"

#include "services/ctl/domain/texts.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

namespace gonghui::ctl {

namespace {

using process::Exit;

std::string reason()
{
    return std::generic_category().message(errno);
}

// A device or a pipe is written to; everything else is replaced at once.
bool is_replaced(const std::filesystem::path& file)
{
    std::error_code none;
    const auto there = std::filesystem::status(file, none);
    return !exists(there) || is_regular_file(there);
}

bool write_all(int descriptor, std::string_view text)
{
    while (!text.empty()) {
        const auto written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno != EINTR) return false;
        if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

process::Failure not_written(const Session& session, const std::filesystem::path& file, std::string_view why)
{
    return session.failure(Exit::cannot_create, text::cannot_write, {file.native(), why});
}

// Whole and on the disk, beside the file that it is to become.
std::string write_fresh(const Session& session, const std::filesystem::path& file, std::string_view text,
                        Privacy privacy)
{
    const mode_t mode = privacy == Privacy::secret ? 0600 : 0644;
    auto fresh = file.native() + ".new";
    const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    const bool is_whole =
        descriptor >= 0 && ::fchmod(descriptor, mode) == 0 && write_all(descriptor, text) && ::fsync(descriptor) == 0;
    const auto why = reason();
    if (descriptor >= 0) ::close(descriptor);
    if (is_whole) return fresh;
    ::unlink(fresh.c_str());  // half of a secret, perhaps
    throw not_written(session, file, why);
}

}  // namespace

std::string read_file(const Session& session, const std::filesystem::path& file, Exit code)
{
    std::ifstream in(file, std::ios::binary);
    std::error_code ignored;
    if (!in || std::filesystem::is_directory(file, ignored))
        throw session.failure(code, text::cannot_read,
                              {file.native(), in ? std::generic_category().message(EISDIR) : reason()});
    return std::string{std::istreambuf_iterator<char>(in), {}};
}

void require_writable(const Session& session, const std::filesystem::path& file)
{
    const auto fail = [&](int error) {
        return session.failure(Exit::cannot_create, text::cannot_write,
                               {file.native(), std::generic_category().message(error)});
    };
    std::error_code none;
    if (std::filesystem::is_directory(file, none)) throw fail(EISDIR);
    if (!is_replaced(file)) {
        if (::access(file.c_str(), W_OK) != 0) throw fail(errno);
        return;
    }
    const auto fresh = file.native() + ".new";
    const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) throw fail(errno);
    ::close(descriptor);
    ::unlink(fresh.c_str());
}

void require_new(const Session& session, const std::filesystem::path& file)
{
    std::error_code none;
    if (exists(std::filesystem::symlink_status(file, none)))
        throw session.failure(Exit::cannot_create, text::file_exists, {file.native()});
    require_writable(session, file);
}

void write_new_file(const Session& session, const std::filesystem::path& file, std::string_view text, Privacy privacy)
{
    const auto fresh = write_fresh(session, file, text, privacy);
    // Unlike a renaming, a link fails when somebody was faster.
    const bool is_linked = ::link(fresh.c_str(), file.c_str()) == 0;
    const auto why = reason();
    ::unlink(fresh.c_str());
    if (!is_linked) throw not_written(session, file, why);
}

void write_file(const Session& session, const std::filesystem::path& file, std::string_view text, Privacy privacy)
{
    if (is_replaced(file)) {
        const auto fresh = write_fresh(session, file, text, privacy);
        if (::rename(fresh.c_str(), file.c_str()) != 0) throw not_written(session, file, reason());
        return;
    }
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
    const bool is_written = descriptor >= 0 && write_all(descriptor, text);
    const auto why = reason();
    if (descriptor >= 0) ::close(descriptor);
    if (!is_written) throw not_written(session, file, why);
}

void make_folder(const Session& session, const std::filesystem::path& folder, Privacy privacy)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!error && privacy == Privacy::secret)
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    if (error) throw session.failure(Exit::cannot_create, text::cannot_write, {folder.native(), error.message()});
}

}  // namespace gonghui::ctl
