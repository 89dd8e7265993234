#include <algorithm>

#include "tests/fuzz/fuzz_keys.hpp"
#include "tests/fuzz/fuzz_message.hpp"

namespace hutong::test {

namespace {

// The content of the n-th element of this local name, in the bytes.
void replace_content(std::string& text, std::string_view local, std::size_t n, std::string_view content) {
    std::size_t at = 0;
    for (std::size_t seen = 0;; ++seen) {
        at = text.find(std::string(local) + ">", at);
        if (at == std::string::npos) return;
        const std::size_t begin = at + local.size() + 1;
        const std::size_t end = text.find("</", begin);
        if (end == std::string::npos) return;
        if (seen == n) {
            text.replace(begin, end - begin, content);
            return;
        }
        at = std::min(text.find(std::string(local) + ">", end), text.size() - local.size()) + local.size();
    }
}

}  // namespace

void sign_again(FuzzMessage& message) {
    std::size_t digests = 0;
    for (std::size_t n = 0; n < 4; ++n) {
        ToSign wanted = to_sign_by_stock(message.root, n, message.parts);
        if (wanted.method.empty()) return;
        for (std::size_t i = 0; i < wanted.digests.size(); ++i)
            if (!wanted.digests[i].empty())
                replace_content(message.root, "DigestValue", digests + i, wanted.digests[i]);
        digests += wanted.digests.size();
        wanted = to_sign_by_stock(message.root, n, message.parts);
        const FuzzKey& key = wanted.method.find("ecdsa") != std::string::npos ? p256_key() : rsa_key();
        const EVP_MD* const digest = wanted.method.ends_with("384")   ? EVP_sha384()
                                     : wanted.method.ends_with("512") ? EVP_sha512()
                                                                      : EVP_sha256();
        replace_content(message.root, "SignatureValue", n, to_base64(key.sign(wanted.signed_info, digest)));
    }
}

}  // namespace hutong::test
