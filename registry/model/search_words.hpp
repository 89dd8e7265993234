// The words of a text, for an index that finds Chinese words of two characters as well as English ones.
//
// A run of Han characters, kana or hangul has each character and each pair of neighbours as words: 企业信息
// is found by 企业, 业信, 信息. A run of other letters and digits is a word in lower case (ASCII letters
// only), and so is each of its parts where case shows them: GetCompanyInfo is found by getcompanyinfo, get,
// company, info. Texts are UTF-8; bytes that are none part words. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hutong::registry {

// Each once, sorted; none has a blank. A word has 64 bytes at most.
std::vector<std::string> words_of(std::string_view text);

// What somebody looks for: all words must be there, and so must the phrases, as they are written, since pairs
// may stand apart.
struct SearchQuery {
    std::vector<std::string> words;
    std::vector<std::string> phrases;
};
SearchQuery search_query(std::string_view text);

}  // namespace hutong::registry
