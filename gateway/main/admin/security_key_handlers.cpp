// hutong security-key make, list, grant, revoke.
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"
#include "security/trust/x509.hpp"

namespace hutong::admin {

namespace {

using registry::KeyPurpose;

constexpr std::chrono::hours lifetime{24 * 730};

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
                                      security::Issued& issued) {
    const std::string file = "service-" + key.name;
    HUTONG_ASSIGN(const std::string csr, security::make_key_and_csr(services.home, file, kind));
    const bool signs = key.purpose == KeyPurpose::sign;
    HUTONG_ASSIGN(
        issued, services.authority->issue(
                    csr, signs ? security::Profile::document_signing : security::Profile::document_encryption,
                    key.name, organisation, {}, lifetime));
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
    if (!services.authority)
        co_return refused(
            "this node has no CA: give the command on the node that founded the platform (hutong node list)");
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
    security::Issued issued;
    HUTONG_CO_ASSIGN(registry::ServiceKey key,
                     make_key(services, std::move(asked), organisation, kind, issued));
    HUTONG_CO_ASSIGN(std::string digest, key_digest(issued.der));
    const std::string profile = key.purpose == KeyPurpose::sign ? "document_signing" : "document_encryption";
    const std::string nobody;
    HUTONG_CO_TRY(co_await services.certificates.add(issued, profile, nobody));
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
