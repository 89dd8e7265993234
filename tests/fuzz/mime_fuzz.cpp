// libFuzzer: multipart bodies. Whatever the bytes, each part lies inside the payload and parts do not
// overlap; a payload in a file gives the same answer as one in memory.
#include <cstdlib>
#include <filesystem>

#include "gateway/http/mime.hpp"

using namespace hutong;
using namespace hutong::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // The first line is the Content-Type, the rest the body.
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t line = input.find('\n');
    if (line == std::string_view::npos) return 0;
    const auto type = parse_media_type(input.substr(0, line));
    if (type.has_error()) return 0;
    const std::string_view body = input.substr(line + 1);
    const Payload in_memory{std::string(body)};
    const auto result = parse_multipart(in_memory, *type, 16);

    Payload in_file(0, std::filesystem::temp_directory_path());
    if (in_file.append(body).has_error()) return 0;
    const auto again = parse_multipart(in_file, *type, 16);
    if (result.has_value() != again.has_value()) std::abort();
    if (result.has_error()) return 0;
    if (result->root >= result->parts.size() || result->root != again->root) std::abort();
    std::uint64_t end = 0;
    for (const MimePart& part : result->parts) {
        if (part.begin < end || part.end < part.begin || part.end > body.size()) std::abort();
        end = part.end;
    }
    return 0;
}
