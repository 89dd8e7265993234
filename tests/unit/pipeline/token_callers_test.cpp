// Callers by password and by SAML assertion: who they are taken for, and what may come only once.
#include "gateway/stages/token_callers.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "fixture.hpp"

using namespace hutong;
using namespace hutong::gateway;
using security::TrustStatus;
using test::Call;

namespace {

// Trusts each certificate, by its first byte, as it was told.
class TrustByByte final : public security::TrustStore {
  public:
    security::TrustVerdict judge(ByteView certificate, const std::vector<Bytes>&, security::Usage,
                                 TimePoint) const override {
        const std::uint8_t which = certificate.empty() ? 0 : certificate[0];
        const TrustStatus status = which == 'r'   ? TrustStatus::revoked
                                   : which == 's' ? TrustStatus::no_path
                                                  : TrustStatus::trusted;
        return {status, "for the officer", which == 't' ? "thumb" : "nobody's", "CN=x", "01"};
    }
    security::TrustVerdict judge_as_of(ByteView certificate, const std::vector<Bytes>& chain,
                                       security::Usage usage, TimePoint as_of, TimePoint) const override {
        return judge(certificate, chain, usage, as_of);
    }
};

class TokenCallersTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TokenCallersTest);
    CPPUNIT_TEST(subject_of_an_assertion_is_the_consumer);
    CPPUNIT_TEST(holder_needs_no_ca_of_ours_but_no_bad_certificate_either);
    CPPUNIT_TEST(only_who_may_vouches);
    CPPUNIT_TEST(user_must_be_who_signed);
    CPPUNIT_TEST(endorsers_must_be_trusted);
    CPPUNIT_TEST(once_is_once);
    CPPUNIT_TEST(full_table_refuses);
    CPPUNIT_TEST_SUITE_END();

  public:
    void setUp() override {
        call_ = std::make_unique<Call>();
        call_->table->trust = std::make_shared<TrustByByte>();
        call_->table->saml_names[{"idp", "clerk"}] = subject_;
        call_->table->users["reader"] = call_->reader;
        call_->table->users["subject"] = subject_;
        subject_->id = "subject";
        claims().certificate = {'t'};
    }

  private:
    security::Claims& claims() {
        if (!call_->exchange->claims) call_->exchange->claims.emplace();
        return *call_->exchange->claims;
    }
    std::string consumer() {
        const auto refusal = identify_by_tokens(*call_->exchange);
        CPPUNIT_ASSERT_MESSAGE(refusal ? refusal->public_reason : "", !refusal);
        return call_->exchange->consumer->id;
    }
    std::string refusal() {
        const auto refused = identify_by_tokens(*call_->exchange);
        CPPUNIT_ASSERT(refused);
        CPPUNIT_ASSERT_EQUAL(std::string("FailedAuthentication"), refused->code.detail_code.local);
        return refused->public_reason;
    }
    static bool has(const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    }

    void subject_of_an_assertion_is_the_consumer() {
        claims().saml = {"idp", "clerk", false};
        CPPUNIT_ASSERT(has_tokens(claims()));
        CPPUNIT_ASSERT_EQUAL(std::string("subject"), consumer());
        claims().saml = {"idp", "boss", false};
        CPPUNIT_ASSERT(has(refusal(), "not registered"));
        claims().saml = {"other idp", "clerk", false};
        CPPUNIT_ASSERT(has(refusal(), "not registered"));
    }

    void holder_needs_no_ca_of_ours_but_no_bad_certificate_either() {
        claims().saml = {"idp", "clerk", false};
        claims().certificate = {'s'};
        CPPUNIT_ASSERT_EQUAL(std::string("subject"), consumer());
        claims().certificate = {'r'};
        CPPUNIT_ASSERT(has(refusal(), "revoked"));
        claims().saml = {"idp", "clerk", true};
        claims().certificate = {'s'};
        CPPUNIT_ASSERT(has(refusal(), "not issued by a CA"));
    }

    void only_who_may_vouches() {
        claims().saml = {"idp", "clerk", true};
        CPPUNIT_ASSERT(has(refusal(), "may not vouch"));
        call_->reader->vouches = true;
        CPPUNIT_ASSERT_EQUAL(std::string("subject"), consumer());
        claims().certificate = {'u'};
        CPPUNIT_ASSERT(has(refusal(), "may not vouch"));
    }

    void user_must_be_who_signed() {
        claims().username = "reader";
        CPPUNIT_ASSERT_EQUAL(std::string("reader"), consumer());
        claims().username = "subject";
        CPPUNIT_ASSERT(has(refusal(), "another consumer's"));
        call_->exchange->consumer.reset();
        claims().certificate.clear();
        CPPUNIT_ASSERT_EQUAL(std::string("subject"), consumer());
    }

    void endorsers_must_be_trusted() {
        claims().endorsers = {{'t'}};
        CPPUNIT_ASSERT(has_tokens(claims()));
        CPPUNIT_ASSERT_EQUAL(std::string("reader"), consumer());
        claims().endorsers.push_back({'s'});
        CPPUNIT_ASSERT(has(refusal(), "further signature"));
    }

    void once_is_once() {
        ReplayWindow window(1000);
        const TimePoint until = call_->exchange->received + std::chrono::minutes(5);
        claims().one_time = {{"nonce reader AAAA", until}};
        CPPUNIT_ASSERT(!enter_one_time(*call_->exchange, window));
        CPPUNIT_ASSERT(has(enter_one_time(*call_->exchange, window)->public_reason, "received before"));
        claims().one_time = {{"nonce subject AAAA", until}};
        CPPUNIT_ASSERT(!enter_one_time(*call_->exchange, window));
    }

    void full_table_refuses() {
        ReplayWindow window(1);
        const TimePoint until = call_->exchange->received + std::chrono::minutes(5);
        std::optional<Refusal> refused;
        for (int i = 0; i < 100 && !refused; ++i) {
            claims().one_time = {{"nonce reader " + std::to_string(i), until}};
            refused = enter_one_time(*call_->exchange, window);
        }
        CPPUNIT_ASSERT(refused && refused->code.side == soap::FaultCode::Side::receiver);
    }

    std::unique_ptr<Call> call_;
    const std::shared_ptr<registry::Consumer> subject_{std::make_shared<registry::Consumer>()};
};
CPPUNIT_TEST_SUITE_REGISTRATION(TokenCallersTest);

}  // namespace
