// Documents are signed and sealed here, and the openssl and xmlsec1 commands check them; and the other way
// round.
#include <fstream>
#include <sstream>

#include <cppunit/extensions/HelperMacros.h>

#include "pki_fixture.hpp"
#include "security/documents/cms_envelope.hpp"
#include "security/documents/cms_signature.hpp"
#include "security/documents/xml_signature.hpp"
#include "security/keys/pem.hpp"
#include "security/trust/trust_store.hpp"
#include "security/xmldsig/algorithm_names.hpp"
#include "security/xmldsig/names.hpp"

using namespace hutong;
using namespace hutong::security;
using hutong::security::test::contains;
using hutong::security::test::PkiHome;

namespace {

const std::string document =
    "<d:文书 xmlns:d=\"urn:doc\" id=\"7\">\r\n  <d:标题>准予  登记</d:标题><!-- 注 --></d:文书>";

std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream content;
    content << in.rdbuf();
    return content.str();
}

Bytes bytes(std::string_view text) {
    const ByteView view = as_bytes(text);
    return {view.begin(), view.end()};
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    const std::size_t at = text.find(what);
    CPPUNIT_ASSERT(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

}  // namespace

// Before anything is read.
const bool names_taken = [] {
    config::TrustDomain domain;
    domain.sm2_raw = {"urn:of-a-domain"};
    return use_algorithm_names({{"domain", domain}}).has_value();
}();

class DocumentsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DocumentsTest);
    CPPUNIT_TEST(openssl_verifies_what_we_sign);
    CPPUNIT_TEST(sm2_signs_and_verifies);
    CPPUNIT_TEST(we_verify_what_openssl_signs);
    CPPUNIT_TEST(a_cms_of_another_document_is_not_intact);
    CPPUNIT_TEST(a_cms_without_attributes_or_with_sha1_is_not_intact);
    CPPUNIT_TEST(every_changed_octet_of_a_cms_is_noticed);
    CPPUNIT_TEST(xmlsec1_verifies_what_we_sign);
    CPPUNIT_TEST(we_verify_what_xmlsec1_signs);
    CPPUNIT_TEST(signatures_of_other_things_are_not_intact);
    CPPUNIT_TEST(openssl_opens_what_we_seal);
    CPPUNIT_TEST(we_open_what_openssl_seals);
    CPPUNIT_TEST(everything_that_does_not_open_is_one_error);
    CPPUNIT_TEST(a_document_key_is_good_for_documents_only);
    CPPUNIT_TEST(the_past_is_judged_by_what_was_revoked_then);
    CPPUNIT_TEST_SUITE_END();

    PkiHome home_;
    std::shared_ptr<const Authority> authority_ = home_.found();

    std::shared_ptr<const SigningKey> key(KeyKind kind, Profile profile = Profile::document_signing) {
        const std::string name = "doc-" + std::string(to_string(kind));
        const std::string csr = make_key_and_csr(home_.home, name, kind).value();
        const Issued issued =
            authority_->issue(csr, profile, "印章", "工商局", {}, std::chrono::hours(24)).value();
        store_chain(home_.home, name, issued.pem).value();
        home_.write("ca.pem", read(home_.home.pki() / "root.pem"));
        return load_pem_key((home_.home.keys() / (name + ".key")).string(),
                            (home_.home.keys() / (name + ".pem")).string())
            .value();
    }
    std::shared_ptr<const DecryptionKey> decryption_key() {
        const std::string csr = make_key_and_csr(home_.home, "open", KeyKind::rsa).value();
        const Issued issued =
            authority_->issue(csr, Profile::document_encryption, "信箱", "工商局", {}, std::chrono::hours(24))
                .value();
        store_chain(home_.home, "open", issued.pem).value();
        return DecryptionKey::load((home_.home.keys() / "open.key").string(),
                                   (home_.home.keys() / "open.pem").string())
            .value();
    }
    Bytes made(const std::string& command) {
        home_.shell(command);
        return bytes(read(home_.at("out")));
    }
    TimePoint now() { return system_clock().now(); }

  public:
    void openssl_verifies_what_we_sign() {
        for (const KeyKind kind : {KeyKind::rsa, KeyKind::p256}) {
            const auto signing = key(kind);
            const Bytes cms = sign_cms(as_bytes(document), *signing, now()).value();
            home_.write("doc", document);
            home_.write("sig", as_text(cms));
            home_.shell(
                "openssl cms -verify -cades -purpose any -inform DER -in sig -content doc -binary -CAfile "
                "ca.pem -out out");
            CPPUNIT_ASSERT_EQUAL(document, read(home_.at("out")));
            const auto found = verify_cms(cms, as_bytes(document), {}).value();
            CPPUNIT_ASSERT_EQUAL(std::string(), found.at(0).reason);
            CPPUNIT_ASSERT(found.at(0).intact);
            CPPUNIT_ASSERT(found.at(0).certificate == signing->certificates().front());
            CPPUNIT_ASSERT(now() - found.at(0).signing_time.value() < std::chrono::minutes(1));
            CPPUNIT_ASSERT(contains(found.at(0).algorithm, "sha256"));
        }
    }

    // The openssl command cannot verify a CMS by SM2's id; what it can is the value over the attributes.
    void sm2_signs_and_verifies() {
        const auto signing = key(KeyKind::sm2);
        const Bytes cms = sign_cms(as_bytes(document), *signing, now()).value();
        const auto found = verify_cms(cms, as_bytes(document), {}).value();
        CPPUNIT_ASSERT_MESSAGE(found.at(0).reason, found.at(0).intact);
        CPPUNIT_ASSERT(!verify_cms(cms, as_bytes("x"), {}).value().at(0).intact);
        home_.write("sig", as_text(cms));
        const std::string shown = home_.shell("openssl asn1parse -inform DER -in sig");
        CPPUNIT_ASSERT(contains(shown, ":sm3") && contains(shown, "SM2-with-SM3"));
        const std::string text = sign_xml(as_bytes(document), *signing, {}).value();
        CPPUNIT_ASSERT(contains(text, names::sm3));
        const auto in_xml = verify_xml(as_bytes(text), {}).value();
        CPPUNIT_ASSERT_MESSAGE(in_xml.at(0).reason, in_xml.at(0).intact);
        // A name that a trust domain has agreed on for its messages.
        CPPUNIT_ASSERT(names_taken);
        const std::string renamed = replaced(text, std::string(names::sm2_sm3), "urn:of-a-domain");
        const auto other = verify_xml(as_bytes(renamed), {}).value();
        CPPUNIT_ASSERT_MESSAGE(other.at(0).reason,
                               contains(other.at(0).reason, "only messages of a trust domain"));
    }

    void we_verify_what_openssl_signs() {
        key(KeyKind::rsa);
        key(KeyKind::p256);
        home_.write("doc", document);
        const Bytes cms = made(
            "openssl cms -sign -binary -outform DER -in doc -out out -md sha256 "
            "-signer keys/doc-rsa.pem -inkey keys/doc-rsa.key -keyopt rsa_padding_mode:pss -keyopt "
            "rsa_pss_saltlen:-1 "
            "-signer keys/doc-p256.pem -inkey keys/doc-p256.key");
        const auto found = verify_cms(cms, as_bytes(document), {}).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t(2), found.size());
        for (const DocumentSignature& one : found) CPPUNIT_ASSERT_MESSAGE(one.reason, one.intact);
        // A certificate that was left out is looked for among those given.
        const Bytes bare = made(
            "openssl cms -sign -binary -nocerts -outform DER -in doc -out out "
            "-signer keys/doc-rsa.pem -inkey keys/doc-rsa.key");
        CPPUNIT_ASSERT(!verify_cms(bare, as_bytes(document), {}).value().at(0).intact);
        const auto given = key(KeyKind::rsa);  // another key of the same name
        CPPUNIT_ASSERT(!verify_cms(bare, as_bytes(document), given->certificates()).value().at(0).intact);
    }

    void a_cms_of_another_document_is_not_intact() {
        const Bytes cms = sign_cms(as_bytes(document), *key(KeyKind::p256), now()).value();
        const auto found = verify_cms(cms, as_bytes("another"), {}).value();
        CPPUNIT_ASSERT(!found.at(0).intact);
        CPPUNIT_ASSERT(contains(found.at(0).reason, "not the one that was signed"));
        CPPUNIT_ASSERT(verify_cms(bytes("x"), as_bytes(document), {}).has_error());
    }

    void a_cms_without_attributes_or_with_sha1_is_not_intact() {
        key(KeyKind::rsa);
        home_.write("doc", document);
        const std::string sign =
            "openssl cms -sign -binary -outform DER -in doc -out out -signer keys/doc-rsa.pem -inkey "
            "keys/doc-rsa.key ";
        CPPUNIT_ASSERT(contains(
            verify_cms(made(sign + "-noattr"), as_bytes(document), {}).value().at(0).reason, "attributes"));
        CPPUNIT_ASSERT(contains(
            verify_cms(made(sign + "-md sha1"), as_bytes(document), {}).value().at(0).reason, "not allowed"));
        CPPUNIT_ASSERT(verify_cms(made(sign + "-nodetach"), as_bytes(document), {}).has_error());
    }

    void every_changed_octet_of_a_cms_is_noticed() {
        const auto signing = key(KeyKind::p256);
        const Bytes cms = sign_cms(as_bytes(document), *signing, now()).value();
        unsigned noticed = 0;
        for (std::size_t i = 0; i < cms.size(); ++i) {
            Bytes changed = cms;
            changed[i] ^= 0x01;
            const auto found = verify_cms(changed, as_bytes(document), {});
            // What still verifies was signed by the same certificate: versions and parameters that say
            // nothing.
            if (found.has_error() || !found->at(0).intact)
                ++noticed;
            else
                CPPUNIT_ASSERT(found->at(0).certificate.size() == signing->certificates().front().size());
        }
        CPPUNIT_ASSERT(noticed > 300);
    }

    void xmlsec1_verifies_what_we_sign() {
        for (const KeyKind kind : {KeyKind::rsa, KeyKind::p256}) {
            const auto signing = key(kind);
            const std::string once = sign_xml(as_bytes(document), *signing, {}).value();
            home_.write("signed.xml", once);
            home_.shell("xmlsec1 verify --trusted-pem ca.pem --untrusted-pem pki/issuing.pem signed.xml");
            CPPUNIT_ASSERT(verify_xml(as_bytes(once), {}).value().at(0).intact);
            home_.write("document.xml", document);
            home_.write("apart.xml", sign_apart(as_bytes(document), "document.xml", *signing).value());
            home_.shell("xmlsec1 verify --trusted-pem ca.pem --untrusted-pem pki/issuing.pem apart.xml");
            const auto apart =
                verify_apart(as_bytes(read(home_.at("apart.xml"))), as_bytes(document), {}).value();
            CPPUNIT_ASSERT_MESSAGE(apart.reason, apart.intact);
            home_.write("document.xml", replaced(document, "7", "8"));
            home_.shell("! xmlsec1 verify --trusted-pem ca.pem --untrusted-pem pki/issuing.pem apart.xml");
        }
    }

    void we_verify_what_xmlsec1_signs() {
        key(KeyKind::rsa);
        const std::string signature =
            "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignedInfo><CanonicalizationMethod "
            "Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"/><SignatureMethod "
            "Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512\"/><Reference "
            "URI=\"\"><Transforms><Transform "
            "Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/></Transforms><DigestMethod "
            "Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha512\"/><DigestValue/></Reference></SignedInfo>"
            "<SignatureValue/><KeyInfo><X509Data/></KeyInfo></Signature>";
        home_.write("template.xml", "<?before it?>" + replaced(document, "<d:标题>", signature + "<d:标题>"));
        home_.shell("xmlsec1 sign --privkey-pem keys/doc-rsa.key,keys/doc-rsa.pem --output out template.xml");
        const auto found = verify_xml(as_bytes(read(home_.at("out"))), {}).value();
        CPPUNIT_ASSERT_MESSAGE(found.at(0).reason, found.at(0).intact);
        CPPUNIT_ASSERT(!verify_xml(as_bytes(replaced(read(home_.at("out")), "before", "after")), {})
                            .value()
                            .at(0)
                            .intact);
    }

    void signatures_of_other_things_are_not_intact() {
        const auto signing = key(KeyKind::p256);
        const std::string good = sign_xml(as_bytes(document), *signing, {}).value();
        const auto reason = [&](const std::string& text) {
            const auto found = verify_xml(as_bytes(text), {});
            if (found.has_error()) return found.error().detail;
            CPPUNIT_ASSERT(!found->at(0).intact);
            return found->at(0).reason;
        };
        CPPUNIT_ASSERT(contains(reason(replaced(good, "准予", "不准")), "not the one that was signed"));
        CPPUNIT_ASSERT(contains(reason(replaced(good, "URI=\"\"", "URI=\"#x\"")), "whole document"));
        CPPUNIT_ASSERT(contains(reason(document), "no child"));
        // Wrapped: the signed document is now a part of another, so its signature is no child of the root.
        CPPUNIT_ASSERT(contains(reason("<other>" + good.substr(good.find("<d:")) + "</other>"), "no child"));
        CPPUNIT_ASSERT(sign_xml(as_bytes("<!DOCTYPE a><a/>"), *signing, {}).has_error());
        CPPUNIT_ASSERT(sign_apart(as_bytes("x"), "a\"b", *signing).has_error());
        CPPUNIT_ASSERT(sign_apart(as_bytes("x"), "#a", *signing).has_error());
        // Each of two signatures covers the document and the other one.
        const std::string twice = sign_xml(as_bytes(good), *signing, {}).value();
        const auto both = verify_xml(as_bytes(twice), {}).value();
        CPPUNIT_ASSERT(both.size() == 2 && !both[0].intact && both[1].intact);
    }

    void openssl_opens_what_we_seal() {
        const auto key = decryption_key();
        home_.write("sealed", as_text(encrypt_cms(as_bytes(document), {key->certificate()}).value()));
        home_.shell(
            "openssl cms -decrypt -inform DER -in sealed -recip keys/open.pem -inkey keys/open.key -out out");
        CPPUNIT_ASSERT_EQUAL(document, read(home_.at("out")));
        CPPUNIT_ASSERT(
            encrypt_cms(as_bytes("x"), {this->key(KeyKind::p256)->certificates().front()}).has_error());
    }

    void we_open_what_openssl_seals() {
        const auto key = decryption_key();
        home_.write("doc", document);
        for (const std::string options :
             {"-aes-256-gcm -recip keys/open.pem -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256",
              "-aes-128-gcm -stream -keyid -recip keys/open.pem -keyopt rsa_padding_mode:oaep"}) {
            const Bytes sealed =
                made("openssl cms -encrypt -binary -outform DER -in doc -out out " + options);
            const auto opened = decrypt_cms(sealed, *key);
            CPPUNIT_ASSERT_MESSAGE(options + (opened ? "" : opened.error().detail), opened.has_value());
            CPPUNIT_ASSERT_EQUAL(document, std::string(as_text(*opened)));
        }
    }

    void everything_that_does_not_open_is_one_error() {
        const auto key = decryption_key();
        const auto refused = [&](const Bytes& sealed) {
            const auto opened = decrypt_cms(sealed, *key);
            CPPUNIT_ASSERT(opened.has_error());
            CPPUNIT_ASSERT(opened.error().code == ErrorCode::refused);
        };
        const Bytes good = encrypt_cms(as_bytes(document), {key->certificate()}).value();
        CPPUNIT_ASSERT_EQUAL(document, std::string(as_text(decrypt_cms(good, *key).value())));
        for (std::size_t i = 0; i < good.size(); i += 3) {
            Bytes changed = good;
            changed[i] ^= 0x20;
            if (const auto opened = decrypt_cms(changed, *key); opened.has_error())
                CPPUNIT_ASSERT(opened.error().code == ErrorCode::refused);
            else
                CPPUNIT_ASSERT_EQUAL(document, std::string(as_text(*opened)));  // a version number, say
            refused(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(i)));
        }
        home_.write("doc", document);
        const std::string encrypt = "openssl cms -encrypt -binary -outform DER -in doc -out out ";
        refused(made(encrypt + "-aes-256-gcm -recip keys/open.pem"));  // RSA 1.5
        refused(made(encrypt + "-aes-256-cbc -recip keys/open.pem -keyopt rsa_padding_mode:oaep"));
        this->key(KeyKind::rsa);
        refused(made(encrypt + "-aes-256-gcm -recip keys/doc-rsa.pem -keyopt rsa_padding_mode:oaep"));
        // Hashes of OAEP that no row of the table has.
        refused(made(encrypt + "-aes-256-gcm -recip keys/open.pem -keyopt rsa_padding_mode:oaep "
                               "-keyopt rsa_oaep_md:sha224"));
        refused(made(encrypt + "-aes-256-gcm -recip keys/open.pem -keyopt rsa_padding_mode:oaep "
                               "-keyopt rsa_oaep_md:sha512 -keyopt rsa_mgf1_md:sha256"));
        refused(bytes("nonsense"));
        refused({});
    }

    void a_document_key_is_good_for_documents_only() {
        const auto signing = key(KeyKind::rsa);
        TrustInput input;
        input.anchors = {authority_->root()};
        input.intermediates = {authority_->issuing()};
        input.crls = {authority_->make_crl({}, 1).value()};
        const auto store = TrustStore::make(input).value();
        const Bytes& certificate = signing->certificates().front();
        // In this order: a verdict that was remembered for one use must not answer for another.
        CPPUNIT_ASSERT(store->judge(certificate, {}, Usage::document_signing, now()));
        for (const Usage usage : {Usage::message_signing, Usage::tls_client, Usage::encryption})
            CPPUNIT_ASSERT(store->judge(certificate, {}, usage, now()).status == TrustStatus::wrong_usage);
        const Bytes opening = decryption_key()->certificate();
        CPPUNIT_ASSERT(store->judge(opening, {}, Usage::encryption, now()));
        for (const Usage usage : {Usage::message_signing, Usage::tls_client, Usage::document_signing})
            CPPUNIT_ASSERT(store->judge(opening, {}, usage, now()).status == TrustStatus::wrong_usage);
    }

    void the_past_is_judged_by_what_was_revoked_then() {
        const auto signing = key(KeyKind::p256);
        const Bytes& certificate = signing->certificates().front();
        const std::string serial = serial_of(read_certificate(certificate).value().get());
        const TimePoint later = now() + std::chrono::hours(2), revoked = now() + std::chrono::hours(1);
        const auto judged = [&](bool in_register) {
            TrustInput input;
            input.anchors = {authority_->root()};
            input.intermediates = {authority_->issuing()};
            input.crls = {authority_->make_crl({{serial, revoked, "keyCompromise"}}, 2).value()};
            if (in_register) input.revoked = {to_hex(sha256(ByteView(certificate)))};
            return TrustStore::make(input).value();
        };
        for (const bool in_register : {false, true}) {
            const auto store = judged(in_register);
            const auto status = [&](std::chrono::hours before_later) {
                return store
                    ->judge_as_of(certificate, {}, Usage::document_signing, later - before_later, later)
                    .status;
            };
            using std::chrono::hours;
            CPPUNIT_ASSERT(status(hours(0)) == TrustStatus::revoked);
            CPPUNIT_ASSERT(status(hours(1)) == TrustStatus::revoked);
            CPPUNIT_ASSERT(status(hours(2)) == TrustStatus::trusted);
            CPPUNIT_ASSERT_EQUAL(std::string("not yet valid"), std::string(to_string(status(hours(48)))));
            CPPUNIT_ASSERT(store->judge_as_of(certificate, {}, Usage::document_signing, later, later)
                               .revoked_at.has_value());
            // A CRL that has run out says nothing about the past either.
            const TimePoint much_later = later + hours(24 * 30);
            CPPUNIT_ASSERT(
                store->judge_as_of(certificate, {}, Usage::document_signing, now(), much_later).status ==
                TrustStatus::revoked);
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DocumentsTest);
