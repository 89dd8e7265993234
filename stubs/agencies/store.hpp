// The four registers in PostgreSQL (schema demo_agencies): created and filled when absent, then read and
// written.
//
// Thread-safe; calls block their thread until the database has answered. Error: unavailable when it is away,
// conflict when a company name is taken.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "stubs/agencies/records.hpp"

namespace hutong::agencies {

struct StoreOptions {
    std::string url;  // postgresql://…
    unsigned connections{8};
    unsigned companies{3000};  // how many a new schema is filled with
    std::uint64_t seed{20160101};
};

struct CompanySummary {
    std::string credit_code;
    std::string name;
    std::string status;
};

struct FoundCompanies {
    std::int64_t total{0};  // all matches, also those beyond the rows asked for
    std::vector<CompanySummary> rows;
};

// What an applicant gives; the register adds code, status and date.
struct Application {
    std::string name;
    std::string legal_person;
    std::string registered_capital;
    std::string region_code;  // one of regions()
    std::string address;
    std::string business_scope;
};

class Store {
  public:
    static Result<std::unique_ptr<Store>> open(const StoreOptions& options);
    ~Store();

    Result<std::optional<Company>> company(std::string_view credit_code);
    Result<FoundCompanies> find_companies(std::string_view name_part, int max_rows);
    Result<Company> register_company(const Application& application);
    Result<std::optional<Organisation>> organisation(std::string_view organisation_code);
    Result<bool> issued(std::string_view credit_code);
    Result<std::optional<TaxAccount>> tax_account(Bureau bureau, std::string_view credit_code);

  private:
    struct State;
    explicit Store(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace hutong::agencies
