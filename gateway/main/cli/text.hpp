// Text for people on a terminal: tables that line up with Chinese in them, and values that can't play tricks
// on it.
//
// Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hutong::cli {

// Columns as wide as their widest cell (East Asian wide characters count two), two blanks apart.
std::string table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows);

std::size_t display_width(std::string_view utf8);

// Control characters and line breaks as blanks.
std::string one_line(std::string_view text);

}  // namespace hutong::cli
