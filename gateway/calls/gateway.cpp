#include "gateway/calls/gateway.hpp"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <thread>
#include <unordered_map>

#include "base/ids.hpp"
#include "base/log.hpp"
#include "gateway/calls/contract_pages.hpp"
#include "gateway/calls/default_pipeline.hpp"
#include "gateway/http/date.hpp"
#include "gateway/monitor/call_metrics.hpp"
#include "gateway/pipeline/refusals.hpp"
#include "gateway/services/security_service.hpp"
#include "security/xmldsig/algorithm_names.hpp"

namespace hutong::gateway {

namespace {

constexpr std::string_view prefix = "/services/";
constexpr std::size_t longest_name = 200;       // of a service that a path may name, twice over
constexpr unsigned max_security_calls = 64;     // at once, each of up to xml.max_root_bytes
constexpr unsigned waiting_threads = 8;         // of those calls that wait for somebody outside
constexpr unsigned max_waiting_for_keys = 512;  // answers and calls to be signed by a token, at once
constexpr unsigned max_trees = 16;              // at once, each of up to xml.max_root_bytes of text

Result<std::shared_ptr<const Settings>> make_settings(const config::Config& config,
                                                      security::SigningKeys keys, const Home& home,
                                                      const std::string& public_url,
                                                      std::shared_ptr<security::GuessLimit> guesses,
                                                      WorkPool& key_work, security::Stamper stamper) {
    auto settings = std::make_shared<Settings>();
    settings->key_work = &key_work;
    settings->stamper = std::move(stamper);
    settings->config = config;
    settings->keys = std::move(keys);
    settings->spool = home.spool();
    settings->guesses = std::move(guesses);
    const std::string& audience = config.security.saml_audience;
    HUTONG_ASSIGN(auto issuers, security::SamlIssuers::load(config.security.saml_issuers, home.root,
                                                            audience.empty() ? public_url : audience));
    settings->domains = security::TrustDomains(config.trust_domains);
    settings->issuers = std::make_shared<const security::SamlIssuers>(std::move(issuers));
    return std::shared_ptr<const Settings>(std::move(settings));
}

// What was accepted lately must not be accepted again because this process is new.
Result<std::shared_ptr<ReplayWindow>> rebuild_replay_window(const GatewayParts& parts) {
    const config::Security& options = parts.config.security;
    auto window = std::make_shared<ReplayWindow>(options.replay_entries);
    const TimePoint now = system_clock().now();
    const auto life =
        replay_life(options, parts.catalogue ? longest_times(*parts.catalogue) : security::TimeLimits());
    HUTONG_TRY(security::for_each_record(parts.home.journal(), now - life,
                                         [&](const security::StoredRecord& stored) {
                                             const security::Record& record = stored.record;
                                             if (!record.replay_key.empty() && record.time + life >= now)
                                                 window->enter(record.replay_key, record.time + life, now);
                                         }));
    return window;
}

CallOutcome outcome_of(const Exchange& exchange) {
    if (!exchange.refusal) return CallOutcome::answered;
    return exchange.refusal->code.side == soap::FaultCode::Side::receiver ? CallOutcome::failed
                                                                          : CallOutcome::refused;
}

void log_call(const Exchange& exchange) {
    if (!exchange.refusal) return;
    const Refusal& refusal = *exchange.refusal;
    log(outcome_of(exchange) == CallOutcome::failed ? MessageId::HT5003 : MessageId::HT5002,
        {{"incident", exchange.id},
         {"service", exchange.path_service},
         {"consumer", exchange.consumer ? exchange.consumer->id : std::string()},
         {"remote", exchange.request.remote},
         {"reason", refusal.cause.empty() ? refusal.public_reason : refusal.cause}});
}

// A name of a contract may be longer than a key of the database: what is longer than anybody's is cut,
// between characters.
std::string_view metered_name(std::string_view name) {
    constexpr std::size_t longest = 512;  // bytes
    if (name.size() <= longest) return name;
    std::size_t end = longest;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
    return name.substr(0, end);
}

MeteredCall metered(const Exchange& exchange, std::chrono::steady_clock::duration took) {
    MeteredCall call;
    call.consumer = exchange.consumer->id;
    call.service = exchange.path_service;
    if (exchange.operation != nullptr) call.operation = metered_name(exchange.operation->name);
    call.at = exchange.received;
    call.fault = exchange.refusal || exchange.reply.status >= 300;
    call.bytes_in = exchange.message.body.size();
    call.bytes_out = exchange.reply.message.size();
    call.took = std::chrono::duration_cast<std::chrono::microseconds>(took);
    return call;
}

// Of a service that is going to end: since when that is known (RFC 9745) and when it goes (RFC 8594).
void announce_end(const registry::Service& service, http::Headers& headers) {
    if (!service.deprecated || !service.ends) return;
    headers.add("Deprecation",
                "@" + std::to_string(std::chrono::system_clock::to_time_t(*service.deprecated)));
    headers.add("Sunset", http::http_date(std::chrono::system_clock::to_time_t(*service.ends)));
}

}  // namespace

struct Gateway::State {
    State(security::Journal& evidence, const config::Keys& keys)
        : journal(evidence), key_work(keys.pkcs11_sessions, max_waiting_for_keys) {}
    security::Journal& journal;
    TableOptions table_options;
    Home home;
    std::unordered_map<const asio::execution_context*, std::unique_ptr<http::Client>> clients;
    std::vector<std::pair<asio::io_context*, std::unique_ptr<Meter>>> meters;  // one for each data thread
    asio::thread_pool heavy{1};
    WorkPool trees{1, max_trees};
    WorkPool security_pool{std::max(1u, std::thread::hardware_concurrency()), max_security_calls};
    WorkPool waiting_pool{waiting_threads, max_security_calls};
    SecurityService security_service{security_pool, waiting_pool};
    WorkPool key_work;
    security::KeyProvidersPtr providers;
    std::unique_ptr<Pipeline> pipeline;
    std::atomic<std::shared_ptr<const Settings>> settings;
    std::atomic<std::shared_ptr<const RoutingTable>> table;
    std::function<std::chrono::seconds()> age{[] { return std::chrono::seconds(0); }};
    CallMetrics metrics;
    std::shared_ptr<security::GuessLimit> guesses{std::make_shared<security::GuessLimit>()};

