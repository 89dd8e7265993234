#include "gateway/main/public_url.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <unistd.h>

namespace hutong {

namespace {

std::string from_address(std::string_view scheme, std::string_view address) {
    const std::size_t colon = address.rfind(':');
    std::string host(address.substr(0, colon));
    const std::string port(colon == std::string_view::npos ? "" : address.substr(colon + 1));
    if (host.empty() || host == "0.0.0.0" || host == "[::]" || host == "::") host = "localhost";
    std::string url = std::string(scheme) + "://" + host;
    if (!port.empty() && port != "0") url += ":" + port;
    return url;
}

}  // namespace

Result<void> check_public_url(std::string_view url) {
    const auto wrong = [&](std::string_view why) {
        return invalid("public URL \"" + std::string(url) + "\" " + std::string(why) +
                       ": give one like https://gateway.example.gov.cn:8443");
    };
    if (!url.starts_with("http://") && !url.starts_with("https://"))
        return wrong("must begin with http:// or https://");
    if (host_of(url).empty()) return wrong("names no host");
    if (url.ends_with('/')) return wrong("must not end with a slash");
    if (url.size() > 200) return wrong("is longer than 200 characters");
    const bool plain = std::all_of(url.begin(), url.end(), [](unsigned char c) {
        return std::isalnum(c) ||
               std::string_view(":/.-_~[]%").find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (!plain) return wrong("has a character that may not be in it");
    return {};
}

std::string founding_url(const config::Http& http) {
    if (!http.public_url.empty()) return http.public_url;
    return http.https.empty() ? from_address("http", http.http) : from_address("https", http.https);
}

std::string host_of(std::string_view url) {
    const std::size_t begin = url.find("://");
    if (begin == std::string_view::npos) return {};
    std::string_view rest = url.substr(begin + 3);
    if (rest.starts_with('[')) return std::string(rest.substr(1, rest.find(']') - 1));
    return std::string(rest.substr(0, rest.find_first_of(":/")));
}

std::vector<std::string> tls_names(std::string_view public_url, std::string_view machine) {
    std::vector<std::string> names;
    for (const std::string& name : {host_of(public_url), std::string(machine), std::string("localhost"),
                                    std::string("127.0.0.1"), std::string("::1")})
        if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(name);
    return names;
}

std::string machine_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return {};
    const std::string_view text(name.data());
    const bool dns = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '-' || c == '.';
    });
    return dns && text.front() != '-' && text.front() != '.' ? std::string(text) : std::string();
}

bool is_loopback_url(std::string_view url) {
    const std::string host = host_of(url);
    return host == "localhost" || host.starts_with("127.") || host == "::1";
}

}  // namespace hutong
