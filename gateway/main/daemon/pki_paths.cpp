#include "gateway/main/daemon/pki_paths.hpp"

#include "gateway/main/daemon/get_only.hpp"
#include "gateway/main/pem.hpp"

namespace hutong::daemon {

namespace {

constexpr std::string_view crl_folder = "/pki/crl/";

http::Response ca_file(const registry::Catalogue& catalogue) {
    std::string pem;
    for (const registry::TrustedCa& ca : catalogue.cas)
        if (ca.own) pem += certificate_to_pem(ca.der);
    return http::text_response(200, "application/x-pem-file", std::move(pem));
}

const registry::Crl* find_crl(const registry::Catalogue& catalogue, std::string_view path) {
    if (!path.starts_with(crl_folder) || !path.ends_with(".crl")) return nullptr;
    path.remove_prefix(crl_folder.size());
    path.remove_suffix(4);
    for (const registry::Crl& crl : catalogue.crls)
        if (crl.ca == path) return &crl;
    return nullptr;
}

}  // namespace

Awaitable<http::Response> PkiPaths::handle(http::Request& request) {
    if (auto refusal = unless_get(request)) co_return std::move(*refusal);
    const auto catalogue = newest_();
    if (!catalogue)
        co_return http::text_response(503, "text/plain; charset=utf-8",
                                      "the registry has not been read yet\n");
    if (request.path == "/pki/ca.pem") co_return ca_file(*catalogue);
    if (const registry::Crl* crl = find_crl(*catalogue, request.path))
        co_return http::text_response(200, "application/pkix-crl", std::string(as_text(crl->der)));
    co_return http::text_response(404, "text/plain; charset=utf-8",
                                  "there is no such file: /pki/ca.pem is the start\n");
}

}  // namespace hutong::daemon
