#include "security/pki/certified_keys.hpp"

#include "security/pki/request.hpp"
#include "security/pki/sql.hpp"

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
            if (key.has_error()) continue;
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

Awaitable<Result<void>> refuse_compromised_key(pg::Session& session, std::string key) {
    HUTONG_QUERY(rows, session,
                 "select serial, " + as_utc("revoked_at") +
                     " from certificates where key = $1 and status = 'revoked' and reason = 'keyCompromise' "
                     "order by revoked_at limit 1",
                 with(key));
    if (rows.empty()) co_return Result<void>();
    co_return refused("the key of this request is that of certificate " + std::string(rows.text(0, 0)) +
                      ", which was revoked at " + std::string(rows.text(0, 1)) +
                      " since the key was compromised: make a new key, and a request for it");
}

}  // namespace hutong::security
