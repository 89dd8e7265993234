#include "gateway/main/cli/text.hpp"

#include <algorithm>

namespace hutong::cli {

namespace {

// The next code point; a malformed byte counts as itself.
char32_t next(std::string_view text, std::size_t& at) {
    const auto first = static_cast<unsigned char>(text[at++]);
    const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
    char32_t code = more == 3 ? first & 0x07u : more == 2 ? first & 0x0fu : more == 1 ? first & 0x1fu : first;
    for (int i = 0; i < more && at < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if ((byte & 0xc0u) != 0x80u) break;
        code = code << 6 | (byte & 0x3fu);
        ++at;
    }
    return code;
}

// Unicode East Asian Width W and F, in the blocks that names here are written in.
bool is_wide(char32_t code) {
    return (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) ||
           (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) ||
           (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) ||
           (code >= 0xffe0 && code <= 0xffe6) || (code >= 0x20000 && code <= 0x3fffd);
}

}  // namespace

std::size_t display_width(std::string_view utf8) {
    std::size_t width = 0;
    for (std::size_t at = 0; at < utf8.size();) width += is_wide(next(utf8, at)) ? 2 : 1;
    return width;
}

std::string one_line(std::string_view text) {
    std::string line;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        const char32_t code = next(text, at);
        const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029;
        if (control)
            line += ' ';
        else
            line += text.substr(begin, at - begin);
    }
    return line;
}

std::string table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::vector<std::string>> all{head};
    for (const auto& row : rows) {
        auto& cleaned = all.emplace_back();
        for (const std::string& cell : row) cleaned.push_back(one_line(cell));
    }
    std::vector<std::size_t> widths(head.size());
    for (const auto& row : all)
        for (std::size_t i = 0; i < widths.size(); ++i)
            widths[i] = std::max(widths[i], display_width(row[i]));
    std::string text;
    for (const auto& row : all) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += row[i];
            if (i + 1 < row.size()) text.append(widths[i] - display_width(row[i]) + 2, ' ');
        }
        text += '\n';
    }
    return text;
}

}  // namespace hutong::cli