    Meter& meter_of(const asio::any_io_executor& executor) {
        const asio::execution_context* mine = &asio::query(executor, asio::execution::context);
        return *std::ranges::find_if(meters, [&](const auto& one) { return one.first == mine; })->second;
    }
    http::Client& client_of(const asio::any_io_executor& executor) {
        return *clients.at(&asio::query(executor, asio::execution::context));
    }
};

Gateway::Gateway(std::unique_ptr<State> state) : state_(std::move(state)) {}
Gateway::~Gateway() {
    state_->heavy.join();
    state_->trees.join();
    state_->security_pool.join();
    state_->waiting_pool.join();
    state_->key_work.join();
}

Result<std::unique_ptr<Gateway>> Gateway::make(std::vector<asio::io_context*> contexts, GatewayParts parts) {
    auto state = std::make_unique<State>(parts.journal, parts.config.keys);
    state->providers = parts.providers;
    const auto journal_level = registry::journal_level_from(parts.config.journal.level);
    if (journal_level.has_error()) return journal_level.error();
    HUTONG_TRY(security::use_algorithm_names(parts.config.trust_domains));
    state->table_options = {parts.public_url, *journal_level, parts.config.wsdl, parts.config.trust_domains};
    state->home = parts.home;
    state->table_options.local.emplace(SecurityService::name, &state->security_service);
    HUTONG_ASSIGN(auto settings,
                  make_settings(parts.config, std::move(parts.keys), parts.home, parts.public_url,
                                state->guesses, state->key_work, parts.stamper));
    state->settings.store(std::move(settings));
    for (asio::io_context* context : contexts) {
        state->meters.emplace_back(context, std::make_unique<Meter>());
        state->clients.emplace(
            context, std::make_unique<http::Client>(*context, parts.config.backend,
                                                    parts.config.http.buffer_bytes, parts.home.spool()));
    }
    HUTONG_ASSIGN(auto window, rebuild_replay_window(parts));
    State* const raw = state.get();
    state->pipeline = std::make_unique<Pipeline>(
        default_pipeline({state->heavy, state->trees, parts.journal, std::move(window), parts.replay_keys,
                          [raw](const asio::any_io_executor& executor) -> http::Client& {
                              return raw->client_of(executor);
                          }}));
    return std::unique_ptr<Gateway>(new Gateway(std::move(state)));
}

Result<void> Gateway::take(std::shared_ptr<const registry::Catalogue> catalogue) {
    const auto previous = state_->table.load();
    // Read each time: the key appears with the first password, or when an operator brings it.
    if (auto secrets = security::SecretBox::load(state_->home); secrets.has_value())
        state_->table_options.secrets = std::make_shared<const security::SecretBox>(std::move(*secrets));
    else
        state_->table_options.secrets.reset();
    state_->table_options.service_keys = ServiceKeys::load(
        state_->home, *state_->providers, catalogue->service_keys, state_->table_options.service_keys.get());
    HUTONG_ASSIGN(auto table, make_routing_table(*catalogue, state_->table_options, previous.get()));
    state_->table.store(std::move(table));
    return {};
}

Result<void> Gateway::reload(const config::Config& config, security::SigningKeys keys) {
    if (config.trust_domains != state_->table_options.domains)
        return Error{ErrorCode::conflict, "trust_domains: changes are taken when this node is started again"};
    HUTONG_ASSIGN(auto settings,
                  make_settings(config, std::move(keys), state_->home, state_->table_options.public_url,
                                state_->guesses, state_->key_work, state_->settings.load()->stamper));
    state_->settings.store(std::move(settings));
    return {};
}

void Gateway::catalogue_age(std::function<std::chrono::seconds()> age) {
    state_->age = std::move(age);
}

std::string Gateway::metrics() const {
    return state_->metrics.text();
}

Awaitable<Meter::Taken> Gateway::take_meter() {
    Meter::Taken all;
    for (const auto& [context, meter] : state_->meters) {
        auto take = [mine = meter.get()]() -> Awaitable<Meter::Taken> { co_return mine->take(); };
        Meter::Taken taken = co_await asio::co_spawn(*context, std::move(take), asio::use_awaitable);
        all.left_out += taken.left_out;
        std::ranges::move(taken.rows, std::back_inserter(all.rows));
    }
    co_return all;
}

std::string Gateway::turned_away(const http::TurnedAway& what) {
    security::Record record;
    record.kind = security::RecordKind::refusal;
    record.exchange = new_incident_id();
    record.time = system_clock().now();
    if (what.path.starts_with(prefix)) record.service = what.path.substr(prefix.size(), longest_name);
    record.remote = what.remote;
    record.outcome = "http " + std::to_string(what.status);
    record.reason = what.reason;
    std::string incident = record.exchange;
    log(MessageId::HT5002, {{"incident", incident},
                            {"service", record.service},
                            {"remote", what.remote},
                            {"reason", what.reason}});
    state_->journal.append(std::move(record), [](const Result<security::Position>&) {});
    return incident;
}

Awaitable<http::Response> Gateway::handle(http::Request& request) {
    const auto begun = std::chrono::steady_clock::now();
    const auto table = state_->table.load();
    if (!request.path.starts_with(prefix))
        co_return http::text_response(404, "text/plain", "There is nothing here.\n");
    const std::string service = request.path.substr(prefix.size());
    if (request.method == "GET" || request.method == "HEAD")
        co_return contract_page(table.get(), service, request.query);

    auto exchange = std::shared_ptr<Exchange>(new Exchange{request, new_incident_id(), system_clock().now(),
                                                           state_->settings.load(), table, service});
    const std::chrono::seconds age = state_->age();
    if (table && age <= exchange->settings->config.snapshot.max_age) {
        co_await state_->pipeline->run(*exchange);
    } else {
        refuse::answer_with(
            *exchange,
            refuse::not_soap(503, "The gateway's routing data is too old to act on; try again later."));
        log(MessageId::HT3004, {{"age_seconds", std::to_string(age.count())}});
    }
    log_call(*exchange);
    const auto took = std::chrono::steady_clock::now() - begun;
    state_->metrics.record(outcome_of(*exchange), took);
    if (exchange->accepted && exchange->consumer) {
        Meter& meter = state_->meter_of(co_await asio::this_coro::executor);
        meter.count(metered(*exchange, took));
    }

    http::Response response;
    response.status = exchange->reply.status;
    response.close = exchange->reply.plain_text;
    if (!exchange->reply.message.content_type.empty())
        response.headers.add("Content-Type", exchange->reply.message.content_type);
    response.headers.add("Hutong-Exchange", exchange->id);
    if (exchange->route) announce_end(exchange->route->service, response.headers);
    response.body = exchange->reply.message.pieces();
    response.keep_alive = exchange;
    co_return response;
}

}  // namespace hutong::gateway
