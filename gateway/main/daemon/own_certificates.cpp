#include "gateway/main/daemon/own_certificates.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/daemon/renewal_proof.hpp"
#include "gateway/main/files.hpp"
#include "gateway/main/pem.hpp"
#include "gateway/main/public_url.hpp"
#include "gateway/main/setup/granted.hpp"

namespace hutong::daemon {

namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr seconds interval{2};
constexpr seconds patience{60};  // for the founding node, before its silence is worth a word
constexpr hours after_refusal{1};
constexpr hours say_again{24};
constexpr const char* all_keys = "all";

std::vector<Bytes> revoked_of(const security::Authorities* authorities) {
    std::vector<Bytes> revoked;
    if (!authorities) return revoked;
    for (const security::AuthorityEntry& entry : authorities->entries())
        if (entry.state == security::AuthorityState::revoked)
            if (const auto authority = authorities->find(entry.name)) revoked.push_back(authority->issuing());
    return revoked;
}

std::optional<CertificateFacts> present_facts(const Home& home, std::string_view name) {
    if (!has_key(home, name)) return std::nullopt;
    const auto pem = read_file(chain_file(home, name));
    if (!pem) return std::nullopt;
    const auto der = certificate_from_pem(*pem);
    if (!der) return std::nullopt;
    auto facts = certificate_facts(*der);
    return facts ? std::optional(std::move(*facts)) : std::nullopt;
}

}  // namespace

Awaitable<Result<void>> OwnCertificates::renew_at_start() {
    if (parts_.certifier) {
        HUTONG_CO_ASSIGN(waiting_, co_await prepare());
        co_await certify_here();
        waiting_.clear();
        to_use_ = false;  // they are loaded after this
    }
    note_endings();
    co_return Result<void>();
}

Awaitable<> OwnCertificates::run(asio::steady_timer& timer) {
    for (bool go_on = true; go_on; go_on = co_await sleep_for(timer, interval)) {
        co_await look();
        if (to_use_) co_await put_in_use();
        note_endings();
    }
}

Awaitable<void> OwnCertificates::look() {
    const bool early = std::chrono::steady_clock::now() < not_before_;
    if (early && (waiting_.empty() || parts_.certifier)) co_return;
    if (waiting_.empty()) {
        auto prepared = co_await prepare();
        if (prepared.has_error()) {
            tell(all_keys, prepared.error().detail);
            pause(after_refusal);  // what was made on a token before it failed stays there
            co_return;
        }
        waiting_ = std::move(*prepared);
        asked_ = false;
    }
    if (waiting_.empty()) co_return;
    if (parts_.certifier)
        co_await certify_here();
    else if (asked_)
        co_await take_answers();
    else
        co_await ask();
}

Awaitable<Result<OwnCertificates::Prepared>> OwnCertificates::prepare() {
    const std::vector<Bytes> revoked = revoked_of(parts_.authorities);
    const TimePoint now = system_clock().now();
    auto find = [this, &revoked, now] {
        return setup::due_keys(parts_.home, revoked, now, parts_.sm2, parts_.places);
    };
    HUTONG_CO_ASSIGN(const std::vector<setup::DueKey> due, co_await run_on(parts_.threads.blocking(), find));
    if (due.empty()) co_return Prepared{};
    auto make = [this, &due]() -> Result<Prepared> {
        HUTONG_TRY(setup::finish_interrupted_renewal(parts_.home));
        return setup::prepare_keys(parts_.home, due, parts_.places);
    };
    co_return co_await run_on(parts_.threads.keys(), make);
}

// What is issued is in the register before it is used: without the database nothing is renewed.
Awaitable<void> OwnCertificates::certify_here() {
    Prepared left;
    for (const setup::PreparedKey& one : waiting_) {
        KeyWish wish;
        wish.key = one.key;
        wish.csr = one.csr;
        wish.node = parts_.node;
        wish.url = parts_.url;
        wish.machine = machine_name();
        wish.renews = one.renews;
        wish.actor = "hutong (node " + parts_.node + ")";
        wish.who = {{"node", parts_.node}, {"url", parts_.url}, {"key", one.key->name}};
        const auto issued = co_await parts_.certifier->certify(std::move(wish));
        if (issued.has_error()) {
            tell(one.key->name, issued.error().detail);
            pause(patience);
            left.push_back(one);
            continue;
        }
        co_await install(one, issued->pem, nullptr);
    }
    waiting_ = std::move(left);
}

Awaitable<void> OwnCertificates::ask() {
    std::vector<registry::RenewalRequest> requests;
    for (const setup::PreparedKey& one : waiting_)
        requests.push_back({parts_.node, one.key->name, one.csr, one.renews, {}, {}});
    auto sign = [this, &requests]() -> Result<void> {
        HUTONG_ASSIGN(const auto key,
                      parts_.places.providers->signing_key(key_file(parts_.home, "sign-p256"),
                                                           chain_file(parts_.home, "sign-p256")));
        for (registry::RenewalRequest& request : requests) {
            HUTONG_TRY(sign_renewal(request, *key));
            if (request.key != "tls") continue;
            HUTONG_ASSIGN(const auto present,
                          parts_.places.providers->signing_key(key_file(parts_.home, request.key),
                                                               chain_file(parts_.home, request.key)));
            HUTONG_TRY(show_possession(request, *present));
        }
        return {};
    };
    const Result<void> is_signed = co_await run_on(parts_.threads.keys(), sign);
    if (is_signed.has_error()) {
        tell(all_keys, is_signed.error().detail);
        co_return;
    }
    for (const registry::RenewalRequest& request : requests) {
        const Result<void> done = co_await parts_.renewals.ask(request);
        if (done.has_value()) continue;
        tell(request.key, "the founding node cannot be asked: " + done.error().detail);
        co_return;
    }
    asked_ = true;
    asked_at_ = std::chrono::steady_clock::now();
}

