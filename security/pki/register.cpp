#include "security/pki/register.hpp"

#include <algorithm>

#include "base/coroutine.hpp"
#include "security/pki/certified_keys.hpp"
#include "security/pki/crl_rows.hpp"

namespace hutong::security {

namespace {

using Done = Awaitable<Result<void>>;
using Work = std::function<Done(pg::Session&)>;

constexpr const char* platform = "hutong";  // the actor of what it does by itself

Awaitable<Result<std::vector<RevokedEntry>>> revoked_entries(pg::Session& session, std::string ca) {
    const std::string sql = "select serial, " + as_utc("revoked_at") +
                            ", reason from certificates where status = 'revoked' and ca = $1 order by serial";
    HUTONG_QUERY(rows, session, sql, with(ca));
    std::vector<RevokedEntry> entries;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto when = parse_utc(rows.text(row, 1));
        if (!when) co_return when.error();
        entries.push_back({std::string(rows.text(row, 0)), *when, std::string(rows.text(row, 2))});
    }
    co_return entries;
}

// Makes the CRL of all that is revoked, this transaction's revocations included, and stores it.
Done replace_crl(pg::Session& session, std::shared_ptr<const Authority> authority) {
    HUTONG_STEP(hold_crls(session));
    const std::string ca = authority->issuing_name();
    const auto entries = co_await revoked_entries(session, ca);
    if (!entries) co_return entries.error();
    const auto make = [&](std::uint64_t number) { return authority->make_crl(*entries, number); };
    co_return co_await store_next_crl(session, ca, make);
}

Done store_answer(pg::Session& session, std::shared_ptr<const Authority> authority, std::string serial,
                  OcspStatus status) {
    const auto answer = authority->answer(serial, {}, status, {});
    if (!answer) co_return answer.error();
    const std::string sql =
        "insert into ocsp_answers (serial, der, next_update) values ($1, $2, $3) on conflict (serial) do "
        "update set der = excluded.der, next_update = excluded.next_update, made = now()";
    co_return co_await run(session, sql,
                           with(serial, pg::bytea(answer->der), format_utc(answer->next_update)));
}

struct Marked {
    std::string ca;
    TimePoint revoked;
};

// What was revoked for another reason, or was superseded, can still be found to be compromised: from then on
// nobody certifies its key (certified_keys). When it was revoked stays.
Awaitable<Result<Marked>> mark_revoked(pg::Session& session, std::string serial, std::string reason) {
    const std::string change =
        "update certificates set status = 'revoked', reason = $2, revoked_at = coalesce(revoked_at, now()) "
        "where serial = $1 and (status = 'valid' or ($2 = 'keyCompromise' and reason <> $2)) returning ca, " +
        as_utc("revoked_at");
    HUTONG_QUERY(changed, session, change, with(serial, reason));
    if (!changed.empty()) {
        HUTONG_CO_ASSIGN(const TimePoint revoked, parse_utc(changed.text(0, 1)));
        co_return Marked{std::string(changed.text(0, 0)), revoked};
    }
    const std::string sql = "select reason, " + as_utc("revoked_at") + " from certificates where serial = $1";
    HUTONG_QUERY(found, session, sql, with(serial));
    if (found.empty())
        co_return not_found("no certificate with serial number " + serial + "; hutong cert list shows them");
    co_return Error{ErrorCode::conflict, "certificate " + serial + " was revoked already, at " +
                                             std::string(found.text(0, 1)) + " (" +
                                             std::string(found.text(0, 0)) + ")"};
}

// Within a transaction: the row, the CRL, the answer and the history.
Done revoke_one(pg::Session& session, std::string serial, std::string reason, std::string actor,
                const Authorities& authorities) {
    HUTONG_CO_ASSIGN(const Marked marked, co_await mark_revoked(session, serial, reason));
    const auto authority = authorities.find(marked.ca);
    if (!authority)
        co_return refused("the CA " + marked.ca + " that issued certificate " + serial +
                          " is not on this node");
    HUTONG_STEP(replace_crl(session, authority));
    const OcspStatus status{OcspState::revoked, marked.revoked, reason};
    HUTONG_STEP(store_answer(session, authority, serial, status));
    co_return co_await remember(session, std::move(actor), "revoked", "certificate " + serial, reason);
}

// The new one is there already; what becomes of the old one is written down.
Done supersede(pg::Session& session, std::string serial, std::optional<TimePoint> ends) {
    const std::string look = "select status from certificates where serial = $1 for update";
    HUTONG_QUERY(found, session, look, with(serial));
    if (found.empty())
        co_return not_found("no certificate with serial number " + serial + "; hutong cert list shows them");
    if (found.text(0, 0) == "revoked")
        co_return refused("certificate " + serial +
                          " is revoked: nothing takes its place; issue a new one (hutong cert issue)");
    if (!ends) co_return Result<void>();
    const std::string change = "update certificates set ends = $2 where serial = $1";
    co_return co_await run(session, change, with(serial, format_utc(*ends)));
}

Done decide(pg::Session& session, std::string request, std::string serial, std::string actor) {
    const std::string change =
        "update certificate_requests set state = 'issued', serial = $2, decided = now() where id = $1 and "
        "state = 'pending' returning id";
    HUTONG_QUERY(changed, session, change, with(request, serial));
    if (changed.empty())
        co_return Error{ErrorCode::conflict, "request " + request + " was decided meanwhile"};
    co_return co_await remember(session, std::move(actor), "approved", "request " + request,
                                "certificate " + serial);
}

const std::string columns =
    "select serial, thumbprint, subject, profile, consumer, " + as_utc("not_before") + ", " +
    as_utc("not_after") +
    ", case when status = 'valid' and not_after < now() then 'expired' else status end, reason, pem, ca, "
    "renews, " +
    as_utc("ends") + " from certificates ";

Result<std::vector<RegisteredCertificate>> certificates_of(const pg::Rows& rows) {
    std::vector<RegisteredCertificate> all;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto text = [&](std::size_t column) { return std::string(rows.text(row, column)); };
        HUTONG_ASSIGN(const TimePoint from, parse_utc(text(5)));
        HUTONG_ASSIGN(const TimePoint to, parse_utc(text(6)));
        std::optional<TimePoint> ends;
        if (!text(12).empty()) {
            HUTONG_ASSIGN(ends, parse_utc(text(12)));
        }
        all.push_back({text(0), text(1), text(2), text(3), text(4), from, to, text(7), text(8), text(9),
                       text(10), text(11), ends});
    }
    return all;
}

