#include "gateway/main/daemon/pki_paths.hpp"

#include <algorithm>

#include "gateway/main/daemon/get_only.hpp"
#include "gateway/main/pem.hpp"
#include "security/keys/private_file.hpp"

namespace hutong::daemon {

namespace {

constexpr std::string_view crl_folder = "/pki/crl/";

http::Response ca_file(const registry::Catalogue& catalogue) {
    std::string pem;
    for (const registry::TrustedCa& ca : catalogue.cas)
        if (ca.own && std::ranges::find(catalogue.revoked, ca.thumbprint) == catalogue.revoked.end())
            pem += certificate_to_pem(ca.der);
    return http::text_response(200, "application/x-pem-file", std::move(pem));
}

// Read each time, so that a renewed key is published as soon as it is there.
http::Response encryption_file(const std::filesystem::path& chain) {
    auto pem = security::read_small_file(chain);
    if (pem.has_value()) return http::text_response(200, "application/x-pem-file", std::move(*pem));
    return http::text_response(503, "text/plain; charset=utf-8",
                               "this node has no encryption certificate at the moment\n");
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
    if (request.path == "/pki/encryption.pem") co_return encryption_file(encryption_chain_);
    if (request.path == "/pki/encryption-sm2.pem") co_return encryption_file(sm2_encryption_chain_);
    if (const registry::Crl* crl = find_crl(*catalogue, request.path))
        co_return http::text_response(200, "application/pkix-crl", std::string(as_text(crl->der)));
    co_return http::text_response(404, "text/plain; charset=utf-8",
                                  "there is no such file: /pki/ca.pem is the start\n");
}

}  // namespace hutong::daemon