Awaitable<void> OwnCertificates::take_answers() {
    const auto answers = co_await parts_.renewals.answers(parts_.node);
    if (answers.has_error()) {
        tell(all_keys, "the founding node cannot be asked: " + answers.error().detail);
        co_return;
    }
    const auto candidates = co_await parts_.renewals.authorities();
    if (candidates.has_error()) {
        tell(all_keys, "the founding node cannot be asked: " + candidates.error().detail);
        co_return;
    }
    const bool silent = std::chrono::steady_clock::now() - asked_at_ > patience;
    Prepared left;
    for (const setup::PreparedKey& one : waiting_) {
        const auto answer = std::ranges::find_if(*answers, [&](const registry::RenewalAnswer& each) {
            return each.key == one.key->name && each.csr == one.csr;
        });
        if (answer == answers->end()) {
            asked_ = false;
            left.push_back(one);
        } else if (answer->state == registry::RenewalState::granted) {
            co_await install(one, answer->chain, &*candidates);
        } else if (answer->state == registry::RenewalState::refused) {
            tell(one.key->name, "the founding node refused: " + answer->reason);
            pause(after_refusal);
        } else {
            left.push_back(one);
            if (!answer->reason.empty())
                tell(one.key->name, "the founding node holds it back: " + answer->reason);
            else if (silent)
                tell(one.key->name, "the founding node has not answered yet: see that hutong runs there");
        }
    }
    waiting_ = std::move(left);
}

Awaitable<void> OwnCertificates::install(const setup::PreparedKey& key, const std::string& chain,
                                         const std::vector<Bytes>* candidates) {
    const std::string name = key.key->name;
    const std::string before = KeyPlaces::told(parts_.home, name);
    const TimePoint now = system_clock().now();
    auto put = [this, &key, &chain, candidates, now]() -> Result<void> {
        if (candidates) HUTONG_TRY(setup::check_granted(parts_.home, parts_.node, key, chain, *candidates));
        return setup::install(parts_.home, key, chain, now);
    };
    Result<void> done = co_await run_on(parts_.threads.blocking(), put);
    if (done.has_error()) {
        tell(name, done.error().detail);
        pause(after_refusal);  // each try costs a certificate
        co_return;
    }
    to_use_ = true;
    told_.erase(name);
    told_.erase(all_keys);
    if (const auto facts = present_facts(parts_.home, name))
        log(MessageId::HT4026, {{"key", name},
                                {"serial", facts->serial},
                                {"renews", key.renews},
                                {"not_after", format_utc(facts->not_after)}});
    if (const std::string after = KeyPlaces::told(parts_.home, name); after != before)
        log(MessageId::HT4094, {{"key", name}, {"from", before}, {"to", after}});
}

Awaitable<void> OwnCertificates::put_in_use() {
    auto use = [this] { return parts_.use(); };
    const Result<void> used = co_await run_on(parts_.threads.blocking(), use);
    to_use_ = used.has_error();
    if (to_use_) tell(all_keys, "what was renewed is not in use yet: " + used.error().detail);
}

void OwnCertificates::pause(std::chrono::seconds length) {
    not_before_ = std::chrono::steady_clock::now() + length;
}

void OwnCertificates::note_endings() {
    const TimePoint now = system_clock().now();
    std::vector<std::string> all;
    for (const NodeKey& key : node_keys()) {
        const auto facts = present_facts(parts_.home, key.name);
        if (!facts || facts->not_after > now) {
            said_ended_.erase(key.name);
            continue;
        }
        const std::string until = format_utc(facts->not_after);
        all.push_back(std::string("the certificate of this node's key ") + key.name + " ended at " + until +
                      ": it is renewed by the founding node, or the node joins anew");
        if (said_ended_.insert(key.name).second)
            log(MessageId::HT4025, {{"key", key.name}, {"not_after", until}});
    }
    if (all != *ended_.load()) ended_.store(std::make_shared<const std::vector<std::string>>(std::move(all)));
}

// Once for each reason, and once a day while it stays.
void OwnCertificates::tell(const std::string& key, const std::string& reason) {
    const TimePoint now = system_clock().now();
    Told& last = told_[key];
    if (last.reason == reason && now - last.at < say_again) return;
    last = {reason, now};
    const auto facts = present_facts(parts_.home, key);
    log(MessageId::HT4024,
        {{"key", key}, {"reason", reason}, {"not_after", facts ? format_utc(facts->not_after) : "-"}});
}

}  // namespace hutong::daemon