Result<OcspStatus> status_in(const pg::Rows& rows, std::size_t row, std::size_t column) {
    if (rows.text(row, column) != "revoked") return OcspStatus{OcspState::good};
    HUTONG_ASSIGN(const TimePoint when, parse_utc(rows.text(row, column + 1)));
    return OcspStatus{OcspState::revoked, when, std::string(rows.text(row, column + 2))};
}

Result<std::vector<CertificateRegister::Expiring>> expiring_of(const pg::Rows& rows) {
    std::vector<CertificateRegister::Expiring> all;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        HUTONG_ASSIGN(const TimePoint until, parse_utc(rows.text(row, 2)));
        all.push_back({std::string(rows.text(row, 0)), std::string(rows.text(row, 1)), until,
                       static_cast<int>(rows.integer(row, 3))});
    }
    return all;
}

// What was renewed needs no warning, nor what lives so shortly that it is always about to end.
const std::string worth_a_warning =
    "c.status = 'valid' and c.not_after > now() and c.profile <> 'ocsp_signing' and not exists (select 1 "
    "from "
    "certificates n where n.renews = c.serial and n.status = 'valid')";

}  // namespace

std::string plain_hex(std::string_view text) {
    std::string hex;
    for (const char c : text)
        if (c != ':' && c != ' ') hex.push_back(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
    return hex;
}

Done CertificateRegister::add(Issued issued, Registration registration) {
    const auto key = key_of_certificate(issued.pem);
    if (!key) co_return key.error();
    const Work work = [&](pg::Session& session) -> Done {
        HUTONG_STEP(refuse_compromised_key(session, *key));
        const std::string insert =
            "insert into certificates (serial, thumbprint, subject, profile, consumer, not_before, "
            "not_after, "
            "pem, ca, renews, key) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        HUTONG_STEP(run(
            session, insert,
            with(issued.serial, issued.thumbprint, issued.subject, registration.profile,
                 or_null(registration.consumer), format_utc(issued.not_before), format_utc(issued.not_after),
                 issued.pem, issued.ca, or_null(registration.renews), *key)));
        const std::string subject = "certificate " + issued.serial;
        std::string detail = registration.profile + " " + issued.subject;
        if (!registration.renews.empty()) {
            HUTONG_STEP(supersede(session, registration.renews, registration.overlap_end));
            HUTONG_STEP(remember(session, registration.actor, "renewed", "certificate " + registration.renews,
                                 "by " + issued.serial));
        }
        if (!registration.request.empty())
            HUTONG_STEP(decide(session, registration.request, issued.serial, registration.actor));
        HUTONG_STEP(remember(session, registration.actor, "issued", subject, std::move(detail)));
        if (registration.also) HUTONG_STEP(registration.also(session));
        if (registration.issuer) {
            const OcspStatus good{OcspState::good};
            HUTONG_STEP(store_answer(session, registration.issuer, issued.serial, good));
        }
        co_return co_await raise_generation(session);
    };
    co_return co_await pool_.transaction(work);
}

