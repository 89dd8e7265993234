#include "security/inbound/signer_form.hpp"

#include <algorithm>

namespace hutong::security {

namespace {

using Names = std::vector<std::string>;

bool is_one_of(const std::string& uri, const Names& names) {
    return std::find(names.begin(), names.end(), uri) != names.end();
}

Error unknown(const std::string& uri) {
    return refused("\"" + uri.substr(0, 120) +
                   "\" is no name of an algorithm in the trust domain of the signer");
}

}  // namespace

Result<Sm2Form> form_of_signer(const SignatureShape& shape, ByteView certificate,
                               const TrustDomains& domains) {
    const bool sm2 = shape.algorithm->scheme == Scheme::sm2sig;
    if (!sm2 && shape.names_of_the_table()) return Sm2Form{};
    HUTONG_ASSIGN(const TrustDomains::Domain* const domain, domains.of_certificate(certificate));
    for (const ReferenceShape& reference : shape.references)
        if (reference.method != reference.digest->uri && !is_one_of(reference.method, domain->sm3))
            return unknown(reference.method);
    const bool der = is_one_of(shape.method, domain->sm2_der);
    if (shape.method != shape.algorithm->uri && !der && !is_one_of(shape.method, domain->sm2_raw))
        return unknown(shape.method);
    return Sm2Form{domain->message_id, der};
}

}  // namespace hutong::security
