#include "gateway/http/message.hpp"

#include <algorithm>

#include "gateway/http/text.hpp"

namespace hutong::http {

void Headers::add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string_view name, std::string value) {
    remove(name);
    fields_.emplace_back(std::string(name), std::move(value));
}

void Headers::remove(std::string_view name) {
    std::erase_if(fields_, [&](const auto& field) { return same_ignoring_case(field.first, name); });
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
    for (const auto& [field, value] : fields_) {
        if (same_ignoring_case(field, name)) return value;
    }
    return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
    return static_cast<std::size_t>(std::count_if(fields_.begin(), fields_.end(), [&](const auto& field) {
        return same_ignoring_case(field.first, name);
    }));
}

std::string_view MediaType::parameter(std::string_view name) const {
    for (const auto& [key, value] : parameters) {
        if (key == name) return value;
    }
    return {};
}

namespace {

Error bad_media_type(std::string_view why) {
    return invalid("media type " + std::string(why));
}

// Takes a quoted-string (RFC 9110 section 5.6.4) off the front of `rest`.
Result<std::string> take_quoted(std::string_view& rest) {
    std::string value;
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] == '"') {
            rest.remove_prefix(i + 1);
            return value;
        }
        if (rest[i] == '\\' && ++i == rest.size()) break;
        value += rest[i];
    }
    return bad_media_type("has a quoted parameter value without an end");
}

// Values without quotes may hold what a token may not ("/", "<"): many SOAP stacks write type=text/xml.
Result<std::string> take_bare(std::string_view& rest) {
    const std::size_t end = std::min(rest.find_first_of("; \t"), rest.size());
    std::string value(rest.substr(0, end));
    if (value.empty() || value.find_first_of("\",") != std::string::npos) {
        return bad_media_type("has a parameter value that is empty or needs quotes");
    }
    rest.remove_prefix(end);
    return value;
}

}  // namespace

Result<MediaType> parse_media_type(std::string_view text) {
    if (!is_field_value(text)) return bad_media_type("holds a control character");
    text = trim(text);
    const std::size_t end = std::min(text.find_first_of("; \t"), text.size());
    const std::string_view name = text.substr(0, end);
    const std::size_t slash = name.find('/');
    if (slash == std::string_view::npos || !is_token(name.substr(0, slash)) ||
        !is_token(name.substr(slash + 1))) {
        return bad_media_type("is not of the form type/subtype");
    }
    MediaType result{lower(name), {}};
    std::string_view rest = trim(text.substr(end));
    while (!rest.empty()) {
        if (rest.front() != ';') return bad_media_type("has text after a value where ';' is due");
        rest = trim(rest.substr(1));
        if (rest.empty() || rest.front() == ';') continue;
        const std::size_t equals = rest.find('=');
        if (equals == std::string_view::npos || !is_token(rest.substr(0, equals)) ||
            rest.substr(0, equals).find('*') != std::string_view::npos) {
            return bad_media_type("has a parameter that is not of the form name=value");
        }
        std::string parameter = lower(rest.substr(0, equals));
        rest.remove_prefix(equals + 1);
        auto value = !rest.empty() && rest.front() == '"' ? take_quoted(rest) : take_bare(rest);
        if (value.has_error()) return value.error();
        for (const auto& known : result.parameters) {
            // Which of the two counts differs between programs, and that difference can be used.
            if (known.first == parameter)
                return bad_media_type("has the parameter '" + parameter + "' twice");
        }
        result.parameters.emplace_back(std::move(parameter), std::move(*value));
        rest = trim(rest);
    }
    return result;
}

Awaitable<Result<void>> Request::read_body(Payload& into) {
    PayloadSink sink(into);
    for (bool more = true; more;) {
        const auto read = co_await read_some(sink);
        if (read.has_error()) co_return read.error();
        more = *read;
    }
    co_return Result<void>{};
}

std::uint64_t Response::size() const {
    std::uint64_t total = 0;
    for (const Piece& piece : body) total += piece.size();
    return total;
}

Response text_response(unsigned status, std::string content_type, std::string text) {
    Response response;
    response.status = status;
    response.headers.add("Content-Type", std::move(content_type));
    response.body.push_back({std::move(text), nullptr, 0, 0});
    return response;
}

}  // namespace hutong::http
