#include "security/pki/root_list.hpp"

#include <algorithm>

#include <openssl/x509v3.h>

#include "security/keys/private_file.hpp"
#include "security/pki/crl.hpp"
#include "security/pki/crl_rows.hpp"
#include "security/pki/history.hpp"
#include "security/trust/foreign_status.hpp"
#include "security/trust/x509.hpp"

namespace hutong::security {

namespace {

using Done = Awaitable<Result<void>>;
using Work = std::function<Done(pg::Session&)>;

Result<X509Ptr> one_certificate(std::string_view pem, const std::string& where) {
    HUTONG_ASSIGN(auto all, certificates_from_pem(pem, where));
    return std::move(all.front());
}

Result<std::uint64_t> number_of(const Bytes& big_endian) {
    if (big_endian.empty() || big_endian.size() > 7)
        return invalid("the CRL has no CRLNumber, or an impossibly large one");
    std::uint64_t number = 0;
    for (const std::uint8_t byte : big_endian) number = number << 8 | byte;
    return number;
}

std::string serial_in(const ASN1_INTEGER* serial) {
    return to_hex({ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial))});
}

// RFC 5280 section 5.3.1; nothing: unspecified.
std::string reason_in(const X509_REVOKED* entry) {
    const auto code =
        static_cast<ASN1_ENUMERATED*>(X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nullptr, nullptr));
    const long value = code ? ASN1_ENUMERATED_get(code) : 0;
    ASN1_ENUMERATED_free(code);
    return revocation_reason(value);
}

Result<std::vector<RevokedEntry>> entries_of(ByteView der) {
    HUTONG_ASSIGN(const CrlPtr crl, read_crl(der));
    const STACK_OF(X509_REVOKED)* const list = X509_CRL_get_REVOKED(crl.get());
    std::vector<RevokedEntry> entries;
    for (int i = 0; i < sk_X509_REVOKED_num(list); ++i) {
        const X509_REVOKED* const one = sk_X509_REVOKED_value(list, i);
        const auto when = to_time(X509_REVOKED_get0_revocationDate(one));
        entries.push_back(
            {serial_in(X509_REVOKED_get0_serialNumber(one)), when.value_or(TimePoint()), reason_in(one)});
    }
    return entries;
}

bool lists(const std::vector<RevokedEntry>& entries, const std::string& serial) {
    return std::ranges::find(entries, serial, &RevokedEntry::serial) != entries.end();
}

Awaitable<Result<std::vector<RootList::Revoked>>> revoked_in(pg::Session& session) {
    const std::string sql =
        "select ca, serial, reason, " + as_utc("revoked_at") + " from revoked_authorities order by serial";
    HUTONG_QUERY(rows, session, sql);
    std::vector<RootList::Revoked> all;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto when = parse_utc(rows.text(row, 3));
        if (!when) co_return when.error();
        all.push_back({std::string(rows.text(row, 0)), std::string(rows.text(row, 1)),
                       std::string(rows.text(row, 2)), *when});
    }
    co_return all;
}

Done replace(pg::Session& session, const Authorities& authorities) {
    HUTONG_STEP(hold_crls(session));
    const auto revoked = co_await revoked_in(session);
    if (!revoked) co_return revoked.error();
    std::vector<RevokedEntry> entries;
    for (const RootList::Revoked& one : *revoked) entries.push_back({one.serial, one.when, one.reason});
    const auto make = [&](std::uint64_t number) { return authorities.make_root_crl(entries, number); };
    co_return co_await store_next_crl(session, root_list_name, make);
}

// It may have run out meanwhile; who signed it is what counts.
Result<CrlFacts> facts_of_previous(ByteView der, ByteView root) {
    HUTONG_ASSIGN(const CrlPtr crl, read_crl(der));
    const auto begun = to_time(X509_CRL_get0_lastUpdate(crl.get()));
    if (!begun) return invalid("the previous CRL does not say when it was made");
    auto facts = check_foreign_crl(der, root, *begun, std::nullopt);
    if (facts.has_error()) return facts.error().at("the previous CRL");
    return facts;
}

// Against what the register says of each CA of this node.
Result<void> check_entries(const std::vector<RevokedEntry>& entries,
                           const std::vector<RootList::Revoked>& revoked, const Authorities& authorities) {
    for (const RootList::Revoked& one : revoked)
        if (!lists(entries, one.serial))
            return refused("the root's CRL does not list the CA " + one.ca +
                           ", which was revoked here: make it anew with --previous and --revoke");
    for (const auto& authority : authorities.all()) {
        const std::string serial = serial_of(authority->certificate());
        const bool known = std::ranges::find(revoked, serial, &RootList::Revoked::serial) != revoked.end();
        if (!known && lists(entries, serial))
            return refused("the root's CRL lists the CA " + authority->issuing_name() +
                           ", which is in force here: revoke it first (hutong ca revoke)");
    }
    return {};
}

}  // namespace

