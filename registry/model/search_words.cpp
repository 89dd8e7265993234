#include "registry/model/search_words.hpp"

#include <set>

namespace hutong::registry {

namespace {

constexpr std::size_t most_word_bytes = 64;

enum class Script { none, letters, ideographs };

struct Character {
    std::string_view bytes;
    char32_t code{0};
};

// The next one; code 0 for a byte that begins none.
Character next_of(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t size = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
    if (size == 0 || size > text.size()) return {text.substr(0, 1), 0};
    char32_t code = size == 1 ? lead : lead & (0x7fu >> size);
    for (std::size_t i = 1; i < size; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xc0) != 0x80) return {text.substr(0, 1), 0};
        code = code << 6 | (byte & 0x3f);
    }
    return {text.substr(0, size), code};
}

bool is_between(char32_t code, char32_t first, char32_t last) {
    return code >= first && code <= last;
}

bool is_upper(char32_t code) {
    return is_between(code, U'A', U'Z');
}

bool is_lower(char32_t code) {
    return is_between(code, U'a', U'z');
}

Script script_of(char32_t code) {
    if (is_upper(code) || is_lower(code) || is_between(code, U'0', U'9')) return Script::letters;
    if (code < 0xc0 || code == 0xd7 || code == 0xf7) return Script::none;
    if (is_between(code, 0x3400, 0x9fff) || is_between(code, 0xf900, 0xfaff) ||
        is_between(code, 0x20000, 0x3ffff) || is_between(code, 0x3040, 0x30ff) ||
        is_between(code, 0xac00, 0xd7af) || code == 0x3007)
        return Script::ideographs;
    // Punctuation of all kinds, and forms of it in full width.
    if (is_between(code, 0x2000, 0x2bff) || is_between(code, 0x3000, 0x303f) ||
        is_between(code, 0xfe00, 0xff0f) || is_between(code, 0xff1a, 0xff20))
        return Script::none;
    return Script::letters;
}

struct Run {
    Script script{Script::none};
    std::vector<Character> characters;
};

std::vector<Run> runs_of(std::string_view text) {
    std::vector<Run> runs;
    Script before = Script::none;
    while (!text.empty()) {
        const Character character = next_of(text);
        text.remove_prefix(character.bytes.size());
        const Script script = script_of(character.code);
        if (script != Script::none) {
            if (script != before) runs.push_back({script, {}});
            runs.back().characters.push_back(character);
        }
        before = script;
    }
    return runs;
}

std::string joined(const Run& run, std::size_t from, std::size_t to) {
    std::string text;
    for (std::size_t i = from; i < to; ++i) text += run.characters[i].bytes;
    return text;
}

std::string lower(const Run& run, std::size_t from, std::size_t to) {
    std::string text;
    for (std::size_t i = from; i < to; ++i) {
        const Character& one = run.characters[i];
        if (text.size() + one.bytes.size() > most_word_bytes) break;
        if (is_upper(one.code))
            text += static_cast<char>(one.code - U'A' + U'a');
        else
            text += one.bytes;
    }
    return text;
}

// getCompany, XMLParser: a part begins at a capital after a small letter, and at the last of several
// capitals.
std::vector<std::string> parts_of(const Run& run) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    const auto code = [&](std::size_t i) { return i < run.characters.size() ? run.characters[i].code : 0; };
    for (std::size_t i = 1; i < run.characters.size(); ++i) {
        if (!is_upper(code(i)) || (is_upper(code(i - 1)) && !is_lower(code(i + 1)))) continue;
        parts.push_back(lower(run, begin, i));
        begin = i;
    }
    parts.push_back(lower(run, begin, run.characters.size()));
    return parts;
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
    std::set<std::string> words;
    for (const Run& run : runs_of(text)) {
        if (run.script == Script::letters) {
            words.insert(lower(run, 0, run.characters.size()));
            for (std::string& part : parts_of(run)) words.insert(std::move(part));
            continue;
        }
        for (std::size_t i = 0; i < run.characters.size(); ++i) {
            words.insert(joined(run, i, i + 1));
            if (i + 1 < run.characters.size()) words.insert(joined(run, i, i + 2));
        }
    }
    return {words.begin(), words.end()};
}

SearchQuery search_query(std::string_view text) {
    std::set<std::string> words, phrases;
    for (const Run& run : runs_of(text)) {
        const std::size_t size = run.characters.size();
        if (run.script == Script::letters) {
            for (std::string& part : parts_of(run)) words.insert(std::move(part));
        } else if (size == 1) {
            words.insert(joined(run, 0, 1));
        } else {
            for (std::size_t i = 0; i + 1 < size; ++i) words.insert(joined(run, i, i + 2));
            if (size > 2) phrases.insert(joined(run, 0, size));
        }
    }
    return {{words.begin(), words.end()}, {phrases.begin(), phrases.end()}};
}

}  // namespace hutong::registry
