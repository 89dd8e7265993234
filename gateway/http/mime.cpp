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

// The payload seen through a window that moves forward: searching needs memory for the window only.
class Scanner {
  public:
    explicit Scanner(const Payload& payload) : payload_(payload), size_(payload.size()) {}

    std::uint64_t size() const { return size_; }

    // Up to `length` bytes at `offset`; fewer at the end only. Valid until the next call.
    Result<std::string_view> at(std::uint64_t offset, std::size_t length) {
        if (payload_.in_memory()) return payload_.memory().substr(std::min(offset, size_), length);
        const std::uint64_t end = std::min(size_, offset + length);
        if (offset < begin_ || end > begin_ + buffer_.size()) {
            buffer_.resize(window);
            HUTONG_ASSIGN(const std::size_t got, payload_.read(offset, buffer_.data(), window));
            buffer_.resize(got);
            begin_ = offset;
        }
        return std::string_view(buffer_).substr(offset - begin_, length);
    }

    // Where `needle` begins at or behind `from`; size() when nowhere.
    Result<std::uint64_t> find(std::string_view needle, std::uint64_t from) {
        while (from + needle.size() <= size_) {
            HUTONG_ASSIGN(const std::string_view bytes, at(from, window));
            if (const std::size_t found = bytes.find(needle); found != std::string_view::npos)
                return from + found;
            from += bytes.size() - needle.size() + 1;
        }
        return size_;
    }

  private:
    const Payload& payload_;
    std::uint64_t size_;
    std::uint64_t begin_{0};
    std::string buffer_;
};

// One delimiter line: what lies before it ends at `content_end`, what follows begins at `next`.
struct Delimiter {
    std::uint64_t content_end{0};
    std::uint64_t next{0};
    bool closing{false};
};

Error malformed(std::string_view why) {
    return invalid("multipart body: " + std::string(why));
}

