// Runs the attack table against the verifier: one named case per row, each message signed by a foreign client
// first.
#include <cppunit/TestCase.h>
#include <cppunit/TestSuite.h>
#include <cppunit/extensions/AutoRegisterSuite.h>
#include <cppunit/extensions/HelperMacros.h>

#include "base/config/config.hpp"
#include "security/inbound/verifier.hpp"
#include "tests/attack/attack_table.hpp"

namespace hutong::attack {

namespace {

using security::Rejection;

// What the gateway would do: scan the bytes, then verify.
security::Verdict judge(const std::string& text) {
    const xml::Limits limits;
    static const auto verifier = security::make_dom_verifier(config::Security{}, limits);
    const auto layout = soap::scan(text, limits);
    if (layout.has_error()) return Rejection{Rejection::Kind::not_verified, layout.error().detail};
    return verifier->verify(
        {text, &*layout, {.body = true, .timestamp = true, .addressing = true}, test::test_time()});
}

std::string to_string(Rejection::Kind kind) {
    return kind == Rejection::Kind::not_verified ? "not_verified"
           : kind == Rejection::Kind::expired    ? "expired"
                                                 : "no_security_header";
}

class AttackCase : public CppUnit::TestCase {
  public:
    AttackCase(const Row& row, std::string message)
        : TestCase(row.name), row_(row), message_(std::move(message)) {}

    void runTest() override {
        // The foreign signer's own message, before the attacker had it; changed rows start from one that is
        // good.
        if (row_.change && row_.reason != "" && row_.kind != Rejection::Kind::expired) {
            const auto control = judge(message_);
            CPPUNIT_ASSERT_MESSAGE("control: " + (control.has_error() ? control.error().reason : ""),
                                   control.has_value());
        }
        const auto verdict = judge(row_.change ? row_.change(message_) : message_);
        if (row_.reason.empty()) {
            CPPUNIT_ASSERT_MESSAGE(verdict.has_error() ? verdict.error().reason : "", verdict.has_value());
            CPPUNIT_ASSERT(verdict->body_signed && verdict->created && verdict->expires);
            CPPUNIT_ASSERT(verdict->certificate == row_.signer->der());
            return;
        }
        CPPUNIT_ASSERT_MESSAGE("the attack was accepted", verdict.has_error());
        CPPUNIT_ASSERT_MESSAGE("refused for another reason: " + verdict.error().reason,
                               verdict.error().reason.find(row_.reason) != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(to_string(row_.kind), to_string(verdict.error().kind));
    }

  private:
    Row row_;
    std::string message_;
};

class AttackSuite {
  public:
    static CppUnit::TestSuite* suite() {
        const std::vector<Row> rows = all_rows();
        test::ForeignSigner signer;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (rows[i].signer != nullptr)
                signer.add(std::to_string(i), rows[i].message.text(), rows[i].signer->key_pem());
            else
                signer.add_hmac(std::to_string(i), rows[i].message.text(), rows[i].secret);
        }
        signer.run();
        auto* const suite = new CppUnit::TestSuite("attack");
        for (std::size_t i = 0; i < rows.size(); ++i)
            suite->addTest(new AttackCase(rows[i], signer.signed_message(std::to_string(i))));
        return suite;
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(AttackSuite);

}  // namespace

}  // namespace hutong::attack
