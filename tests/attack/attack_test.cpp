// Runs the attack table on every path: one named case per row and path, each message signed by a foreign
// client first.
#include <cppunit/TestCase.h>
#include <cppunit/TestSuite.h>
#include <cppunit/extensions/AutoRegisterSuite.h>
#include <cppunit/extensions/HelperMacros.h>

#include "tests/attack/paths.hpp"
#include "tests/attack/table/families.hpp"

namespace hutong::attack {

namespace {

using security::Rejection;

std::string to_string(Rejection::Kind kind) {
    return kind == Rejection::Kind::not_verified ? "not_verified"
           : kind == Rejection::Kind::expired    ? "expired"
                                                 : "no_security_header";
}

class AttackCase : public CppUnit::TestCase {
  public:
    AttackCase(const Row& row, std::string message, const Path& path)
        : TestCase(row.name + " [" + path.name + "]"), row_(row), message_(std::move(message)), path_(path) {}

    void runTest() override {
        Receiver receiver;
        if (row_.setting) row_.setting(receiver);
        // The foreign signer's own message, before the attacker had it; changed rows start from one that is
        // good.
        if (row_.change && row_.reason != "" && row_.kind != Rejection::Kind::expired) {
            const Judgement control = path_.judge(message_, receiver);
            CPPUNIT_ASSERT_MESSAGE("control: " + control.rejection.reason, control.accepted);
        }
        const Judgement judgement = path_.judge(row_.change ? row_.change(message_) : message_, receiver);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(judgement.rejection.reason,
                                     std::string(row_.handed_over ? "tree" : path_.name),
                                     judgement.decided_by);
        if (row_.reason.empty()) {
            CPPUNIT_ASSERT_MESSAGE(judgement.rejection.reason, judgement.accepted);
            if (row_.expect)
                row_.expect(judgement.claims);
            else
                expect_signed(judgement.claims);
            return;
        }
        CPPUNIT_ASSERT_MESSAGE("the attack was accepted", !judgement.accepted);
        CPPUNIT_ASSERT_MESSAGE("it is still held for its caller's", !judgement.caller_known);
        CPPUNIT_ASSERT_MESSAGE("refused for another reason: " + judgement.rejection.reason,
                               says(judgement.rejection.reason, row_.reason));
        CPPUNIT_ASSERT_EQUAL(to_string(row_.kind), to_string(judgement.rejection.kind));
    }

  private:
    void expect_signed(const security::Claims& claims) const {
        CPPUNIT_ASSERT(claims.body_signed && claims.created && claims.expires);
        CPPUNIT_ASSERT(claims.certificate == row_.signer->der());
    }

    Row row_;
    std::string message_;
    const Path& path_;
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
            if (rows[i].issuer != nullptr) signer.add_issuer(std::to_string(i), rows[i].issuer->key_pem());
            if (rows[i].endorser != nullptr)
                signer.add_key(std::to_string(i), 1, rows[i].endorser->key_pem());
        }
        signer.run();
        auto* const suite = new CppUnit::TestSuite("attack");
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::string envelope = signer.signed_message(std::to_string(i));
            for (const Path& path : paths())
                suite->addTest(
                    new AttackCase(rows[i], rows[i].pack ? rows[i].pack(envelope) : envelope, path));
        }
        return suite;
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(AttackSuite);

}  // namespace

}  // namespace hutong::attack
