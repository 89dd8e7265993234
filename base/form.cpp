#include "base/form.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace hutong {

namespace {

Result<std::string> decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            plain += ' ';
        } else if (text[i] != '%') {
            plain += text[i];
        } else {
            const auto byte = from_hex(text.substr(i + 1, 2));
            if (byte.has_error() || byte->size() != 1)
                return invalid("the query holds a % that two hexadecimal digits do not follow");
            plain += static_cast<char>(byte->front());
            i += 2;
        }
    }
    return plain;
}

}  // namespace

Result<std::vector<FormParameter>> read_form(std::string_view text) {
    std::vector<FormParameter> all;
    for (std::size_t at = 0, end = 0; at < text.size(); at = end + 1) {
        end = std::min(text.find('&', at), text.size());
        const std::string_view pair = text.substr(at, end - at);
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        HUTONG_ASSIGN(std::string name, decoded(pair.substr(0, equals)));
        HUTONG_ASSIGN(std::string value, decoded(pair.substr(std::min(equals + 1, pair.size()))));
        all.push_back({std::move(name), std::move(value)});
    }
    return all;
}

}  // namespace hutong
