#include "stubs/agencies/store.hpp"

#include <exception>
#include <future>
#include <thread>

#include "base/pg/pool.hpp"
#include "stubs/agencies/credit_code.hpp"
#include "stubs/agencies/filling.hpp"
#include "stubs/agencies/generator.hpp"
#include "stubs/agencies/regions.hpp"

namespace hutong::agencies {

namespace {

constexpr auto select_company =
    "SELECT credit_code, name, status, legal_person, registered_capital::text, established_on::text, "
    "region_code, "
    "address, business_scope FROM demo_agencies.company WHERE credit_code = $1";

// position() and not LIKE: a % in the caller's text is only a character.
constexpr auto select_by_name =
    "SELECT credit_code, name, status, count(*) OVER () FROM demo_agencies.company "
    "WHERE position($1 IN name) > 0 ORDER BY name LIMIT $2::int";

constexpr auto select_organisation =
    "SELECT organisation_code, credit_code, name, address, issued_on::text, valid_until::text "
    "FROM demo_agencies.organisation WHERE organisation_code = $1";

constexpr auto select_account =
    "SELECT taxpayer_name, standing, rating, tax_office, registered_on::text, "
    "(SELECT coalesce(sum(amount), 0)::numeric(18, 2)::text FROM demo_agencies.arrears a "
    " WHERE a.bureau = t.bureau AND a.credit_code = t.credit_code) "
    "FROM demo_agencies.tax_account t WHERE bureau = $1 AND credit_code = $2";

constexpr auto select_arrears =
    "SELECT tax_kind, period, amount::text, due_on::text FROM demo_agencies.arrears "
    "WHERE bureau = $1 AND credit_code = $2 ORDER BY due_on, tax_kind, amount";

std::string text(const pg::Rows& rows, std::size_t column, std::size_t row = 0) {
    return std::string(rows.text(row, column));
}

// Organisation code bodies for new registrations begin with MD, those of the generated data with MA.
std::string registration_body(std::int64_t serial) {
    std::string tail(6, credit_alphabet[0]);
    for (std::size_t i = tail.size(); i-- > 0 && serial > 0; serial /= 31)
        tail[i] = credit_alphabet[static_cast<std::size_t>(serial % 31)];
    return "MD" + tail;
}

Dossier dossier_of(const Application& application, std::int64_t serial, std::string today) {
    Dossier dossier;
    dossier.company = {
        .credit_code = make_credit_code("91", application.region_code, registration_body(serial)),
        .name = application.name,
        .status = "active",
        .legal_person = application.legal_person,
        .registered_capital = application.registered_capital,
        .established_on = std::move(today),
        .region_code = application.region_code,
        .address = application.address,
        .business_scope = application.business_scope};
    dossier.organisation = organisation_of(dossier.company);
    const Region* region = find_region(application.region_code);
    const std::string city(region ? region->city : "");
    dossier.state_tax = {.bureau = Bureau::state,
                         .credit_code = dossier.company.credit_code,
                         .taxpayer_name = application.name,
                         .standing = "normal",
                         .rating = "M",  // what a new taxpayer starts with
                         .tax_office = city + "国家税务局",
                         .registered_on = dossier.company.established_on,
                         .arrears_total = "0.00",
                         .arrears = {}};
    dossier.local_tax = dossier.state_tax;
    dossier.local_tax.bureau = Bureau::local;
    dossier.local_tax.tax_office = city + "地方税务局";
    return dossier;
}

config::Database database_options(unsigned connections) {
    config::Database options;
    options.pool_size = connections;
    return options;
}

}  // namespace

struct Store::State {
    explicit State(const StoreOptions& options)
        : pool(context.get_executor(), database_options(options.connections), options.url),
          thread([this] { context.run(); }) {}

    ~State() {
        pool.close();
        keep_running.reset();
        context.stop();
        thread.join();
    }

    // Runs `work` on the database thread while this one waits.
    template <class T>
    Result<T> wait(Awaitable<Result<T>> work) {
        std::promise<Result<T>> promise;
        auto answer = promise.get_future();
        asio::co_spawn(context, std::move(work), [&promise](std::exception_ptr failed, Result<T> result) {
            if (failed)
                promise.set_exception(failed);
            else
                promise.set_value(std::move(result));
        });
        return answer.get();
    }

