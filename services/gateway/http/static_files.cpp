#include "services/gateway/http/static_files.hpp"

#include "common/ids/uuid.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

namespace gonghui::gateway {

namespace {

namespace fs = std::filesystem;

struct MediaType {
    std::string_view ending;
    std::string_view type;
};

constexpr std::array media_types{
    MediaType{".html", "text/html; charset=utf-8"},
    MediaType{".js", "text/javascript; charset=utf-8"},
    MediaType{".css", "text/css; charset=utf-8"},
    MediaType{".json", "application/json"},
    MediaType{".webmanifest", "application/manifest+json"},
    MediaType{".svg", "image/svg+xml"},
    MediaType{".png", "image/png"},
    MediaType{".ico", "image/x-icon"},
    MediaType{".webp", "image/webp"},
    MediaType{".woff2", "font/woff2"},
    MediaType{".txt", "text/plain; charset=utf-8"},
};

// Scripts are our own files; styles of components are set as attributes, too. Nothing may frame a page.
constexpr std::string_view page_policy =
    "Content-Security-Policy: default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'\r\n"
    "X-Frame-Options: DENY\r\nPermissions-Policy: camera=(self), geolocation=(self), microphone=()\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n";

std::shared_ptr<const std::string> content_of(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    if (!in) return nullptr;
    return std::make_shared<const std::string>(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

std::string etag_of(std::string_view content)
{
    return '"' + to_string(uuid_of_content(as_bytes(content))) + '"';
}

bool accepts(std::string_view accepted, std::string_view coding)
{
    return accepted.find(coding) != std::string_view::npos;
}

}  // namespace

StaticFiles::StaticFiles(const fs::path& web)
{
    read(web / "portal", "/");
    read(web / "console", "/console/");
}

void StaticFiles::read(const fs::path& folder, const std::string& prefix)
{
    std::error_code none;
    for (const auto& entry : fs::recursive_directory_iterator(folder, none)) {
        if (!entry.is_regular_file()) continue;
        const auto& path = entry.path();
        const auto type = std::find_if(media_types.begin(), media_types.end(),
                                       [&](const MediaType& one) { return one.ending == path.extension().string(); });
        if (type == media_types.end()) continue;
        File file;
        file.plain = content_of(path);
        file.gzip = content_of(path.string() + ".gz");
        file.brotli = content_of(path.string() + ".br");
        file.type = type->type;
        file.etag = etag_of(*file.plain);
        const auto name = fs::relative(path, folder).generic_string();
        file.is_immutable = name.starts_with("assets/");
        files_.emplace(prefix + name, std::move(file));
    }
}

const StaticFiles::File* StaticFiles::find(std::string_view path) const
{
    if (const auto found = files_.find(path); found != files_.end()) return &found->second;
    // Not for what looks like a file that a newer or older build has: that is missing.
    if (path.substr(path.rfind('/')).find('.') != path.npos) return nullptr;
    const auto index = files_.find(path.starts_with("/console") ? "/console/index.html" : "/index.html");
    return index == files_.end() ? nullptr : &index->second;
}

std::optional<HttpResponse> StaticFiles::answer(const HttpRequest& request) const
{
    if (request.path.empty() || request.path.front() != '/') return std::nullopt;
    const auto* file = find(request.path);
    if (file == nullptr) return std::nullopt;
    HttpResponse response;
    response.content_type = file->type;
    response.headers.append("ETag: ").append(file->etag).append("\r\nVary: Accept-Encoding\r\n");
    response.headers.append(file->is_immutable ? "Cache-Control: public, max-age=31536000, immutable\r\n"
                                               : "Cache-Control: no-cache\r\n");
    if (file->type.starts_with("text/html")) response.headers.append(page_policy);
    if (request.if_none_match.find(file->etag) != request.if_none_match.npos) {
        response.status = 304;
        return response;
    }
    response.file = file->plain;
    if (file->brotli && accepts(request.accept_encoding, "br")) {
        response.file = file->brotli;
        response.headers.append("Content-Encoding: br\r\n");
    } else if (file->gzip && accepts(request.accept_encoding, "gzip")) {
        response.file = file->gzip;
        response.headers.append("Content-Encoding: gzip\r\n");
    }
    return response;
}

}  // namespace gonghui::gateway
