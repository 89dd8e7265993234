#include "gateway/main/daemon/node_certifier.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/pem.hpp"
#include "gateway/main/setup/key_renewal.hpp"
#include "security/pki/request.hpp"

namespace hutong::daemon {

namespace {

constexpr std::string_view certificate_record = "node.certificate";

// Nothing outlives its issuer: near a CA's end, renewing would go on for ever and bring nothing.
Result<void> check_gain(const security::Authority& authority, const NodeKey& key,
                        const security::RegisteredCertificate& present) {
    const TimePoint now = system_clock().now();
    if (present.not_after - now >= setup::renewal_margin) return {};
    HUTONG_ASSIGN(const CertificateFacts ca, certificate_facts(authority.issuing()));
    const TimePoint end = std::min<TimePoint>(now + security::row_of(key.profile).lifetime, ca.not_after);
    if (end > present.not_after) return {};
    return unavailable(
        "the CA " + authority.issuing_name() + " ends at " + format_utc(ca.not_after) +
        ", and so does the certificate that is there: add another CA (hutong ca add) and retire "
        "this one");
}

// Whether one takes the place of the other. A revoked one's place is taken by nothing.
bool follows(const security::Issued& issued, const std::string& profile,
             const security::RegisteredCertificate& present) {
    return present.status != "revoked" && present.profile == profile && present.subject == issued.subject;
}

}  // namespace

Awaitable<Result<NodeCertifier::Present>> NodeCertifier::present(std::string serial) {
    Present there;
    if (serial.empty()) co_return there;
    auto found = co_await certificates_.find(std::move(serial));
    if (found.has_value()) {
        there = std::move(*found);
        co_return there;
    }
    if (found.error().code != ErrorCode::not_found) co_return found.error();
    co_return there;
}

Awaitable<Result<security::Issued>> NodeCertifier::certify(KeyWish wish) {
    HUTONG_CO_ASSIGN(const security::RequestFacts asked, security::read_request(wish.csr));
    HUTONG_CO_TRY(co_await certificates_.check_key(asked.thumbprint));
    HUTONG_CO_ASSIGN(const auto authority, authorities_.choose({}, wish.key->kind));
    HUTONG_CO_ASSIGN(const Present there, co_await present(wish.renews));
    if (there) HUTONG_CO_TRY(check_gain(*authority, *wish.key, *there));
    HUTONG_CO_ASSIGN(security::Issued issued,
                     hutong::certify(*authority, *wish.key, wish.csr, wish.node, wish.url, wish.machine));
    security::Registration registration{profile_name(*wish.key), "", wish.actor};
    if (there && follows(issued, registration.profile, *there)) registration.renews = there->serial;
    boost::json::object what = wish.who;
    what["profile"] = registration.profile;
    what["serial"] = issued.serial;
    what["subject"] = issued.subject;
    if (!registration.renews.empty()) what["renews"] = registration.renews;
    HUTONG_CO_TRY(co_await records_.write(std::string(certificate_record), std::move(what), "ok"));
    HUTONG_CO_TRY(co_await certificates_.add(issued, std::move(registration)));
    log(MessageId::HT4001, {{"serial", issued.serial}, {"subject", issued.subject}});
    co_return issued;
}

}  // namespace hutong::daemon
