#include "security/pki/certified_keys.hpp"

#include "base/coroutine.hpp"
#include "security/pki/request.hpp"
#include "security/pki/sql.hpp"
#include "security/trust/x509.hpp"

namespace hutong::security {

Result<std::string> key_of_certificate(std::string_view pem) {
    HUTONG_ASSIGN(const auto certificates, certificates_from_pem(pem, "the registered certificate"));
    const KeyPtr key(X509_get_pubkey(certificates.front().get()));
    if (!key) {
        (void)openssl_error("");
        return invalid("the registered certificate's key cannot be read");
    }
    return key_thumbprint(key.get());
}

// A piece at a time. What cannot be read is nobody's certificate and stays as it is.
Awaitable<Result<void>> note_certified_keys(pg::Pool& pool) {
    std::string after;
    for (bool more = true; more;) {
        HUTONG_QUERY(rows, pool,
                     "select serial, pem from certificates where key is null and serial > $1 order by serial "
                     "limit 100",
                     with(after));
        more = !rows.empty();
        for (std::size_t row = 0; row < rows.size(); ++row) {
            after = rows.text(row, 0);
            const auto key = key_of_certificate(rows.text(row, 1));
            if (key.has_error() || key->empty()) continue;
            HUTONG_QUERY(
                noted, pool,
                "update certificates set key = $2 where serial = $1 and key is null returning serial",
                with(after, *key));
        }
    }
    co_return Result<void>();
}

Awaitable<Result<std::string>> certificate_for_key(pg::Session& session, std::string key) {
    HUTONG_QUERY(rows, session,
                 "select serial from certificates where key = $1 order by issued_at desc, serial limit 1",
                 with(key));
    if (rows.empty()) co_return std::string();
    co_return std::string(rows.text(0, 0));
}

namespace {

Error compromised(const std::string& whose, std::string_view revoked) {
    return refused("the key of this request is that of " + whose + ", which was revoked at " +
                   std::string(revoked) +
                   " since the key was compromised: make a new key, and a request for it");
}

// Issuing CAs are in no register of certificates, and few.
Awaitable<Result<void>> refuse_key_of_revoked_ca(pg::Session& session, const std::string& key) {
    HUTONG_QUERY(rows, session,
                 "select a.ca, " + as_utc("a.revoked_at") +
                     ", t.der from revoked_authorities a join trusted_cas t on t.thumbprint = a.thumbprint "
                     "where a.reason in ('keyCompromise', 'cACompromise') order by a.ca");
    for (std::size_t row = 0; row < rows.size(); ++row) {
        HUTONG_CO_ASSIGN(const X509Ptr certificate, read_certificate(rows.bytes(row, 2)));
        const KeyPtr its(X509_get_pubkey(certificate.get()));
        if (its && key_thumbprint(its.get()) == key)
            co_return compromised("the CA " + std::string(rows.text(row, 0)), rows.text(row, 1));
    }
    co_return Result<void>();
}

}  // namespace

Awaitable<Result<void>> refuse_compromised_key(pg::Session& session, std::string key) {
    HUTONG_QUERY(rows, session,
                 "select serial, " + as_utc("revoked_at") +
                     " from certificates where key = $1 and status = 'revoked' and reason = 'keyCompromise' "
                     "order by revoked_at limit 1",
                 with(key));
    if (!rows.empty()) co_return compromised("certificate " + std::string(rows.text(0, 0)), rows.text(0, 1));
    co_return co_await refuse_key_of_revoked_ca(session, key);
}

}  // namespace hutong::security
