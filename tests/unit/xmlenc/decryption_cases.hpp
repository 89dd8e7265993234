// What the tests of decryption share: who takes part, how messages are made, and what to expect of the
// verifier.
//
// Messages are encrypted by python cryptography and signed by xmlsec. One thread at a time.
#pragma once

#include <cppunit/TestAssert.h>

#include "security/inbound/decryption.hpp"
#include "security/xmldsig/names.hpp"
#include "security/xmlenc/names.hpp"
#include "tests/unit/xmldsig/wss_template.hpp"
#include "tests/unit/xmlenc/foreign_encrypter.hpp"
#include "tests/unit/xmlenc/read_as_tree.hpp"

namespace hutong::security::decryption_cases {

using test::EncryptionJob;
using test::Identity;
using test::WssTemplate;

std::string str(std::string_view text);
test::CertificateRecipe with_key_identifier(const std::string& name);
test::CertificateRecipe sm2_encryption(const std::string& name);

struct Cast {
    Identity ca{test::ca_recipe("ca")};
    Identity agency{test::signer_recipe("agency"), &ca};
    Identity gateway{with_key_identifier("gateway encryption"), &ca};
    Identity other{with_key_identifier("other gateway"), &ca};
    Identity sm2_gateway{sm2_encryption("gateway SM2"), &ca};
    std::shared_ptr<const DecryptionKey> key = DecryptionKey::make(gateway.key(), gateway.der()).value();
    std::shared_ptr<const DecryptionKey> sm2_key =
        DecryptionKey::make(sm2_gateway.key(), sm2_gateway.der()).value();
};
const Cast& cast();

WssTemplate plain();
std::string sign(const std::string& message);
std::string encrypt(const EncryptionJob& job);
EncryptionJob job(const std::string& message);

// Signed, then encrypted.
template <class Edit>
std::string signed_then_encrypted(Edit edit, const WssTemplate& message = plain()) {
    EncryptionJob made = job(sign(message.text()));
    edit(made);
    return encrypt(made);
}
// The same one every time: making one takes two processes.
std::string signed_then_encrypted();

template <class Edit>
std::string encrypted_then_signed(Edit edit, const WssTemplate& message = plain()) {
    EncryptionJob made = job(message.text());
    made.append = true;
    edit(made);
    return sign(encrypt(made));
}
std::string encrypted_then_signed();

// By the keys of SM2, and by SHA-1 in OAEP.
void for_sm2(EncryptionJob& job, std::string_view cipher);
void by_sha1(EncryptionJob& job);

// Whose members may use the older key transports.
TrustDomains allowing(const std::string& issuer);

struct Setting {
    std::string older{};  // the CA whose members may use the older key transports
    bool believed{true};
    bool want_encryption{true};
    std::vector<std::string> content_algorithms{};  // as of the policy
    std::vector<std::string> key_transports{};
};

test::TreeReading judge(const std::string& text, const Setting& setting = {});

std::string replaced(std::string text, const std::string& from, const std::string& to);
std::string piece(const std::string& text, const std::string& begin, const std::string& end);

void accepted(const std::string& text, const Setting& setting = {});
void refused(const std::string& text, const std::string& reason, const Setting& setting = {},
             Rejection::Kind kind = Rejection::Kind::not_verified);

}  // namespace hutong::security::decryption_cases
