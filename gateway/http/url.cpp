#include <charconv>

#include "gateway/http/client.hpp"
#include "gateway/http/target.hpp"
#include "gateway/http/text.hpp"

namespace hutong::http {

Result<Url> parse_url(std::string_view text) {
    const auto bad = [&](std::string_view why) {
        return invalid("URL '" + std::string(text.substr(0, 200)) + "' " + std::string(why));
    };
    Url url;
    const std::size_t colon = text.find("://");
    if (colon == std::string_view::npos) return bad("has no scheme; write http://host/path");
    url.scheme = lower(text.substr(0, colon));
    if (url.scheme != "http" && url.scheme != "https") return bad("has a scheme other than http and https");
    std::string_view rest = text.substr(colon + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    if (authority.find('@') != std::string_view::npos) return bad("holds user information; remove it");
    if (!is_authority(authority)) return bad("has a bad host or port");
    rest.remove_prefix(authority.size());

    const std::size_t host_end = authority.front() == '[' ? authority.find(']') + 1 : authority.find(':');
    std::string_view host = authority.substr(0, host_end);
    url.port = host.size() < authority.size() ? std::string(authority.substr(host.size() + 1)) : "";
    if (url.port.empty()) url.port = url.scheme == "https" ? "443" : "80";
    unsigned port = 0;
    std::from_chars(url.port.data(), url.port.data() + url.port.size(), port);
    if (port < 1 || port > 65535) return bad("has a port outside 1 to 65535");
    if (host.front() == '[') host = host.substr(1, host.size() - 2);
    url.host = lower(host);

    for (const char c : rest) {
        if (c <= 0x20 || c == 0x7f || c == '#')
            return bad("holds a fragment or a character that must be percent-encoded");
    }
    url.target = rest.empty() || rest.front() != '/' ? "/" + std::string(rest) : std::string(rest);
    return url;
}

}  // namespace hutong::http
