#pragma once
// The portal and the console: files that a build has made, read into memory once, with what `vite build` has compressed
// beside them.

#include "services/gateway/http/message.hpp"

#include <filesystem>
#include <map>
#include <optional>

namespace gonghui::gateway {

class StaticFiles {
public:
    // `web` holds the folders portal and console; either may be missing.
    explicit StaticFiles(const std::filesystem::path& web);

    [[nodiscard]] bool empty() const { return files_.empty(); }

    // nullopt: there is no such file. A page's own addresses (`/classes/7`) are its index.
    [[nodiscard]] std::optional<HttpResponse> answer(const HttpRequest& request) const;

private:
    struct File {
        std::shared_ptr<const std::string> plain;
        std::shared_ptr<const std::string> gzip;
        std::shared_ptr<const std::string> brotli;
        std::string_view type;
        std::string etag;
        bool is_immutable = false;  // its name holds a hash of its content
    };

    void read(const std::filesystem::path& folder, const std::string& prefix);
    [[nodiscard]] const File* find(std::string_view path) const;

    std::map<std::string, File, std::less<>> files_;
};

}  // namespace gonghui::gateway
