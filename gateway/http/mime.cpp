#include "gateway/http/mime.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include "gateway/http/text.hpp"

namespace hutong::http {

namespace {

constexpr std::size_t window = 64u << 10;
constexpr std::size_t max_part_headers = 8u << 10;
constexpr std::size_t max_padding = 128;  // white space a delimiter line may end in

// RFC 2046 section 5.1.1.
bool is_boundary(std::string_view text) {
    return !text.empty() && text.size() <= 70 && text.back() != ' ' &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return is_alphanumeric(c) ||
                      std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
           });
}

std::string_view without_angles(std::string_view text) {
    text = trim(text);
    if (text.size() >= 2 && text.front() == '<' && text.back() == '>') return text.substr(1, text.size() - 2);
    return text;
}

Error malformed(std::string_view why) {
    return invalid("multipart body: " + std::string(why));
}

Result<void> take_field(MimePart& part, std::set<std::string>& seen, std::string_view line) {
    const std::size_t colon = line.find(':');
    // "--" would be a boundary that holds a colon, swallowed as a header.
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)) || line.starts_with("--")) {
        return malformed("a part's header line is not of the form Name: value");
    }
    const std::string name = lower(line.substr(0, colon));
    const std::string_view value = trim(line.substr(colon + 1));
    if (!is_field_value(value)) return malformed("a part's header holds a control character");
    if (!seen.insert(name).second) return malformed("a part has the header '" + name + "' twice");
    if (name == "content-type") part.content_type = value;
    if (name == "content-id") part.content_id = without_angles(value);
    if (name == "content-transfer-encoding") part.transfer_encoding = lower(value);
    return {};
}

Result<void> take_fields(MimePart& part, std::string_view rest) {
    std::set<std::string> seen;
    while (!rest.empty()) {
        std::string line;
        do {  // folded lines are one (RFC 5322 section 2.2.3)
            const std::size_t stop = std::min(rest.find("\r\n"), rest.size());
            line += rest.substr(0, stop);
            rest.remove_prefix(std::min(stop + 2, rest.size()));
        } while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t'));
        HUTONG_TRY(take_field(part, seen, line));
    }
    return {};
}

// Bytes outside all parts would travel on unverified.
Result<void> expect_blank(std::string_view bytes, std::uint64_t already, std::string_view where) {
    if (already + bytes.size() > max_padding || bytes.find_first_not_of(" \t\r\n") != std::string_view::npos)
        return malformed("there are bytes " + std::string(where));
    return {};
}

std::size_t find(std::string_view bytes, std::string_view needle) {
    const void* const at = ::memmem(bytes.data(), bytes.size(), needle.data(), needle.size());
    return at == nullptr ? std::string_view::npos
                         : static_cast<std::size_t>(static_cast<const char*>(at) - bytes.data());
}

// How many bytes at the end of `bytes` may be the beginning of `needle`.
std::size_t begun(std::string_view bytes, std::string_view needle) {
    for (std::size_t length = std::min(bytes.size(), needle.size() - 1); length > 0; --length)
        if (bytes.ends_with(needle.substr(0, length))) return length;
    return 0;
}

}  // namespace

Result<MultipartReader> MultipartReader::make(const MediaType& type, unsigned max_parts) {
    const std::string_view boundary = type.parameter("boundary");
    if (!is_boundary(boundary)) return malformed("the boundary parameter is missing or malformed");
    MultipartReader reader;
    reader.line_ = "\r\n--" + std::string(boundary);
    reader.start_ = without_angles(type.parameter("start"));
    reader.said_ = type.parameter("type");
    reader.max_parts_ = max_parts;
    return reader;
}

void MultipartReader::consume(std::string_view& bytes, std::size_t count) {
    bytes.remove_prefix(count);
    offset_ += count;
}

Result<bool> MultipartReader::preamble(std::string_view& bytes) {
    const std::string_view dashes = std::string_view(line_).substr(2);
    if (offset_ == 0 && bytes.size() < dashes.size() && dashes.starts_with(bytes)) return false;
    if (offset_ == 0 && bytes.starts_with(dashes)) {
        consume(bytes, dashes.size());
        in_ = In::delimiter;
        return true;
    }
    const std::size_t at = find(bytes, line_);
    const std::size_t blank = at == std::string_view::npos ? bytes.size() - begun(bytes, line_) : at;
    HUTONG_TRY(expect_blank(bytes.substr(0, blank), offset_, "before the first part"));
    if (at == std::string_view::npos) return false;  // it is short: looked at again as a whole
    consume(bytes, at + line_.size());
    in_ = In::delimiter;
    return true;
}

// The rest of a delimiter line, behind the boundary.
Result<bool> MultipartReader::delimiter(std::string_view& bytes, bool last) {
    std::string_view rest = bytes.substr(0, max_padding + 4);
    if (rest.size() < 2 && !last) return false;
    const bool closing = rest.starts_with("--");
    if (closing) rest.remove_prefix(2);
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
    if (rest.size() < 2 && !last && bytes.size() < max_padding + 4 && (rest.empty() || rest.front() == '\r'))
        return false;
    if (rest.starts_with("\r\n")) {
        rest.remove_prefix(2);
    } else if (!(closing && last && rest.empty() && bytes.size() < max_padding + 4)) {
        // RFC 2046 lets a longer line count as the delimiter, most programs do not: such a body has two
        // readings.
        return malformed("a line begins with the boundary but goes on");
    }
    consume(bytes, static_cast<std::size_t>(rest.data() - bytes.data()));
    in_ = closing ? In::epilogue : In::headers;
    if (!closing && found_.parts.size() >= max_parts_)
        return Error{ErrorCode::limit, "multipart body: more than " + std::to_string(max_parts_) + " parts"};
    return true;
}

