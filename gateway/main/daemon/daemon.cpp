#include "gateway/main/daemon/daemon.hpp"

#include <csignal>
#include <cstdlib>

#include <boost/asio/use_future.hpp>
#include <boost/json/serialize.hpp>

#include "base/log.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/daemon/node.hpp"
#include "gateway/main/daemon/process.hpp"
#include "gateway/main/daemon/uddi_views.hpp"
#include "gateway/main/files.hpp"
#include "gateway/main/pem.hpp"
#include "gateway/main/public_url.hpp"
#include "gateway/main/setup/key_renewal.hpp"

namespace hutong::daemon {

namespace {

constexpr std::chrono::seconds meter_patience{5};  // for the last figures, when the node stops

http::ServerOptions server_options(const Home& home, const config::Config& config,
                                   const security::KeyProviders& providers,
                                   std::shared_ptr<const http::Staple> staple) {
    return {config.http,
            {key_file(home, "tls"), chain_file(home, "tls"), providers.files().passphrase()},
            home.spool(),
            std::move(staple)};
}

}  // namespace

std::string Node::public_url() const {
    const std::string& configured = configs_.back().http.public_url;
    if (!configured.empty()) return configured;
    return server_->https_url().empty() ? server_->http_url() : server_->https_url();
}

Result<void> Node::start() {
    HUTONG_ASSIGN(node_, home_.node_id());
    HUTONG_ASSIGN(ReadConfiguration read, read_configuration(home_));
    configs_.push_back(read.config);
    HUTONG_ASSIGN(HomeLock lock, HomeLock::take(home_));
    lock_.emplace(std::move(lock));
    set_up_log(configs_.back());
    std::signal(SIGPIPE, SIG_IGN);
    allow_many_descriptors();
    HUTONG_TRY(open_keys());

    threads_ = std::make_unique<Threads>(configs_.back().http.threads);
    watch_signals();
    HUTONG_TRY(open_stores());
    open_certifying();
    threads_->start();
    HUTONG_TRY(renew_keys());
    HUTONG_TRY(open_catalogue());
    HUTONG_ASSIGN(evidence_, EvidenceKeeping::open({home_, node_, configs_.back().journal, *journal_, *pool_,
                                                    *threads_, places_}));
    HUTONG_TRY(listen());
    HUTONG_TRY(open_administration());
    start_chores(std::move(read));
    status_->started();
    say_who_commands();
    log(MessageId::HT1001, {{"node", node_},
                            {"http", server_->http_url()},
                            {"https", server_->https_url()},
                            {"generation", std::to_string(keeper_->current()->generation)}});
    return {};
}

// A token that is away is no reason not to start: the node says that it is not ready, and why.
Result<void> Node::open_keys() {
    HUTONG_ASSIGN(places_, key_places(home_, configs_.back().keys));
    return {};
}

Result<void> Node::open_stores() {
    const config::Config& config = configs_.back();
    HUTONG_ASSIGN(journal_, security::Journal::open(home_.journal(), node_, config.journal));
    if (security::Authorities::exists(home_)) {
        HUTONG_ASSIGN(authorities_, security::Authorities::open(home_, places_.providers));
    }
    HUTONG_ASSIGN(database_, Database::open(home_, config.database));
    HUTONG_TRY(database_->prepare());
    pool_ = std::make_unique<pg::Pool>(threads_->control().get_executor(), config.database, database_->url());
    std::vector<security::KeyKind> answers{security::KeyKind::rsa, security::KeyKind::p256};
    if (config.security.sm2) answers.push_back(security::KeyKind::sm2);
    publication_.emplace(*pool_, config.wsdl, threads_->blocking(), std::move(answers));
    life_.emplace(*pool_, config.wsdl, threads_->blocking());
    grant_requests_.emplace(*pool_, config.wsdl);
    metering_.emplace(*pool_);
    resources_.emplace(*pool_, [this] { return public_url(); });
    credentials_.emplace(*pool_);
    service_keys_.emplace(*pool_);
    nodes_.emplace(*pool_);
    renewals_.emplace(*pool_);
    certificates_.emplace(*pool_);
    requests_.emplace(*pool_);
    trusted_.emplace(*pool_, security::TrustDomains(config.trust_domains));
    pki_watch_.emplace(*certificates_, *trusted_);
    fetch_.emplace(threads_->control(), *trusted_, config.backend, home_.spool(),
                   security::TrustDomains(config.trust_domains));
    replay_keys_.emplace(*pool_);
    access_.emplace(*pool_, home_, configs_.front().officers);
    publishers_.emplace(*pool_, access_->passwords);
    HUTONG_ASSIGN(notifications_,
                  Notifications::make({configs_.front(), home_.spool(), *pool_, threads_->control(),
                                       [this] { return public_url(); }}));
    HUTONG_ASSIGN(uddi_, registry::uddi::Endpoint::make(
                             *pool_, *publishers_, notifications_->rules(), [this] { return public_url(); },
                             configs_.front().registry.require_if_match));
    return {};
}

void Node::open_certifying() {
    in_force_ = &configs_.front();
    records_.emplace(*journal_);
    if (authorities_) certifier_.emplace(*authorities_, *certificates_, *records_);
    own_certificates_.emplace(OwnCertificates::Parts{
        home_, node_, places_, configs_.front().security.sm2, founding_url(configs_.front().http), *threads_,
        *renewals_, authorities_.get(), certifier_ ? &*certifier_ : nullptr, [this]() -> Result<void> {
            const std::lock_guard hold(one_reload_);
            return use_keys(*in_force_, [this]() -> const config::Config& { return *in_force_; });
        }});
}

Result<void> Node::renew_keys() {
    HUTONG_TRY(setup::finish_interrupted_renewal(home_));
    return asio::co_spawn(threads_->control(), own_certificates_->renew_at_start(), asio::use_future).get();
}

Result<void> Node::open_catalogue() {
    keeper_ = std::make_unique<registry::CatalogueKeeper>(
        threads_->control().get_executor(), *pool_, database_->url(), home_, configs_.back().snapshot,
        [this](std::shared_ptr<const registry::Catalogue> catalogue) {
            if (routing_.load()) route_by(std::move(catalogue));
        });
    auto started = asio::co_spawn(threads_->control(), keeper_->start(), asio::use_future);
    HUTONG_TRY(started.get());
    uddi_complete_ = asio::co_spawn(threads_->control(), complete_uddi_views(*pool_, configs_.front().wsdl),
                                    asio::use_future)
                         .get();
    return {};
}

// On the control thread. What cannot be compiled leaves the old routing in place, and administration is told.
void Node::route_by(std::shared_ptr<const registry::Catalogue> catalogue) {
    // A reload changes no domains.
    if (catalogue) evidence_->note_trust(*catalogue, configs_.front().trust_domains);
    routed_ = gateway_->take(std::move(catalogue));
    if (!routed_) log(MessageId::HT3002, {{"reason", routed_.error().detail}});
}

// The ports are bound before the gateway is made, since the public URL may depend on the port the system
// chose.
Result<void> Node::listen() {
    const config::Config& config = configs_.back();
    paths_.emplace(ServedPaths::Parts{home_, *threads_, [this] { return keeper_->current(); }, *certificates_,
                                      authorities_.get(), [this] { return evidence_->authority(); }, *uddi_,
                                      *resources_, [this] { return status_->hindrances(); },
                                      [this] {
                                          gateway::Gateway* gateway = routing_.load();
                                          return status_->metrics() +
                                                 (gateway ? gateway->metrics() : std::string());
                                      }});
    server_ = std::make_unique<http::Server>(threads_->data_contexts(),
                                             server_options(home_, config, *places_.providers, staple_),
                                             paths_->handler());
    status_.emplace(Status::Sources{config, *database_, *pool_, *keeper_, *journal_, *server_, node_,
                                    authorities_ != nullptr, [this] { return public_url(); }, *pki_watch_,
                                    evidence_->heads(), evidence_->segments(), home_, places_,
                                    [this] { return own_certificates_->ended(); }});
    HUTONG_TRY(server_->start());

    HUTONG_ASSIGN(security::SigningKeys keys, load_signing_keys(home_, places_));
    places_.providers->look_after();  // so that readiness is told by what is there
    HUTONG_ASSIGN(gateway_, gateway::Gateway::make(
                                threads_->data_contexts(),
                                {config, home_, node_, public_url(), std::move(keys), *journal_,
                                 keeper_->current(), &*replay_keys_, places_.providers,
                                 [this](const Sha256Digest& imprint) { return evidence_->stamp(imprint); }}));
    gateway_->catalogue_age([this] { return keeper_->age(); });
    // On the control thread, where the keeper announces too: no catalogue is missed, and none is taken out of
    // order.
    auto taken = asio::post(threads_->control(), asio::use_future([this] {
                                route_by(keeper_->current());
                                routing_.store(gateway_.get());
                            }));
    taken.get();
    paths_->open_calls(*gateway_);

    boost::json::object addresses;
    if (!server_->http_url().empty()) addresses["http"] = server_->http_url();
    if (!server_->https_url().empty()) addresses["https"] = server_->https_url();
    return replace_file(home_.listen_json(), boost::json::serialize(addresses) + "\n", 0644);
}

admin::Services Node::services() {
    return {*publication_,
            *credentials_,
            *service_keys_,
            home_,
            *certificates_,
            *nodes_,
            *keeper_,
            *journal_,
            *access_,
            threads_->blocking(),
            *requests_,
            *trusted_,
            authorities_.get(),
            [this] { return public_url(); },
            [this] { return status_->json(); },
            [this] { return routed_; },
            pool_.get(),
            node_,
            places_.providers,
            &*publishers_,
            &*life_,
            &*grant_requests_,
            &*metering_,
            &*resources_,
            configs_.front().registry.require_if_match};
}

Result<void> Node::open_administration() {
    commands_.emplace(services());
    api_.emplace(threads_->control().get_executor(), *commands_, configs_.front().officers);
    paths_->open_api(*api_);
    admin_ = std::make_unique<admin::Server>(
        threads_->control().get_executor(), home_.admin_socket(), owner_of(home_), admin::ServerLimits{},
        [this](admin::Request request, admin::Peer peer) {
            return commands_->handle(std::move(request), std::move(peer));
        },
        [this](Error error, admin::Peer peer) {
            return commands_->turn_away(std::move(error), std::move(peer));
        });
    auto opened = asio::post(threads_->control(), asio::use_future([this] { return admin_->start(); }));
    return opened.get();
}

// Without the database it is not known; then nobody can give commands either.
void Node::say_who_commands() {
    const auto separated =
        asio::co_spawn(threads_->control(), access_->separation.since(), asio::use_future).get();
    if (separated.has_error()) return;
    if (*separated)
        log(MessageId::HT1021, {{"since", format_utc(**separated)}});
    else
        log(MessageId::HT1006, {{"home", home_.root.string()}});
}

void Node::start_chores(ReadConfiguration read) {
    // On the control thread, which asks whether there are chores before it reloads.
    asio::post(threads_->control(), asio::use_future([&] {
                   chores_.emplace(NodeChores::Parts{home_,
                                                     configs_.front(),
                                                     node_,
                                                     public_url(),
                                                     places_,
                                                     *threads_,
                                                     *database_,
                                                     *pool_,
                                                     *nodes_,
                                                     *renewals_,
                                                     *replay_keys_,
                                                     *metering_,
                                                     *keeper_,
                                                     *certificates_,
                                                     *trusted_,
                                                     authorities_.get(),
                                                     certifier_ ? &*certifier_ : nullptr,
                                                     *own_certificates_,
                                                     *access_,
                                                     *records_,
                                                     *notifications_,
                                                     *evidence_,
                                                     *fetch_,
                                                     *pki_watch_,
                                                     *staple_,
                                                     *gateway_,
                                                     uddi_complete_});
                   chores_->configuration().taken(std::move(read.digest), std::move(read.values));
                   chores_->start();
               }))
        .get();
}

void Node::watch_signals() {
    signals_.emplace(threads_->control(), SIGTERM, SIGINT, SIGHUP);
    asio::co_spawn(
        threads_->control(),
        [this]() -> Awaitable<> {
            while (true) {
                boost::system::error_code cancelled;
                const int signal =
                    co_await signals_->async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
                if (cancelled) co_return;
                if (signal != SIGHUP) break;
                // A signal that comes before everything stands has nothing to reload yet.
                if (chores_) asio::post(threads_->blocking(), [this] { reload(); });
            }
            stop_signal_.set_value();
        },
        asio::detached);
}

// Runs on the blocking pool: it reads files and compiles. Addresses, threads, database and journal stay as
// they are.
void Node::reload() {
    const std::lock_guard hold(one_reload_);
    reopen_log();
    const auto keep_old = [](const Error& error) { log(MessageId::HT1005, {{"reason", error.detail}}); };
    Result<ReadConfiguration> read = read_configuration(home_);
    if (!read) return keep_old(read.error());
    const config::Config* const config = &read->config;
    if (config->keys != configs_.front().keys)
        return keep_old({ErrorCode::conflict, "keys: changes are taken when this node is started again"});
    const Result<void> in_use = use_keys(*config, [&]() -> const config::Config& {
        configs_.push_back(*config);
        set_up_log(configs_.back());
        chores_->configuration().taken(read->digest, std::move(read->values));
        return configs_.back();
    });
    if (!in_use) return keep_old(in_use.error());
    in_force_ = &configs_.back();
    log(MessageId::HT1004);
}

// What is trusted is noted anew before the next head is signed: it has the certificate that heads are checked
// by.
Result<void> Node::use_keys(const config::Config& config,
                            const std::function<const config::Config&()>& kept) {
    HUTONG_ASSIGN(security::SigningKeys keys, load_signing_keys(home_, places_));
    HUTONG_ASSIGN(auto timestamps, load_timestamps(home_, places_));
    HUTONG_TRY(server_->reload(server_options(home_, config, *places_.providers, staple_)));
    auto swapped = asio::post(threads_->control(), asio::use_future([&] {
                                  const config::Config& stays = kept();
                                  evidence_->use(keys.p256, std::move(timestamps));
                                  if (const auto catalogue = keeper_->current())
                                      evidence_->note_trust(*catalogue, configs_.front().trust_domains);
                                  return gateway_->reload(stays, std::move(keys));
                              }));
    return swapped.get();
}

void Node::shut_down() {
    log(MessageId::HT1002);
    status_->draining();
    server_->drain();
    // The last calls are counted, if the database takes them at once.
    asio::co_spawn(threads_->control(), chores_->meters().finish(), asio::use_future)
        .wait_for(meter_patience);
    asio::post(threads_->control(), asio::use_future([this] {
                   admin_->stop();
                   chores_->stop();
                   chores_->meters().tell_rest();
                   notifications_->stop();
                   keeper_->stop();
                   pool_->close();
               }))
        .get();
    std::error_code gone;
    std::filesystem::remove(home_.listen_json(), gone);
    const bool finished = server_->counters().connections == 0;
    threads_->stop();
    journal_.reset();
    if (!finished) {
        // Calls that outlived the drain still hold on to the gateway in their suspended coroutines, and
        // nothing may be taken from under them. The journal is written; the process ends here.
        database_.reset();
        log(MessageId::HT1003, {{"note", "calls were still open after the drain time"}});
        std::_Exit(0);
    }
}

Result<void> serve(const Home& home) {
    {
        Node node(home);
        HUTONG_TRY(node.start());
        node.wait_for_stop_signal();
        node.shut_down();
    }
    log(MessageId::HT1003);
    return {};
}

}  // namespace hutong::daemon
