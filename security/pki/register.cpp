#include "security/pki/register.hpp"

#include <algorithm>

namespace hutong::security {

namespace {

using Done = Awaitable<Result<void>>;
using Work = std::function<Done(pg::Session&)>;

// A column as xs:dateTime, the form parse_utc() reads.
std::string utc(const std::string& column) {
    return "to_char(" + column + " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')";
}

Done run(pg::Session& session, std::string sql, pg::Params params = {}) {
    const auto rows = co_await session.query(std::move(sql), std::move(params));
    if (!rows) co_return rows.error();
    co_return Result<void>();
}

Done raise_generation(pg::Session& session) {
    return run(session, "select raise_generation()");
}

// As officers copy it from other programs: capitals and colons.
std::string plain_hex(std::string_view text) {
    std::string hex;
    for (const char c : text)
        if (c != ':' && c != ' ') hex.push_back(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
    return hex;
}

Awaitable<Result<std::vector<RevokedEntry>>> revoked_entries(pg::Session& session) {
    const std::string sql = "select serial, " + utc("revoked_at") +
                            ", reason from certificates where status = 'revoked' order by serial";
    const auto rows = co_await session.query(sql, pg::Params());
    if (!rows) co_return rows.error();
    std::vector<RevokedEntry> entries;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto when = parse_utc(rows->text(row, 1));
        if (!when) co_return when.error();
        entries.push_back({std::string(rows->text(row, 0)), *when, std::string(rows->text(row, 2))});
    }
    co_return entries;
}

// Makes the CRL of all that is revoked, this transaction's revocations included, and stores it.
Done replace_crl(pg::Session& session, Authority& authority) {
    // Two officers at once must not make two CRLs of one number, nor each one without the other's revocation.
    const auto locked = co_await run(session, "lock table crls in share row exclusive mode");
    if (!locked) co_return locked.error();
    const auto entries = co_await revoked_entries(session);
    if (!entries) co_return entries.error();
    const pg::Params which{authority.issuing_name()};
    const auto next =
        co_await session.query("select coalesce(max(number), 0) + 1 from crls where ca = $1", which);
    if (!next) co_return next.error();
    const std::int64_t number = next->integer(0, 0);
    const auto der = authority.make_crl(*entries, static_cast<std::uint64_t>(number));
    if (!der) co_return der.error();
    const pg::Params row{authority.issuing_name(), std::to_string(number), pg::bytea(*der)};
    const auto stored =
        co_await run(session,
                     "insert into crls (ca, number, der) values ($1, $2, $3) on conflict (ca) do update "
                     "set number = excluded.number, der = excluded.der, made = now()",
                     row);
    if (!stored) co_return stored.error();
    co_return co_await raise_generation(session);
}

Done mark_revoked(pg::Session& session, const std::string& serial, const std::string& reason) {
    const pg::Params change{serial, reason};
    const auto changed = co_await session.query(
        "update certificates set status = 'revoked', reason = $2, revoked_at = now() "
        "where serial = $1 and status = 'valid'",
        change);
    if (!changed) co_return changed.error();
    if (changed->affected() == 1) co_return Result<void>();
    const pg::Params which{serial};
    const std::string sql = "select reason, " + utc("revoked_at") + " from certificates where serial = $1";
    const auto found = co_await session.query(sql, which);
    if (!found) co_return found.error();
    if (found->empty())
        co_return not_found("no certificate with serial number " + serial + "; hutong cert list shows them");
    co_return Error{ErrorCode::conflict, "certificate " + serial + " was revoked already, at " +
                                             std::string(found->text(0, 1)) + " (" +
                                             std::string(found->text(0, 0)) + ")"};
}

}  // namespace

Done CertificateRegister::add(const Issued& issued, const std::string& profile, const std::string& consumer) {
    const pg::Param owner = consumer.empty() ? pg::Param() : pg::Param(consumer);
    const pg::Params row{issued.serial,
                         issued.thumbprint,
                         issued.subject,
                         profile,
                         owner,
                         format_utc(issued.not_before),
                         format_utc(issued.not_after),
                         issued.pem};
    const Work work = [&row](pg::Session& session) -> Done {
        const auto added =
            co_await run(session,
                         "insert into certificates (serial, thumbprint, subject, profile, consumer, "
                         "not_before, not_after, pem) values ($1, $2, $3, $4, $5, $6, $7, $8)",
                         row);
        if (!added) co_return added.error();
        co_return co_await raise_generation(session);
    };
    co_return co_await pool_.transaction(work);
}

Awaitable<Result<std::vector<RegisteredCertificate>>> CertificateRegister::list() {
    const std::string sql =
        "select serial, thumbprint, subject, profile, consumer, " + utc("not_before") + ", " +
        utc("not_after") +
        ", case when status = 'valid' and not_after < now() then 'expired' else status end, "
        "reason, pem from certificates order by issued_at, serial";
    const auto rows = co_await pool_.query(sql, pg::Params());
    if (!rows) co_return rows.error();
    std::vector<RegisteredCertificate> certificates;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto text = [&](std::size_t column) { return std::string(rows->text(row, column)); };
        const auto from = parse_utc(text(5));
        const auto to = parse_utc(text(6));
        if (!from || !to) co_return from ? to.error() : from.error();
        certificates.push_back(
            {text(0), text(1), text(2), text(3), text(4), *from, *to, text(7), text(8), text(9)});
    }
    co_return certificates;
}

Done CertificateRegister::revoke(const std::string& serial, const std::string& reason, Authority& authority) {
    const std::string wanted = plain_hex(serial);
    const Work work = [&](pg::Session& session) -> Done {
        const auto marked = co_await mark_revoked(session, wanted, reason);
        if (!marked) co_return marked.error();
        co_return co_await replace_crl(session, authority);
    };
    co_return co_await pool_.transaction(work);
}

Done CertificateRegister::renew_crl(Authority& authority) {
    const Work work = [&authority](pg::Session& session) -> Done {
        co_return co_await replace_crl(session, authority);
    };
    co_return co_await pool_.transaction(work);
}

Done CertificateRegister::add_trusted_ca(const Bytes& der, const std::string& name, bool own) {
    const pg::Params row{to_hex(sha256(ByteView(der))), name, std::string(own ? "true" : "false"),
                         pg::bytea(der)};
    const Work work = [&](pg::Session& session) -> Done {
        const auto added = co_await run(
            session, "insert into trusted_cas (thumbprint, name, own, der) values ($1, $2, $3, $4)", row);
        if (added.has_error() && added.error().code == ErrorCode::conflict)
            co_return Error{ErrorCode::conflict, "the CA " + name + " is trusted already"};
        if (!added) co_return added.error();
        co_return co_await raise_generation(session);
    };
    co_return co_await pool_.transaction(work);
}

Done CertificateRegister::remove_trusted_ca(const std::string& thumbprint) {
    const pg::Params which{plain_hex(thumbprint)};
    const Work work = [&](pg::Session& session) -> Done {
        const auto removed = co_await session.query("delete from trusted_cas where thumbprint = $1", which);
        if (!removed) co_return removed.error();
        if (removed->affected() == 0)
            co_return not_found("no trusted CA has the thumbprint " + thumbprint +
                                "; hutong trust list shows them");
        co_return co_await raise_generation(session);
    };
    co_return co_await pool_.transaction(work);
}

}  // namespace hutong::security