// A part's header lines. The CRLF that ends them stays: where there is no content it is the delimiter's own.
Result<bool> MultipartReader::headers(std::string_view& bytes) {
    const std::string_view window = bytes.substr(0, max_part_headers);
    if (window.size() < 2) return false;
    if (window.starts_with("\r\n")) {
        HUTONG_TRY(begin_content(offset_ + 2, {}));
        return true;
    }
    const std::size_t end = find(window, "\r\n\r\n");
    if (end == std::string_view::npos) {
        if (window.size() < max_part_headers) return false;
        return malformed("a part's header is too long or has no end");
    }
    HUTONG_TRY(begin_content(offset_ + end + 4, window.substr(0, end)));
    consume(bytes, end + 2);
    return true;
}

Result<void> MultipartReader::begin_content(std::uint64_t begin, std::string_view header_lines) {
    MimePart part;
    part.begin = part.end = begin;
    HUTONG_TRY(take_fields(part, header_lines));
    if (!part.content_id.empty() && !ids_.insert(part.content_id).second)
        return malformed("the Content-ID <" + part.content_id + "> is used twice");
    const bool root = !root_known_ && (start_.empty() || part.content_id == start_);
    if (root) {
        HUTONG_TRY(judge_root(part));
        root_known_ = true;
        found_.root = found_.parts.size();
    }
    found_.parts.push_back(std::move(part));
    in_ = In::content;
    return {};
}

Result<void> MultipartReader::judge_root(const MimePart& part) {
    const auto type = parse_media_type(part.content_type);
    if (type.has_error()) return malformed("the root part: " + type.error().detail);
    if (!said_.empty() && !same_ignoring_case(said_, type->type))
        return malformed("the root part is not of the type that type= names");
    const std::string& encoding = part.transfer_encoding;
    if (!encoding.empty() && encoding != "7bit" && encoding != "8bit" && encoding != "binary")
        return malformed("the root part has the transfer encoding '" + encoding +
                         "'; send it as binary or 8bit");
    found_.xop = type->type == "application/xop+xml";
    return {};
}

Result<bool> MultipartReader::content(std::string_view& bytes) {
    MimePart& part = found_.parts.back();
    const std::size_t at = find(bytes, line_);
    if (at == std::string_view::npos) {
        consume(bytes, bytes.size() - begun(bytes, line_));
        part.end = std::max(part.end, offset_);
        return false;
    }
    part.begin = std::min(part.begin, offset_ + at);
    part.end = offset_ + at;
    consume(bytes, at + line_.size());
    in_ = In::delimiter;
    return true;
}

Result<bool> MultipartReader::epilogue(std::string_view& bytes) {
    HUTONG_TRY(expect_blank(bytes, epilogue_, "after the closing delimiter"));
    epilogue_ += bytes.size();
    consume(bytes, bytes.size());
    return false;
}

Result<bool> MultipartReader::step(std::string_view& bytes, bool last) {
    switch (in_) {
        case In::preamble:
            return preamble(bytes);
        case In::delimiter:
            return delimiter(bytes, last);
        case In::headers:
            return headers(bytes);
        case In::content:
            return content(bytes);
        case In::epilogue:
            break;
    }
    return epilogue(bytes);
}

Result<void> MultipartReader::run(std::string_view& bytes, bool last) {
    for (bool on = true; on;) {
        HUTONG_ASSIGN(on, step(bytes, last));
    }
    return {};
}

Result<void> MultipartReader::feed(std::string_view bytes) {
    if (held_.empty()) {
        HUTONG_TRY(run(bytes, false));
        held_ = bytes;
        return {};
    }
    held_.append(bytes);
    std::string_view all(held_);
    HUTONG_TRY(run(all, false));
    held_.erase(0, held_.size() - all.size());
    return {};
}

Result<void> MultipartReader::finish() {
    std::string_view rest(held_);
    HUTONG_TRY(run(rest, true));
    if (in_ != In::epilogue) return malformed("the closing delimiter is missing");
    if (found_.parts.empty()) return malformed("there are no parts");
    if (!root_known_) return malformed("no part has the Content-ID that start= names");
    return {};
}

Result<Multipart> parse_multipart(const Payload& payload, const MediaType& type, unsigned max_parts) {
    HUTONG_ASSIGN(MultipartReader reader, MultipartReader::make(type, max_parts));
    if (payload.in_memory()) {
        HUTONG_TRY(reader.feed(payload.memory()));
    } else {
        std::vector<char> buffer(window);
        for (std::uint64_t at = 0; at < payload.size();) {
            HUTONG_ASSIGN(const std::size_t got, payload.read(at, buffer.data(), buffer.size()));
            HUTONG_TRY(reader.feed({buffer.data(), got}));
            at += got;
        }
    }
    HUTONG_TRY(reader.finish());
    return reader.found();
}

}  // namespace hutong::http
