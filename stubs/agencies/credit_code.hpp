// Unified social credit codes (GB 32100-2015) and organisation codes (GB 11714-1997): check characters and
// parts.
//
// Pure functions on ASCII text; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hutong::agencies {

// 31 characters: digits and letters without I, O, S, V and Z, which people mistake for 1, 0, 5, U and 2.
inline constexpr std::string_view credit_alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

// What is wrong with a code; the first thing found.
enum class CodeProblem { length, alphabet, organisation_check, credit_check };

// GB 11714-1997 section 5: the ninth character for eight characters [0-9A-Z]. Nullopt when the body isn't
// that.
std::optional<char> organisation_check(std::string_view body8);

// GB 32100-2015 appendix A: the 18th character for the first 17. Nullopt when the body isn't in the alphabet.
std::optional<char> credit_check(std::string_view body17);

// Nullopt when the code is right.
std::optional<CodeProblem> check_organisation_code(std::string_view code9);
std::optional<CodeProblem> check_credit_code(std::string_view code18);

// Builds a code from its parts: two characters for authority and category ("91" is a company registered with
// the industry and commerce administration), six digits of region (GB/T 2260), eight characters of
// organisation code. Throws std::invalid_argument when a part is not in its alphabet or length.
std::string make_credit_code(std::string_view category2, std::string_view region6, std::string_view body8);

// The organisation code within a credit code of 18 characters.
inline std::string_view organisation_of(std::string_view code18) {
    return code18.substr(8, 9);
}

}  // namespace hutong::agencies
