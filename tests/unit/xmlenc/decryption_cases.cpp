#include "tests/unit/xmlenc/decryption_cases.hpp"

namespace hutong::security::decryption_cases {

std::string str(std::string_view text) {
    return std::string(text);
}

test::CertificateRecipe with_key_identifier(const std::string& name) {
    test::CertificateRecipe recipe = test::signer_recipe(name, "RSA:2048");
    recipe.extensions["subjectKeyIdentifier"] = "hash";
    return recipe;
}

test::CertificateRecipe sm2_encryption(const std::string& name) {
    test::CertificateRecipe recipe = test::signer_recipe(name, "SM2:");
    recipe.extensions["keyUsage"] = "critical,keyEncipherment,dataEncipherment";
    recipe.extensions["subjectKeyIdentifier"] = "hash";
    return recipe;
}

const Cast& cast() {
    static const Cast everyone;
    return everyone;
}

WssTemplate plain() {
    return test::template_for(cast().agency);
}

std::string sign(const std::string& message) {
    static std::map<std::string, std::string> made;
    if (const auto found = made.find(message); found != made.end()) return found->second;
    test::ForeignSigner signer;
    signer.add("m", message, cast().agency.key_pem());
    signer.run();
    return made[message] = signer.signed_message("m");
}

std::string encrypt(const EncryptionJob& job) {
    test::ForeignEncrypter encrypter;
    encrypter.add("m", job);
    encrypter.run();
    return encrypter.encrypted("m");
}

EncryptionJob job(const std::string& message) {
    EncryptionJob made;
    made.message = message;
    made.recipient = &cast().gateway;
    return made;
}

std::string signed_then_encrypted() {
    static const std::string made = signed_then_encrypted([](EncryptionJob&) {});
    return made;
}

std::string encrypted_then_signed() {
    static const std::string made = encrypted_then_signed([](EncryptionJob&) {});
    return made;
}

TrustDomains allowing(const std::string& issuer) {
    if (issuer.empty()) return {};
    config::TrustDomain older, newer;
    older.issuers = {issuer};
    older.allow_oaep_sha1 = true;
    newer.issuers = {"CN=strict"};
    return TrustDomains({{"older", older}, {"newer", newer}});
}

test::TreeReading judge(const std::string& text, const Setting& setting) {
    test::TreeReadingOptions options;
    options.policy.sign_addressing = true;
    options.policy.encrypt_body = setting.want_encryption;
    const TrustDomains domains = allowing(setting.older);
    options.tokens.domains = &domains;
    options.policy.content_algorithms = setting.content_algorithms;
    options.policy.key_transports = setting.key_transports;
    options.keys = {cast().key, cast().sm2_key};
    options.believed = setting.believed;
    return test::read_as_tree(text, options);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    CPPUNIT_ASSERT_MESSAGE("no \"" + from + "\" in " + text, at != std::string::npos);
    return text.replace(at, from.size(), to);
}
std::string piece(const std::string& text, const std::string& begin, const std::string& end) {
    const auto from = text.find(begin);
    const auto to = text.find(end, from);
    CPPUNIT_ASSERT_MESSAGE("no " + begin + "…" + end, from != std::string::npos && to != std::string::npos);
    return text.substr(from, to + end.size() - from);
}

void accepted(const std::string& text, const Setting& setting) {
    const auto verdict = judge(text, setting);
    CPPUNIT_ASSERT_MESSAGE(verdict.has_error() ? verdict.error().reason + "\n" + text : "",
                           verdict.has_value());
    CPPUNIT_ASSERT(verdict->body_signed && verdict->encrypted && verdict->encrypted->body);
    const std::string& clear = verdict.plaintext.value();
    CPPUNIT_ASSERT_MESSAGE(clear,
                           clear.find("<po:item>税务</po:item></po:order></soap:Body>") != std::string::npos);
    CPPUNIT_ASSERT_MESSAGE(clear, clear.find("xenc:") == std::string::npos);
    const soap::Range range = verdict->security_headers.at(0);
    CPPUNIT_ASSERT(clear.substr(range.begin, 14) == "<wsse:Security");
    CPPUNIT_ASSERT(clear.substr(range.end - 16, 16) == "</wsse:Security>");
    CPPUNIT_ASSERT_EQUAL(xml::QName({"urn:po", "order"}).text(), soap::scan(clear, {})->operation.text());
}

void refused(const std::string& text, const std::string& reason, const Setting& setting,
             Rejection::Kind kind) {
    const auto verdict = judge(text, setting);
    CPPUNIT_ASSERT_MESSAGE("accepted, but expected: " + reason, verdict.has_error());
    CPPUNIT_ASSERT_MESSAGE("refused for another reason: " + verdict.error().reason,
                           verdict.error().reason.find(reason) != std::string::npos);
    CPPUNIT_ASSERT(verdict.error().kind == kind);
}

void for_sm2(EncryptionJob& j, std::string_view cipher) {
    j.recipient = &cast().sm2_gateway;
    j.transport = str(names::sm2_encryption);
    j.digest = j.mgf = "";
    j.cipher = str(cipher);
}

void by_sha1(EncryptionJob& j) {
    j.transport = str(names::rsa_oaep_mgf1p);
    j.digest = j.mgf = "";
}

}  // namespace hutong::security::decryption_cases
