#include "gateway/main/daemon/pki_chores.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/pem.hpp"
#include "security/keys/private_file.hpp"

namespace hutong::daemon {

namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr seconds fresh_interval{2};
constexpr seconds fetch_interval{2};
constexpr seconds staple_interval{5};
constexpr seconds watch_interval{15};
// Callers keep a CRL until its nextUpdate: a new one must be there well before.
constexpr hours crl_margin{24 * 3};

// The serial number as the certificate has it.
Result<Bytes> serial_in(const std::filesystem::path& chain) {
    HUTONG_ASSIGN(const std::string pem, security::read_small_file(chain));
    HUTONG_ASSIGN(const auto certificates, security::certificates_from_pem(pem, chain.string()));
    return from_hex(security::serial_of(certificates.front().get()));
}

}  // namespace

// The loops below are no do-while: g++ 12 makes wrong code of a co_await in a do-while's condition.

Awaitable<> PkiChores::keep_fresh(asio::steady_timer& timer) {
    for (bool go_on = true; go_on; go_on = co_await sleep_for(timer, fresh_interval)) {
        co_await publish_missing();
        co_await renew_delegates();
        co_await renew_crls();
        co_await renew_root_crl();
        const auto superseded = co_await parts_.certificates.revoke_superseded(*parts_.authorities);
        if (superseded && *superseded > 0)
            log(MessageId::HT4002, {{"count", std::to_string(*superseded)}, {"reason", "superseded"}});
        for (bool more = true; more;) {
            const auto made = co_await parts_.certificates.sign_answers_ahead(*parts_.authorities);
            more = made.has_value() && *made > 0;
        }
    }
}

// A CA whose files are here and that the register does not know: its command was cut off in between. Its CRL
// follows with the others.
Awaitable<> PkiChores::publish_missing() {
    const auto catalogue = parts_.keeper.current();
    if (!catalogue) co_return;
    const auto authorities = parts_.authorities->all();
    for (const auto& authority : authorities) {
        const bool there = std::ranges::any_of(catalogue->cas, [&](const registry::TrustedCa& ca) {
            return ca.own && ca.der == authority->issuing();
        });
        if (there) continue;
        const Result<CertificateFacts> facts = certificate_facts(authority->issuing());
        if (!facts) continue;
        Bytes der = authority->issuing();
        std::string name = facts->subject, actor = "hutong";
        const Result<void> published = co_await parts_.trusted.publish_own(
            std::move(der), std::move(name), facts->not_after, std::move(actor));
        if (!published) continue;  // the database is away: next time
        log(MessageId::HT4023, {{"ca", authority->issuing_name()}});
        (void)co_await parts_.keeper.refresh();
    }
}

Awaitable<> PkiChores::renew_delegates() {
    const auto authorities = parts_.authorities->all();
    for (const auto& authority : authorities) {
        auto due = parts_.authorities->prepare_delegate(*authority, system_clock().now());
        if (due.has_error()) {
            log(MessageId::HT4022, {{"ca", authority->issuing_name()}, {"reason", due.error().detail}});
            continue;
        }
        if (!*due) continue;
        const security::Registration registration{"ocsp_signing", "", "hutong"};
        boost::json::object what{{"ca", (*due)->ca},
                                 {"profile", registration.profile},
                                 {"serial", (*due)->issued.serial},
                                 {"subject", (*due)->issued.subject}};
        const Result<void> journaled =
            co_await parts_.records.write("ocsp.certificate", std::move(what), "ok");
        if (!journaled) continue;  // the disk is full, and no call goes on either
        const Result<void> added = co_await parts_.certificates.add((*due)->issued, registration);
        if (!added) continue;  // the database is away: next time
        const Result<void> installed = parts_.authorities->install(**due);
        if (!installed)
            log(MessageId::HT4022, {{"ca", authority->issuing_name()}, {"reason", installed.error().detail}});
    }
}

bool PkiChores::crl_is_due(const std::string& ca) const {
    const auto catalogue = parts_.keeper.current();
    if (!catalogue) return false;
    for (const registry::Crl& crl : catalogue->crls) {
        if (crl.ca != ca) continue;
        const Result<TimePoint> next = crl_next_update(crl.der);
        return !next || *next - system_clock().now() < crl_margin;
    }
    return true;
}

Awaitable<> PkiChores::renew_root_crl() {
    if (!parts_.authorities->root_is_here() || !crl_is_due(security::root_list_name)) co_return;
    security::RootList list = parts_.certificates.root_list();
    const Result<void> renewed = co_await list.renew(*parts_.authorities);
    if (renewed) log(MessageId::HT4003, {{"ca", security::root_list_name}});
    (void)co_await parts_.keeper.refresh();
}

Awaitable<> PkiChores::renew_crls() {
    const auto authorities = parts_.authorities->all();
    for (const auto& authority : authorities) {
        if (!crl_is_due(authority->issuing_name())) continue;
        const Result<void> renewed = co_await parts_.certificates.renew_crl(authority);
        if (renewed) log(MessageId::HT4003, {{"ca", authority->issuing_name()}});
        (void)co_await parts_.keeper.refresh();  // or the next round would find it due again
    }
}

Awaitable<> PkiChores::fetch(asio::steady_timer& timer) {
    for (bool go_on = true; go_on; go_on = co_await sleep_for(timer, fetch_interval))
        co_await parts_.fetch.begin_due();
}

Awaitable<> PkiChores::keep_staple(asio::steady_timer& timer) {
    for (bool go_on = true; go_on; go_on = co_await sleep_for(timer, staple_interval))
        co_await refresh_staple();
}

// Read each time: a reload may have brought another certificate, and the CA another answer.
Awaitable<> PkiChores::refresh_staple() {
    const auto serial = serial_in(parts_.tls_chain);
    if (serial.has_error()) co_return;
    const auto answer = co_await parts_.certificates.stored_answer(to_hex(*serial));
    if (!answer || !*answer) co_return;  // the one that is there goes on until it runs out
    const auto present = parts_.staple.present();
    if (present && present->der == (*answer)->der) co_return;
    parts_.staple.put({(*answer)->der, *serial, (*answer)->next_update});
}

Awaitable<> PkiChores::watch(asio::steady_timer& timer) {
    for (bool go_on = true; go_on; go_on = co_await sleep_for(timer, watch_interval))
        co_await parts_.watch.refresh();
}

}  // namespace hutong::daemon
