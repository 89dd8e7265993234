// Publishers of the UDDI APIs: accounts for those who publish for an organisation.
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/pem.hpp"
#include "security/access/password.hpp"
#include "security/trust/usage.hpp"

namespace hutong::admin {

namespace {

Awaitable<Result<std::string>> hashed(Services& services, const std::string& password,
                                      const std::string& name) {
    HUTONG_CO_TRY(security::check_new_password(password, name));
    co_return co_await services.access.passwords.hash(password);
}

}  // namespace

Answer publisher_add(Services& services, const Arguments& arguments) {
    registry::uddi::Publisher publisher;
    HUTONG_CO_ASSIGN(publisher.name, arguments.text("id"));
    HUTONG_CO_ASSIGN(publisher.org, arguments.text("org"));
    HUTONG_CO_ASSIGN(const std::string password, arguments.text("password"));
    HUTONG_CO_ASSIGN(std::string hash, co_await hashed(services, password, publisher.name));
    json::value told = json::object{{"id", publisher.name}, {"org", publisher.org}};
    HUTONG_CO_TRY(co_await services.publishers->add(std::move(publisher), std::move(hash)));
    co_return told;
}

Answer publisher_password(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string name, arguments.text("publisher"));
    HUTONG_CO_ASSIGN(const std::string password, arguments.text("password"));
    HUTONG_CO_ASSIGN(std::string hash, co_await hashed(services, password, name));
    json::value told = json::object{{"publisher", name}};
    HUTONG_CO_TRY(co_await services.publishers->set_password(std::move(name), std::move(hash)));
    co_return told;
}

Answer publisher_certificate(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string name, arguments.text("publisher"));
    HUTONG_CO_ASSIGN(const std::string pem, arguments.text("certificate"));
    HUTONG_CO_ASSIGN(const Bytes der, certificate_from_pem(pem));
    HUTONG_CO_ASSIGN(const CertificateFacts facts, certificate_facts(der));
    HUTONG_CO_TRY(security::check_can_be_bound(der, security::Usage::tls_client, system_clock().now()));
    json::value told = json::object{{"publisher", name}, {"certificate", facts.thumbprint}};
    registry::uddi::PublisherCertificate bound{facts.thumbprint, facts.not_before, facts.not_after};
    HUTONG_CO_TRY(co_await services.publishers->bind_certificate(std::move(name), std::move(bound)));
    co_return told;
}

Answer publisher_remove(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string name, arguments.text("publisher"));
    json::value told = json::object{{"publisher", name}};
    HUTONG_CO_TRY(co_await services.publishers->remove(std::move(name)));
    co_return told;
}

Answer publisher_list(Services& services, const Arguments&) {
    HUTONG_CO_ASSIGN(const auto accounts, co_await services.publishers->list());
    json::array all;
    for (const registry::uddi::PublisherAccount& one : accounts)
        all.push_back(json::object{{"id", one.publisher.name},
                                   {"org", one.publisher.org},
                                   {"certificate", one.has_certificate},
                                   {"waits", one.locked}});
    co_return json::value(std::move(all));
}

}  // namespace hutong::admin
