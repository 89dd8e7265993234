// Has messages encrypted by python cryptography, in a process of its own that shares nothing with what is
// under test.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/unit/xmldsig/test_identity.hpp"

namespace hutong::test {

struct EncryptionJob {
    std::string message;
    const Identity* recipient;
    std::string transport{"http://www.w3.org/2009/xmlenc11#rsa-oaep"};
    std::string digest{"http://www.w3.org/2001/04/xmlenc#sha256"};  // empty: no DigestMethod
    std::string mgf{"http://www.w3.org/2009/xmlenc11#mgf1sha256"};  // empty: no MGF
    std::string cipher{"http://www.w3.org/2009/xmlenc11#aes256-gcm"};
    // body, header:NAME (as an EncryptedHeader), content:NAME (of a header block), security:NAME
    std::vector<std::string> parts{"body"};
    std::string key_info{"thumbprint"};  // ski, issuer, token, certificate, name
    bool append{false};                  // EncryptedKey after everything else in the Security header
    bool list_beside{false};             // a ReferenceList of its own
    unsigned key_bytes{0};               // of the content key, where it is to be wrong
    std::map<std::string, std::string> plaintext{};  // by part, instead of what stands there
};

class ForeignEncrypter {
  public:
    ForeignEncrypter();
    ~ForeignEncrypter();
    ForeignEncrypter(const ForeignEncrypter&) = delete;
    ForeignEncrypter& operator=(const ForeignEncrypter&) = delete;

    void add(const std::string& name, const EncryptionJob& job);
    void run();  // throws, with the encrypter's words
    std::string encrypted(const std::string& name) const;

  private:
    std::filesystem::path folder_;
};

}  // namespace hutong::test
