// Makes up companies and their entries in the four registers, the same ones for the same seed on every
// machine.
//
// Not thread-safe; one Generator per use. The first company is always the sample_credit_code one, so that
// examples and tests have a code they can rely on.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <unordered_set>

#include "stubs/agencies/records.hpp"

namespace hutong::agencies {

// The example code printed in GB 32100-2015.
inline constexpr std::string_view sample_credit_code = "91350100M000100Y43";

class Generator {
  public:
    explicit Generator(std::uint64_t seed) : random_(seed) {}
    Dossier next();

  private:
    std::uint64_t below(std::uint64_t limit);  // 0 … limit-1, the same on every standard library
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    template <class List>
    const auto& pick(const List& list) {
        return list[below(list.size())];
    }
    std::string person();
    std::string date(int first_year, int last_year);
    Company company();
    TaxAccount tax_account(const Company& company, Bureau bureau);

    std::mt19937_64 random_;
    std::unordered_set<std::string> names_;
    std::unordered_set<std::string> bodies_;
    bool sample_made_{false};
};

// The register entries that follow from a company's own: organisation code certificate of ten years.
Organisation organisation_of(const Company& company);

}  // namespace hutong::agencies
