// Runs the attack table on every path: one named case per row and path, each message signed by a foreign
// client first.
#include <iostream>
#include <sstream>

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
        // The foreign signer's own message, before the attacker had it; changed rows start from one that is
        // good.
        if (row_.change && row_.reason != "" && row_.kind != Rejection::Kind::expired) {
            const Judgement control = path_.judge(message_, test::test_time());
            CPPUNIT_ASSERT_MESSAGE("control: " + control.rejection.reason, control.accepted);
        }
        const Judgement judgement =
            path_.judge(row_.change ? row_.change(message_) : message_, test::test_time());
        if (judgement.decided_by != path_.name)
            std::cout << getName() << ": decided by " << judgement.decided_by << "\n";
        if (row_.reason.empty()) {
            CPPUNIT_ASSERT_MESSAGE(judgement.rejection.reason, judgement.accepted);
            const security::Claims& claims = judgement.claims;
            CPPUNIT_ASSERT(claims.body_signed && claims.created && claims.expires);
            CPPUNIT_ASSERT(claims.certificate == row_.signer->der());
            return;
        }
        CPPUNIT_ASSERT_MESSAGE("the attack was accepted", !judgement.accepted);
        CPPUNIT_ASSERT_MESSAGE("refused for another reason: " + judgement.rejection.reason,
                               expected(judgement.rejection.reason));
        CPPUNIT_ASSERT_EQUAL(to_string(row_.kind), to_string(judgement.rejection.kind));
    }

  private:
    bool expected(const std::string& reason) const {
        std::istringstream all(row_.reason);
        for (std::string one; std::getline(all, one, '|');)
            if (reason.find(one) != std::string::npos) return true;
        return false;
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
        }
        signer.run();
        auto* const suite = new CppUnit::TestSuite("attack");
        for (std::size_t i = 0; i < rows.size(); ++i)
            for (const Path& path : paths())
                suite->addTest(new AttackCase(rows[i], signer.signed_message(std::to_string(i)), path));
        return suite;
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(AttackSuite);

}  // namespace

}  // namespace hutong::attack
