// hutong security-key make, list, grant, revoke.
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/admin/issuing.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/node_keys.hpp"
#include "security/trust/x509.hpp"

namespace hutong::admin {

namespace {

using registry::KeyPurpose;

Result<security::KeyKind> kind_from(const std::string& text) {
    if (text == "rsa") return security::KeyKind::rsa;
    if (text == "p256") return security::KeyKind::p256;
    if (text == "sm2") return security::KeyKind::sm2;
    return invalid("kind \"" + text + "\" is none of rsa, p256, sm2");
}

// A key in HOME/keys and the certificate that says whose it is. The names of the node's own keys have no such
// beginning, so none of those can be meant.
Result<registry::ServiceKey> make_key(const Services& services, registry::ServiceKey key,
                                      const std::string& organisation, security::KeyKind kind,
                                      const security::ProfileRow& profile, const std::string& uri,
                                      security::Issued& issued) {
    const std::string file = "service-" + key.name;
    HUTONG_ASSIGN(const auto authority, services.authorities->choose({}, kind));
    // Never over another key: of an officer who is making one of this name, or one that failed half way.
    if (const auto path = key_file(services.home, file); std::filesystem::exists(path))
        return Error{ErrorCode::conflict, path.string() + " is there already; move it away first"};
    const auto use = key.purpose == KeyPurpose::sign ? security::KeyUse::sign : security::KeyUse::decrypt;
    HUTONG_ASSIGN(const std::string csr,
                  security::make_key_and_csr(services.home, file, kind, use, *services.keys, uri));
    HUTONG_ASSIGN(issued,
                  authority->issue(csr, profile.profile, key.name, organisation, {}, profile.lifetime));
    HUTONG_TRY(security::store_chain(services.home, file, issued.pem));
    key.uri = "file:" + file + ".key";
    key.chain = issued.pem;
    return key;
}

Result<std::string> key_digest(const Bytes& certificate) {
    HUTONG_ASSIGN(const security::X509Ptr read, security::read_certificate(certificate));
    return security::public_key_digest(read.get());
}

json::object told(const registry::ServiceKey& key) {
    return json::object{{"name", key.name}, {"org", key.org},
                        {"kind", key.kind}, {"purpose", registry::to_string(key.purpose)},
                        {"uri", key.uri},   {"granted", json::array(key.granted.begin(), key.granted.end())}};
}

}  // namespace

Answer security_key_make(Services& services, const Arguments& arguments) {
    if (!services.authorities) co_return no_authority();
    registry::ServiceKey asked;
    HUTONG_CO_ASSIGN(asked.name, arguments.text("name"));
    HUTONG_CO_ASSIGN(asked.org, arguments.text("org"));
    HUTONG_CO_ASSIGN(asked.kind, arguments.text("kind"));
    HUTONG_CO_ASSIGN(const security::KeyKind kind, kind_from(asked.kind));
    HUTONG_CO_ASSIGN(const std::string purpose, arguments.text("purpose"));
    HUTONG_CO_ASSIGN(asked.purpose, registry::key_purpose_from(purpose));
    if (asked.purpose == KeyPurpose::decrypt && kind != security::KeyKind::rsa)
        co_return invalid("a key to decrypt with must be of kind rsa");
    HUTONG_CO_ASSIGN(const std::string organisation,
                     co_await services.service_keys.check_new(asked.name, asked.org));
    const security::ProfileRow& profile =
        security::row_of(asked.purpose == KeyPurpose::sign ? security::Profile::document_signing
                                                           : security::Profile::document_encryption);
    HUTONG_CO_ASSIGN(const auto place, arguments.optional_text("uri"));
    const std::string uri = place.value_or("");
    HUTONG_CO_TRY(check_key_uri(uri));
    security::Issued issued;
    HUTONG_CO_ASSIGN(registry::ServiceKey key,
                     make_key(services, std::move(asked), organisation, kind, profile, uri, issued));
    HUTONG_CO_ASSIGN(std::string digest, key_digest(issued.der));
    const security::Registration registration{std::string(profile.name), {}, services.actor};
    HUTONG_CO_TRY(co_await services.certificates.add(issued, registration));
    key.granted = {key.org};
    json::object said = told(key);
    HUTONG_CO_TRY(co_await services.service_keys.add(std::move(key), std::move(digest)));
    said["serial"] = issued.serial;
    said["thumbprint"] = issued.thumbprint;
    said["subject"] = issued.subject;
    said["not_after"] = format_utc(issued.not_after);
    said["pem"] = issued.pem;
    co_return json::value(std::move(said));
}

Answer security_key_list(Services& services, const Arguments&) {
    HUTONG_CO_TRY(co_await services.keeper.refresh());
    const auto catalogue = services.keeper.current();
    json::array all;
    for (const registry::ServiceKey& key : catalogue->service_keys) all.push_back(told(key));
    co_return json::value(std::move(all));
}

Answer security_key_grant(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string name, arguments.text("name"));
    HUTONG_CO_ASSIGN(std::string org, arguments.text("org"));
    json::value told = json::object{{"name", name}, {"org", org}};
    HUTONG_CO_TRY(co_await services.service_keys.grant(std::move(name), std::move(org)));
    co_return told;
}

Answer security_key_revoke(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string name, arguments.text("name"));
    HUTONG_CO_ASSIGN(std::string org, arguments.text("org"));
    json::value told = json::object{{"name", name}, {"org", org}};
    HUTONG_CO_TRY(co_await services.service_keys.revoke(std::move(name), std::move(org)));
    co_return told;
}

Awaitable<Result<void>> refuse_security_key(Services& services, Bytes certificate) {
    HUTONG_CO_ASSIGN(std::string digest, key_digest(certificate));
    HUTONG_CO_ASSIGN(const std::string name,
                     co_await services.service_keys.with_public_key(std::move(digest)));
    if (!name.empty())
        co_return refused("the key of this certificate is the security key " + name +
                          ", with which applications have things signed: it cannot prove who a consumer is");
    co_return Result<void>();
}

}  // namespace hutong::admin
