#include "security/xmldsig/digest.hpp"

#include <new>

#include <openssl/evp.h>

namespace hutong::security {

void Digest::ContextDeleter::operator()(evp_md_ctx_st* context) const {
    EVP_MD_CTX_free(context);
}

Digest::Digest(const DigestAlgorithm& algorithm) : context_(EVP_MD_CTX_new()), bytes_(algorithm.bytes) {
    if (!context_ || EVP_DigestInit_ex2(context_.get(), algorithm.md, nullptr) != 1) throw std::bad_alloc();
}

void Digest::write(std::string_view octets) {
    EVP_DigestUpdate(context_.get(), octets.data(), octets.size());
}

Bytes Digest::finish() {
    Bytes result(bytes_);
    unsigned count = 0;
    EVP_DigestFinal_ex(context_.get(), result.data(), &count);
    return result;
}

}  // namespace hutong::security
