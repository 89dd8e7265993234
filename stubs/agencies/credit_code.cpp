#include "stubs/agencies/credit_code.hpp"

#include <array>
#include <stdexcept>

namespace hutong::agencies {

namespace {

bool all_of(std::string_view text, std::string_view alphabet) {
    return text.find_first_not_of(alphabet) == std::string_view::npos;
}

constexpr std::string_view digits = "0123456789";
constexpr std::string_view organisation_alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

}  // namespace

std::optional<char> organisation_check(std::string_view body8) {
    static constexpr std::array weights{3u, 7u, 9u, 10u, 5u, 8u, 4u, 2u};
    if (body8.size() != weights.size() || !all_of(body8, organisation_alphabet)) return std::nullopt;
    std::size_t sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) sum += organisation_alphabet.find(body8[i]) * weights[i];
    const std::size_t check = (11 - sum % 11) % 11;
    return check == 10 ? 'X' : static_cast<char>('0' + check);
}

std::optional<char> credit_check(std::string_view body17) {
    if (body17.size() != 17 || !all_of(body17, credit_alphabet)) return std::nullopt;
    std::size_t sum = 0;
    std::size_t weight = 1;  // 3 to the power of the position, modulo 31
    for (const char c : body17) {
        sum += credit_alphabet.find(c) * weight;
        weight = weight * 3 % 31;
    }
    return credit_alphabet[(31 - sum % 31) % 31];
}

std::optional<CodeProblem> check_organisation_code(std::string_view code9) {
    if (code9.size() != 9) return CodeProblem::length;
    const auto check = organisation_check(code9.substr(0, 8));
    if (!check || !all_of(code9.substr(8), "0123456789X")) return CodeProblem::alphabet;
    if (*check != code9[8]) return CodeProblem::organisation_check;
    return std::nullopt;
}

std::optional<CodeProblem> check_credit_code(std::string_view code18) {
    if (code18.size() != 18) return CodeProblem::length;
    if (!all_of(code18, credit_alphabet) || !all_of(code18.substr(2, 6), digits))
        return CodeProblem::alphabet;
    // The outer check character first: it covers all the rest.
    if (credit_check(code18.substr(0, 17)) != code18[17]) return CodeProblem::credit_check;
    return check_organisation_code(organisation_of(code18));
}

std::string make_credit_code(std::string_view category2, std::string_view region6, std::string_view body8) {
    if (category2.size() != 2 || region6.size() != 6 || !all_of(region6, digits))
        throw std::invalid_argument(
            "a credit code needs two characters of category and six digits of region");
    std::string code = std::string(category2) + std::string(region6) + std::string(body8);
    const auto organisation = organisation_check(body8);
    if (!organisation)
        throw std::invalid_argument("a credit code needs eight characters of organisation code");
    code += *organisation;
    const auto check = credit_check(code);
    if (!check) throw std::invalid_argument("a character of the credit code is not in its alphabet");
    return code + *check;
}

}  // namespace hutong::agencies
