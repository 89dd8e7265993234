#include "stubs/agencies/filling.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "stubs/agencies/generator.hpp"
#include "stubs/agencies/schema.hpp"

namespace hutong::agencies {

namespace {

namespace json = boost::json;

// Any constant does, as long as every hutong-agencies uses the same.
constexpr auto lock = "SELECT pg_advisory_xact_lock(4713602001)";
constexpr std::size_t batch_size = 500;

json::object row(const Company& company) {
    return {{"credit_code", company.credit_code},
            {"name", company.name},
            {"status", company.status},
            {"legal_person", company.legal_person},
            {"registered_capital", company.registered_capital},
            {"established_on", company.established_on},
            {"region_code", company.region_code},
            {"address", company.address},
            {"business_scope", company.business_scope}};
}

json::object row(const Organisation& organisation) {
    return {{"organisation_code", organisation.organisation_code},
            {"credit_code", organisation.credit_code},
            {"name", organisation.name},
            {"address", organisation.address},
            {"issued_on", organisation.issued_on},
            {"valid_until", organisation.valid_until}};
}

json::object row(const TaxAccount& account) {
    return {{"bureau", to_string(account.bureau)},
            {"credit_code", account.credit_code},
            {"taxpayer_name", account.taxpayer_name},
            {"standing", account.standing},
            {"rating", account.rating},
            {"tax_office", account.tax_office},
            {"registered_on", account.registered_on}};
}

json::object row(const TaxAccount& account, const Arrears& arrears) {
    return {{"bureau", to_string(account.bureau)},
            {"credit_code", account.credit_code},
            {"tax_kind", arrears.tax_kind},
            {"period", arrears.period},
            {"amount", arrears.amount},
            {"due_on", arrears.due_on}};
}

}  // namespace

Awaitable<Result<void>> insert(pg::Session& session, const std::vector<Dossier>& dossiers) {
    json::array companies;
    json::array organisations;
    json::array accounts;
    json::array arrears;
    for (const Dossier& dossier : dossiers) {
        companies.push_back(row(dossier.company));
        organisations.push_back(row(dossier.organisation));
        for (const TaxAccount* account : {&dossier.state_tax, &dossier.local_tax}) {
            accounts.push_back(row(*account));
            for (const Arrears& one : account->arrears) arrears.push_back(row(*account, one));
        }
    }
    const std::pair<const char*, const json::array*> steps[]{{schema::fill_company, &companies},
                                                             {schema::fill_organisation, &organisations},
                                                             {schema::fill_tax_account, &accounts},
                                                             {schema::fill_arrears, &arrears}};
    for (const auto& [sql, rows] : steps) {
        pg::Params params{json::serialize(*rows)};
        auto done = co_await session.query(sql, std::move(params));
        if (!done) co_return done.error();
    }
    co_return Result<void>();
}

Awaitable<Result<void>> create_if_absent(pg::Pool& pool, unsigned companies, std::uint64_t seed) {
    co_return co_await pool.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        auto locked = co_await session.query(lock);
        if (!locked) co_return locked.error();
        auto present = co_await session.query("SELECT to_regclass('demo_agencies.company') IS NOT NULL");
        if (!present) co_return present.error();
        if (present->boolean(0, 0)) co_return Result<void>();

        for (const char* statement : schema::create) {
            auto done = co_await session.query(statement);
            if (!done) co_return done.error();
        }
        Generator generator(seed);
        std::vector<Dossier> batch;
        for (std::size_t left = companies; left > 0; left -= batch.size()) {
            batch.clear();
            for (std::size_t i = std::min(left, batch_size); i > 0; --i) batch.push_back(generator.next());
            auto done = co_await insert(session, batch);
            if (!done) co_return done.error();
        }
        co_return Result<void>();
    });
}

}  // namespace hutong::agencies