Awaitable<Result<std::vector<RegisteredCertificate>>> CertificateRegister::list() {
    const std::string sql = columns + "order by issued_at, serial";
    HUTONG_QUERY(rows, pool_, sql);
    co_return certificates_of(rows);
}

Awaitable<Result<RegisteredCertificate>> CertificateRegister::find(std::string serial) {
    const std::string wanted = plain_hex(serial);
    const std::string sql = columns + "where serial = $1";
    HUTONG_QUERY(rows, pool_, sql, with(wanted));
    auto found = certificates_of(rows);
    if (!found) co_return found.error();
    if (found->empty())
        co_return not_found("no certificate with serial number " + wanted + "; hutong cert list shows them");
    co_return std::move(found->front());
}

Done CertificateRegister::check_key(std::string key) {
    HUTONG_STEP(note_certified_keys(pool_));
    co_return co_await refuse_compromised_key(pool_, std::move(key));
}

Awaitable<Result<std::string>> CertificateRegister::with_key(std::string key) {
    HUTONG_STEP(note_certified_keys(pool_));
    co_return co_await certificate_for_key(pool_, std::move(key));
}

Done CertificateRegister::revoke(std::string serial, std::string reason, std::string actor,
                                 const Authorities& authorities) {
    const Work work = [&](pg::Session& session) -> Done {
        co_return co_await revoke_one(session, plain_hex(serial), reason, actor, authorities);
    };
    co_return co_await pool_.transaction(work);
}

Awaitable<Result<unsigned>> CertificateRegister::revoke_superseded(const Authorities& authorities) {
    const std::string sql =
        "select serial from certificates where status = 'valid' and ends <= now() order by ends limit 100";
    HUTONG_QUERY(due, pool_, sql);
    for (std::size_t row = 0; row < due.size(); ++row) {
        std::string serial(due.text(row, 0));
        HUTONG_STEP(revoke(std::move(serial), "superseded", platform, authorities));
    }
    co_return static_cast<unsigned>(due.size());
}

Done CertificateRegister::renew_crl(std::shared_ptr<const Authority> authority) {
    const Work work = [&authority](pg::Session& session) -> Done {
        co_return co_await replace_crl(session, authority);
    };
    co_return co_await pool_.transaction(work);
}