    Result<pg::Rows> query(const char* sql, pg::Params params) {
        return wait(pool.query(sql, std::move(params)));
    }

    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> keep_running{context.get_executor()};
    pg::Pool pool;
    std::thread thread;
};

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options) {
    auto state = std::make_unique<State>(options);
    auto ready = state->wait(create_if_absent(state->pool, options.companies, options.seed));
    if (!ready) return ready.error().at("demo_agencies");
    return std::unique_ptr<Store>(new Store(std::move(state)));
}

Result<std::optional<Company>> Store::company(std::string_view credit_code) {
    HUTONG_ASSIGN(const pg::Rows rows, state_->query(select_company, {std::string(credit_code)}));
    if (rows.empty()) return std::optional<Company>();
    return std::optional(Company{.credit_code = text(rows, 0),
                                 .name = text(rows, 1),
                                 .status = text(rows, 2),
                                 .legal_person = text(rows, 3),
                                 .registered_capital = text(rows, 4),
                                 .established_on = text(rows, 5),
                                 .region_code = text(rows, 6),
                                 .address = text(rows, 7),
                                 .business_scope = text(rows, 8)});
}

Result<FoundCompanies> Store::find_companies(std::string_view name_part, int max_rows) {
    HUTONG_ASSIGN(const pg::Rows rows,
                  state_->query(select_by_name, {std::string(name_part), std::to_string(max_rows)}));
    FoundCompanies found;
    if (!rows.empty()) found.total = rows.integer(0, 3);
    for (std::size_t row = 0; row < rows.size(); ++row)
        found.rows.push_back({text(rows, 0, row), text(rows, 1, row), text(rows, 2, row)});
    return found;
}

Result<Company> Store::register_company(const Application& application) {
    Dossier dossier;
    auto done = state_->wait(state_->pool.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        auto serial =
            co_await session.query("SELECT nextval('demo_agencies.registration'), current_date::text");
        if (!serial) co_return serial.error();
        dossier = dossier_of(application, serial->integer(0, 0), text(*serial, 1));
        std::vector<Dossier> one{dossier};
        co_return co_await insert(session, one);
    }));
    if (!done) return done.error();
    return std::move(dossier.company);
}

Result<std::optional<Organisation>> Store::organisation(std::string_view organisation_code) {
    HUTONG_ASSIGN(const pg::Rows rows, state_->query(select_organisation, {std::string(organisation_code)}));
    if (rows.empty()) return std::optional<Organisation>();
    return std::optional(Organisation{.organisation_code = text(rows, 0),
                                      .credit_code = text(rows, 1),
                                      .name = text(rows, 2),
                                      .address = text(rows, 3),
                                      .issued_on = text(rows, 4),
                                      .valid_until = text(rows, 5)});
}

Result<bool> Store::issued(std::string_view credit_code) {
    HUTONG_ASSIGN(const std::optional<Company> found, company(credit_code));
    return found.has_value();
}

Result<std::optional<TaxAccount>> Store::tax_account(Bureau bureau, std::string_view credit_code) {
    const pg::Params key{std::string(to_string(bureau)), std::string(credit_code)};
    HUTONG_ASSIGN(const pg::Rows rows, state_->query(select_account, key));
    if (rows.empty()) return std::optional<TaxAccount>();
    TaxAccount account{.bureau = bureau,
                       .credit_code = std::string(credit_code),
                       .taxpayer_name = text(rows, 0),
                       .standing = text(rows, 1),
                       .rating = text(rows, 2),
                       .tax_office = text(rows, 3),
                       .registered_on = text(rows, 4),
                       .arrears_total = text(rows, 5),
                       .arrears = {}};
    HUTONG_ASSIGN(const pg::Rows arrears, state_->query(select_arrears, key));
    for (std::size_t row = 0; row < arrears.size(); ++row)
        account.arrears.push_back(
            {text(arrears, 0, row), text(arrears, 1, row), text(arrears, 2, row), text(arrears, 3, row)});
    return std::optional(std::move(account));
}

}  // namespace hutong::agencies
