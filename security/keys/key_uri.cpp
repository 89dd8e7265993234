#include "security/keys/key_uri.hpp"

#include <algorithm>
#include <array>

#include "base/bytes.hpp"

namespace hutong::security {

namespace {

constexpr std::size_t longest_uri = 1024;
constexpr std::array<std::string_view, 5> path_attributes{"token", "object", "id", "serial", "type"};

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~").find(c) != std::string_view::npos;
}

std::string encoded(std::string_view octets) {
    std::string text;
    for (const char c : octets)
        if (is_unreserved(c))
            text += c;
        else
            text += "%" + to_hex(as_bytes(std::string_view(&c, 1)));
    return text;
}

Result<std::string> decoded(std::string_view text) {
    std::string octets;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            octets += text[i];
            continue;
        }
        const auto octet = from_hex(text.substr(i + 1, 2));
        if (octet.has_error() || octet->size() != 1) return invalid("a % is not followed by two hex digits");
        octets += static_cast<char>(octet->front());
        i += 2;
    }
    return octets;
}

struct Attribute {
    std::string name;
    std::string value;
};

// "name=value", and takes it off with the separator after it.
Result<Attribute> take_attribute(std::string_view& rest, char separator) {
    const std::string_view one = rest.substr(0, rest.find(separator));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    const std::size_t equals = one.find('=');
    if (equals == 0 || equals == std::string_view::npos)
        return invalid("\"" + std::string(one) + "\" is not written name=value");
    HUTONG_ASSIGN(std::string value, decoded(one.substr(equals + 1)));
    return Attribute{std::string(one.substr(0, equals)), std::move(value)};
}

Result<void> read_pkcs11_path(std::string_view rest, KeyUri& uri) {
    while (!rest.empty()) {
        HUTONG_ASSIGN(Attribute one, take_attribute(rest, ';'));
        if (std::ranges::find(path_attributes, one.name) == path_attributes.end())
            return invalid("the attribute " + one.name +
                           " is not known here; token, object, id and serial are");
        if (one.name == "type" && one.value != "private") return invalid("the type is not private");
        if (one.name != "type" && !uri.attributes.emplace(one.name, std::move(one.value)).second)
            return invalid("the attribute " + one.name + " is there twice");
    }
    if (!uri.attributes.contains("token") && !uri.attributes.contains("serial"))
        return invalid("it names no token: token=LABEL");
    if (!uri.attributes.contains("object") && !uri.attributes.contains("id"))
        return invalid("it names no key: object=LABEL");
    return {};
}

Result<void> read_pkcs11_query(std::string_view rest, KeyUri& uri) {
    while (!rest.empty()) {
        HUTONG_ASSIGN(Attribute one, take_attribute(rest, '&'));
        if (one.name == "pin-value")
            return invalid("a PIN does not belong into a URI, which is logged: keys.pin_file or pin-source");
        if (one.name == "module-path" || one.name == "module-name")
            return invalid("which library is loaded is set by keys.pkcs11_module only");
        if (one.name != "pin-source")
            return invalid("the query attribute " + one.name + " is not known here");
        if (one.value.starts_with("file:")) one.value.erase(0, 5);
        if (!one.value.starts_with('/')) return invalid("pin-source is not the absolute path of a file");
        uri.pin_source = std::move(one.value);
    }
    return {};
}

Result<void> read(std::string_view rest, KeyUri& uri) {
    if (uri.scheme == "pkcs11") {
        const std::string_view path = rest.substr(0, rest.find('?'));
        HUTONG_TRY(read_pkcs11_path(path, uri));
        return read_pkcs11_query(rest.substr(std::min(rest.size(), path.size() + 1)), uri);
    }
    if (uri.scheme != "file") return {};  // the provider's own; the table says whether there is one
    if (rest.starts_with("//")) {
        if (!rest.starts_with("///")) return invalid("a file on another machine is no key of this one");
        rest.remove_prefix(2);
    }
    HUTONG_ASSIGN(uri.path, decoded(rest));
    if (uri.path.empty()) return invalid("it names no file");
    return {};
}

}  // namespace

Result<KeyUri> parse_key_uri(std::string_view text) {
    const std::size_t colon = text.find(':');
    const bool printable = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
    if (text.size() > longest_uri || !printable || colon == 0 || colon == std::string_view::npos)
        return invalid("a key's URI is file:NAME or pkcs11:token=LABEL;object=LABEL, without spaces");
    KeyUri uri;
    uri.scheme = std::string(text.substr(0, colon));
    uri.text = std::string(text);
    if (const Result<void> done = read(text.substr(colon + 1), uri); done.has_error())
        // What is wrong may be a PIN: the text is not shown.
        return done.error().at("the URI of a key, " + uri.scheme + ":…");
    return uri;
}

bool matches(const KeyUri& uri, const KeyUri& wanted) {
    if (uri.scheme != wanted.scheme) return false;
    if (uri.scheme != "file" && uri.scheme != "pkcs11") return uri.text == wanted.text;
    return uri.path == wanted.path && std::ranges::all_of(wanted.attributes, [&](const auto& one) {
               const auto found = uri.attributes.find(one.first);
               return found != uri.attributes.end() && found->second == one.second;
           });
}

std::string pkcs11_uri(const std::map<std::string, std::string>& attributes) {
    std::string text = "pkcs11:";
    for (const auto& [name, value] : attributes)
        text += (text.back() == ':' ? "" : ";") + name + "=" + encoded(value);
    return text;
}

}  // namespace hutong::security