Awaitable<Result<OcspStatus>> CertificateRegister::status_of(std::string serial, std::string ca) {
    const std::string sql =
        "select status, " + as_utc("revoked_at") + ", reason from certificates where serial = $1 and ca = $2";
    HUTONG_QUERY(rows, pool_, sql, with(serial, ca));
    if (rows.empty()) co_return OcspStatus{OcspState::unknown};
    co_return status_in(rows, 0, 0);
}

Awaitable<Result<std::optional<CertificateRegister::StoredAnswer>>> CertificateRegister::stored_answer(
    std::string serial) {
    const std::string sql = "select der, " + as_utc("next_update") +
                            " from ocsp_answers where serial = $1 and next_update > now()";
    HUTONG_QUERY(rows, pool_, sql, with(serial));
    std::optional<StoredAnswer> answer;
    if (rows.empty()) co_return answer;
    const auto next = parse_utc(rows.text(0, 1));
    if (!next) co_return next.error();
    answer = StoredAnswer{rows.bytes(0, 0), *next};
    co_return answer;
}

Awaitable<Result<unsigned>> CertificateRegister::sign_answers_ahead(const Authorities& authorities) {
    unsigned made = 0;
    const Work work = [&](pg::Session& session) -> Done {
        // The rows are held so that a revocation at the same moment comes before or after, not in between.
        const std::string sql =
            "select c.serial, c.ca, c.status, " + as_utc("c.revoked_at") +
            ", c.reason from certificates c left join ocsp_answers a on a.serial = c.serial where "
            "c.not_after "
            "> now() and (a.serial is null or a.next_update < now() + interval '12 hours') order by c.serial "
            "limit 200 for update of c";
        HUTONG_QUERY(due, session, sql);
        for (std::size_t row = 0; row < due.size(); ++row) {
            const auto authority = authorities.find(std::string(due.text(row, 1)));
            if (!authority) continue;
            const auto status = status_in(due, row, 2);
            if (!status) co_return status.error();
            HUTONG_STEP(store_answer(session, authority, std::string(due.text(row, 0)), *status));
            ++made;
        }
        co_return Result<void>();
    };
    HUTONG_STEP(pool_.transaction(work));
    co_return made;
}

Awaitable<Result<std::vector<CertificateRegister::Expiring>>> CertificateRegister::take_expiry_warnings() {
    const std::string sql =
        "update certificates c set warned = s.days from (select serial, case when not_after < now() + "
        "interval "
        "'7 days' then 7 when not_after < now() + interval '30 days' then 30 else 60 end as days from "
        "certificates where not_after < now() + interval '60 days') s where s.serial = c.serial and "
        "coalesce(c.warned, 1000) > s.days and " +
        worth_a_warning + " returning c.serial, c.subject, " + as_utc("c.not_after") + ", s.days";
    HUTONG_QUERY(rows, pool_, sql);
    co_return expiring_of(rows);
}

Awaitable<Result<std::vector<CertificateRegister::Expiring>>> CertificateRegister::expiring() {
    const std::string sql =
        "select c.serial, c.subject, " + as_utc("c.not_after") +
        ", case when c.not_after < now() + interval '7 days' then 7 when c.not_after < now() + interval '30 "
        "days' then 30 else 60 end from certificates c where c.not_after < now() + interval '60 days' and " +
        worth_a_warning + " order by c.not_after limit 1000";
    HUTONG_QUERY(rows, pool_, sql);
    co_return expiring_of(rows);
}

Awaitable<Result<std::vector<HistoryEntry>>> CertificateRegister::history(std::string about) {
    co_return co_await security::history(pool_, std::move(about));
}

Done CertificateRegister::authority_changed(std::string name, std::string action, std::string actor) {
    co_return co_await remember(pool_, std::move(actor), std::move(action), "ca " + name, "");
}

}  // namespace hutong::security