// The delimiter at or behind `from`, where `from` is the beginning of a CRLF or of the payload.
Result<Delimiter> find_delimiter(Scanner& scanner, const std::string& dashes, std::uint64_t from) {
    const std::string line = "\r\n" + dashes;
    Delimiter found;
    HUTONG_ASSIGN(const std::string_view begin, scanner.at(0, dashes.size()));
    std::uint64_t after = 0;
    if (from == 0 && begin == dashes) {
        after = dashes.size();
    } else {
        HUTONG_ASSIGN(found.content_end, scanner.find(line, from));
        if (found.content_end == scanner.size()) return malformed("the closing delimiter is missing");
        after = found.content_end + line.size();
    }
    HUTONG_ASSIGN(std::string_view rest, scanner.at(after, max_padding + 4));
    const std::size_t offered = rest.size();
    if (rest.starts_with("--")) {
        found.closing = true;
        rest.remove_prefix(2);
    }
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
    const bool at_end = rest.empty() && after + offered == scanner.size();
    if (rest.starts_with("\r\n")) {
        rest.remove_prefix(2);
    } else if (!(found.closing && at_end)) {
        // RFC 2046 lets a longer line count as the delimiter, most programs do not: such a body has two
        // readings.
        return malformed("a line begins with the boundary but goes on");
    }
    found.next = after + (offered - rest.size());
    return found;
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

// Reads the headers that begin at part.begin and moves part.begin to the content. Returns where the search
// for the next delimiter begins: the CRLF that ends the headers may be its own when there is no content.
Result<std::uint64_t> read_part_headers(Scanner& scanner, MimePart& part) {
    HUTONG_ASSIGN(const std::string_view bytes, scanner.at(part.begin, max_part_headers));
    const bool none = bytes.starts_with("\r\n");
    const std::size_t end = none ? 0 : bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return malformed("a part's header is too long or has no end");
    std::set<std::string> seen;
    std::string_view rest = bytes.substr(0, end);
    while (!rest.empty()) {
        std::string line;
        do {  // folded lines are one (RFC 5322 section 2.2.3)
            const std::size_t stop = std::min(rest.find("\r\n"), rest.size());
            line += rest.substr(0, stop);
            rest.remove_prefix(std::min(stop + 2, rest.size()));
        } while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t'));
        HUTONG_TRY(take_field(part, seen, line));
    }
    const std::uint64_t headers_begin = part.begin;
    part.begin += none ? 2 : end + 4;
    return none ? headers_begin : part.begin - 2;
}

Result<void> choose_root(Multipart& result, const MediaType& type) {
    std::set<std::string_view> ids;
    for (const MimePart& part : result.parts) {
        if (!part.content_id.empty() && !ids.insert(part.content_id).second) {
            return malformed("the Content-ID <" + part.content_id + "> is used twice");
        }
    }
    if (const std::string_view start = without_angles(type.parameter("start")); !start.empty()) {
        const auto root = std::find_if(result.parts.begin(), result.parts.end(),
                                       [&](const MimePart& part) { return part.content_id == start; });
        if (root == result.parts.end()) return malformed("no part has the Content-ID that start= names");
        result.root = static_cast<std::size_t>(root - result.parts.begin());
    }
    const MimePart& root = result.parts[result.root];
    const auto root_type = parse_media_type(root.content_type);
    if (root_type.has_error()) return root_type.error().at("multipart body: the root part");
    const std::string_view said = type.parameter("type");
    if (!said.empty() && !same_ignoring_case(said, root_type->type)) {
        return malformed("the root part is not of the type that type= names");
    }
    const std::string& encoding = root.transfer_encoding;
    if (!encoding.empty() && encoding != "7bit" && encoding != "8bit" && encoding != "binary") {
        return malformed("the root part has the transfer encoding '" + encoding +
                         "'; send it as binary or 8bit");
    }
    result.xop = root_type->type == "application/xop+xml";
    return {};
}

// Bytes outside all parts would travel on unverified.
Result<void> expect_blank(Scanner& scanner, std::uint64_t from, std::uint64_t to, std::string_view where) {
    if (to - from > max_padding) return malformed("there are bytes " + std::string(where));
    HUTONG_ASSIGN(const std::string_view bytes, scanner.at(from, static_cast<std::size_t>(to - from)));
    if (bytes.find_first_not_of(" \t\r\n") != std::string_view::npos) {
        return malformed("there are bytes " + std::string(where));
    }
    return {};
}

}  // namespace

Result<Multipart> parse_multipart(const Payload& payload, const MediaType& type, unsigned max_parts) {
    const std::string boundary(type.parameter("boundary"));
    if (!is_boundary(boundary)) return malformed("the boundary parameter is missing or malformed");
    const std::string dashes = "--" + boundary;
    Scanner scanner(payload);
    HUTONG_ASSIGN(Delimiter delimiter, find_delimiter(scanner, dashes, 0));
    HUTONG_TRY(expect_blank(scanner, 0, delimiter.content_end, "before the first part"));
    Multipart result;
    while (!delimiter.closing) {
        if (result.parts.size() >= max_parts) {
            return Error{ErrorCode::limit,
                         "multipart body: more than " + std::to_string(max_parts) + " parts"};
        }
        MimePart part;
        part.begin = delimiter.next;
        HUTONG_ASSIGN(const std::uint64_t search, read_part_headers(scanner, part));
        HUTONG_ASSIGN(delimiter, find_delimiter(scanner, dashes, search));
        part.begin = std::min(part.begin, std::max(search, delimiter.content_end));
        part.end = std::max(part.begin, delimiter.content_end);
        result.parts.push_back(std::move(part));
    }
    HUTONG_TRY(expect_blank(scanner, delimiter.next, scanner.size(), "after the closing delimiter"));
    if (result.parts.empty()) return malformed("there are no parts");
    HUTONG_TRY(choose_root(result, type));
    return result;
}

}  // namespace hutong::http
