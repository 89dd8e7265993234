// OCSP questions of any shape, and answers as the openssl command reads them.
#include "security/pki/ocsp.hpp"

#include <fstream>

#include <cppunit/extensions/HelperMacros.h>
#include <openssl/ocsp.h>

#include "pki_fixture.hpp"
#include "security/trust/foreign_status.hpp"

using namespace hutong;
using namespace hutong::security;
using namespace hutong::security::test;

class OcspTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(OcspTest);
    CPPUNIT_TEST(openssl_is_answered_with_its_nonce);
    CPPUNIT_TEST(each_kind_of_ca_has_its_delegate);
    CPPUNIT_TEST(bad_questions_are_refused);
    CPPUNIT_TEST(refusals_are_what_rfc_6960_says);
    CPPUNIT_TEST_SUITE_END();

    PkiHome home_;

    Bytes ask(const std::string& options) {
        home_.write("leaf.pem", leaf_);
        home_.shell("openssl ocsp " + options +
                    " -issuer pki/issuing.pem -cert leaf.pem -reqout question.der");
        std::ifstream in(home_.at("question.der"), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }
    std::string leaf_;

    void openssl_is_answered_with_its_nonce() {
        const auto authority = home_.found();
        const Issued issued = home_.issue(*authority);
        leaf_ = issued.pem;
        const OcspQuestion question = read_ocsp_request(ask("-sha256")).value();
        CPPUNIT_ASSERT(question.digest == OcspDigest::sha256 && question.serial == issued.serial);
        CPPUNIT_ASSERT(!question.nonce.empty() && asks_about(question, authority->certificate()));
        const OcspStatus revoked{OcspState::revoked, system_clock().now(), "keyCompromise"};
        for (const auto& [status, word] : {std::pair{OcspStatus{OcspState::good}, "leaf.pem: good"},
                                           std::pair{revoked, "Reason: keyCompromise"},
                                           std::pair{OcspStatus{OcspState::unknown}, "leaf.pem: unknown"}}) {
            const OcspAnswer answer =
                authority->answer(issued.serial, question.id, status, question.nonce).value();
            home_.write("answer.der", as_text(answer.der));
            const std::string said = home_.shell(
                "openssl ocsp -no_nonce -reqin question.der -respin answer.der -sha256 -issuer "
                "pki/issuing.pem -cert "
                "leaf.pem -CAfile pki/root.pem");
            CPPUNIT_ASSERT_MESSAGE(said, contains(said, "Response verify OK") && contains(said, word));
            CPPUNIT_ASSERT_MESSAGE(said, !contains(said, "nonce"));
        }
    }

    void each_kind_of_ca_has_its_delegate() {
        const auto authorities = home_.found_all();
        for (const KeyKind kind : {KeyKind::rsa, KeyKind::sm2})
            CPPUNIT_ASSERT(authorities->add("ca-" + std::string(to_string(kind)), kind).has_value());
        for (const auto& authority : authorities->all()) {
            const auto delegate = authorities->prepare_delegate(*authority, system_clock().now()).value();
            CPPUNIT_ASSERT(delegate);
            authorities->install(*delegate).value();
        }
        for (const auto& authority : authorities->all()) {
            CPPUNIT_ASSERT(!authorities->prepare_delegate(*authority, system_clock().now()).value());
            const Issued issued = home_.issue(*authority);
            const OcspAnswer answer = authority->answer(issued.serial, {}, {OcspState::good}, {}).value();
            const AnswerFacts facts =
                check_foreign_answer(answer.der, issued.der, authority->issuing(), system_clock().now(), {})
                    .value();
            CPPUNIT_ASSERT(facts.state == ForeignState::good);
            home_.write("answer.der", as_text(answer.der));
            CPPUNIT_ASSERT(contains(home_.shell("openssl ocsp -respin answer.der -noverify -resp_text"),
                                    "OCSP No Check"));
        }
    }

    static Error refusal(const Bytes& question) {
        const auto read = read_ocsp_request(question);
        CPPUNIT_ASSERT(read.has_error() && read.error().code == ErrorCode::invalid);
        return read.error();
    }

    void bad_questions_are_refused() {
        const auto authority = home_.found();
        leaf_ = home_.issue(*authority).pem;
        const Bytes sound = ask("");
        CPPUNIT_ASSERT(read_ocsp_request(sound).has_value());
        refusal({});
        for (std::size_t size = 0; size < sound.size(); ++size)
            refusal(Bytes(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(size)));
        Bytes longer = sound;
        longer.push_back(0);
        refusal(longer);
        CPPUNIT_ASSERT(contains(refusal(Bytes(4097, 0x30)).detail, "4096"));
        CPPUNIT_ASSERT(contains(refusal(ask("-issuer pki/issuing.pem -cert pki/issuing.pem")).detail,
                                "one certificate"));
        CPPUNIT_ASSERT(contains(refusal(ask("-no_nonce -sha384")).detail, "SHA-1 and SHA-256"));
        OCSP_REQUEST* const request = [&] {
            const unsigned char* at = sound.data();
            return d2i_OCSP_REQUEST(nullptr, &at, static_cast<long>(sound.size()));
        }();
        for (const int length : {33, 3000}) {
            Bytes nonce(static_cast<std::size_t>(length), 7);
            OCSP_request_add1_nonce(request, nonce.data(), length);  // takes the place of the first one
            Bytes der(static_cast<std::size_t>(i2d_OCSP_REQUEST(request, nullptr)));
            unsigned char* to = der.data();
            i2d_OCSP_REQUEST(request, &to);
            CPPUNIT_ASSERT(contains(refusal(der).detail, "nonce"));
        }
        OCSP_REQUEST_free(request);
    }

    void refusals_are_what_rfc_6960_says() {
        CPPUNIT_ASSERT((ocsp_refusal(OcspRefusal::unauthorized) == Bytes{0x30, 3, 0x0a, 1, 6}));
        CPPUNIT_ASSERT((ocsp_refusal(OcspRefusal::malformed) == Bytes{0x30, 3, 0x0a, 1, 1}));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(OcspTest);