Done RootList::revoke(std::string ca, Bytes certificate, std::string reason, std::string actor,
                      const Authorities& authorities) {
    const auto known = revocation_code(reason);
    if (!known) co_return known.error();
    const auto read = read_certificate(certificate);
    if (!read) co_return read.error();
    const std::string serial = serial_of(read->get()), thumbprint = to_hex(sha256(ByteView(certificate)));
    const Work work = [&](pg::Session& session) -> Done {
        const std::string insert =
            "insert into revoked_authorities (ca, serial, thumbprint, reason) values ($1, $2, $3, $4)";
        const auto added = co_await run(session, insert, with(ca, serial, thumbprint, reason));
        if (added.has_error() && added.error().code == ErrorCode::conflict)
            co_return Error{ErrorCode::conflict, "the CA " + ca + " was revoked already"};
        if (!added) co_return added.error();
        HUTONG_STEP(remember(session, actor, "ca revoked", "ca " + ca, serial + " " + reason));
        if (authorities.root_is_here()) co_return co_await replace(session, authorities);
        co_return co_await raise_generation(session);
    };
    co_return co_await pool_.transaction(work);
}

Done RootList::renew(const Authorities& authorities) {
    const Work work = [&](pg::Session& session) -> Done { co_return co_await replace(session, authorities); };
    co_return co_await pool_.transaction(work);
}

Done RootList::take(Bytes der, std::string actor, const Authorities& authorities) {
    const auto facts = check_foreign_crl(der, authorities.root(), system_clock().now(), std::nullopt);
    if (!facts) co_return facts.error();
    const auto number = number_of(facts->number);
    if (!number) co_return number.error();
    const auto entries = entries_of(der);
    if (!entries) co_return entries.error();
    const Work work = [&](pg::Session& session) -> Done {
        HUTONG_STEP(hold_crls(session));
        const auto revoked = co_await revoked_in(session);
        if (!revoked) co_return revoked.error();
        const Result<void> good = check_entries(*entries, *revoked, authorities);
        if (!good) co_return good.error();
        HUTONG_STEP(
            remember(session, actor, "root crl taken in", "ca root",
                     "number " + std::to_string(*number) + ", until " + format_utc(facts->next_update)));
        co_return co_await store_crl(session, root_list_name, *number, der);
    };
    co_return co_await pool_.transaction(work);
}

Awaitable<Result<std::vector<RootList::Revoked>>> RootList::revoked() {
    std::vector<Revoked> all;
    const Work work = [&](pg::Session& session) -> Done {
        auto found = co_await revoked_in(session);
        if (!found) co_return found.error();
        all = std::move(*found);
        co_return Result<void>();
    };
    HUTONG_STEP(pool_.transaction(work));
    co_return all;
}

Result<Bytes> sign_root_list(const RootListOrder& order, TimePoint now) {
    HUTONG_ASSIGN(const auto key, load_pem_key(order.root_key_file, order.root_file));
    HUTONG_ASSIGN(const std::string root_pem, read_small_file(order.root_file));
    HUTONG_ASSIGN(const X509Ptr root, one_certificate(root_pem, order.root_file));
    if (X509_check_ca(root.get()) != 1) return refused(order.root_file + " is not a CA's certificate");
    std::uint64_t number = 0;
    std::vector<RevokedEntry> entries;
    if (!order.previous.empty()) {
        HUTONG_ASSIGN(const CrlFacts facts, facts_of_previous(order.previous, to_der(root.get())));
        HUTONG_ASSIGN(number, number_of(facts.number));
        HUTONG_ASSIGN(entries, entries_of(order.previous));
    }
    if (!order.revoke.empty()) {
        HUTONG_ASSIGN(const X509Ptr certificate, one_certificate(order.revoke, "the CA to revoke"));
        if (!issued_by(to_der(certificate.get()), to_der(root.get())))
            return refused("the certificate to revoke was not issued by this root");
        const std::string serial = serial_of(certificate.get());
        if (lists(entries, serial)) return refused("the previous CRL lists " + serial + " already");
        entries.push_back({serial, now, order.reason});
    }
    return build_crl(root.get(), *key, entries, number + 1, now, order.life);
}

}  // namespace hutong::security
