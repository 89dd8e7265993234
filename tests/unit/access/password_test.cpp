// Passwords: RFC 7914 by a hash made elsewhere, what is refused, and stored texts that must match nothing.
#include "security/access/password.hpp"

#include <set>

#include <cppunit/extensions/HelperMacros.h>

using namespace hutong;
using namespace hutong::security;

class PasswordTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PasswordTest);
    CPPUNIT_TEST(rfc_7914_hash);
    CPPUNIT_TEST(round_trip_at_todays_cost);
    CPPUNIT_TEST(forged_stored_texts_match_nothing);
    CPPUNIT_TEST(outdated_costs_are_seen);
    CPPUNIT_TEST(new_passwords);
    CPPUNIT_TEST(temporary_passwords);
    CPPUNIT_TEST_SUITE_END();

  public:
    // Python's hashlib.scrypt(b"pleaseletmein", salt=b"SodiumChloride", n=16384, r=8, p=1, dklen=32), the
    // first half of the third vector of RFC 7914 section 12.
    void rfc_7914_hash() {
        const std::string vector =
            "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU=$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI=";
        CPPUNIT_ASSERT(password_matches("pleaseletmein", vector));
        CPPUNIT_ASSERT(!password_matches("pleaseletmeiN", vector));
    }

    void round_trip_at_todays_cost() {
        const std::string stored = hash_password("correct horse battery");
        CPPUNIT_ASSERT(stored.starts_with("$scrypt$ln=15,r=8,p=3$"));
        CPPUNIT_ASSERT(password_matches("correct horse battery", stored));
        CPPUNIT_ASSERT(!password_matches("correct horse batterz", stored));
        CPPUNIT_ASSERT(!password_matches("", stored));
        CPPUNIT_ASSERT(stored != hash_password("correct horse battery", {4, 8, 1}));
    }

    void forged_stored_texts_match_nothing() {
        const std::string good = hash_password("x", {4, 8, 1});
        const std::string rest = good.substr(good.find('$', 10));
        for (const std::string& bad :
             {std::string(), std::string("x"), "$scrypt$ln=40,r=8,p=1" + rest, "$scrypt$ln=4,r=0,p=1" + rest,
              "$scrypt$ln=4,r=8,p=99" + rest, std::string("$scrypt$ln=4,r=8,p=1$$"),
              "$scrypt$ln=-4,r=8,p=1" + rest, good.substr(0, good.size() - 8), "$scrypt$ln=4,r=8" + rest})
            CPPUNIT_ASSERT_MESSAGE(bad, !password_matches("x", bad));
        CPPUNIT_ASSERT(password_matches("x", good));
    }

    void outdated_costs_are_seen() {
        CPPUNIT_ASSERT(is_outdated(hash_password("x", {4, 8, 1})));
        CPPUNIT_ASSERT(!is_outdated(hash_password("x")));
    }

    void new_passwords() {
        for (const char* bad : {"", "short", "eleven char", "Password1234", "111111111111", "abcdefghijklmn",
                                "li", "li-li-li-li-", "with\ntwo lines", "zhangsan1234"})
            CPPUNIT_ASSERT_MESSAGE(
                bad, check_new_password(bad, bad[0] == 'z' ? "zhangsan" : "li-li-li-li").has_error());
        CPPUNIT_ASSERT(check_new_password(std::string(257, 'a') + "b", "li").has_error());
        CPPUNIT_ASSERT(check_new_password("seven lanterns by the river", "li").has_value());
        CPPUNIT_ASSERT(check_new_password("七盏灯在河边", "li").has_value());
    }

    void temporary_passwords() {
        std::set<std::string> seen;
        for (int i = 0; i < 100; ++i) {
            const std::string one = make_temporary_password();
            CPPUNIT_ASSERT_EQUAL(std::size_t{23}, one.size());
            CPPUNIT_ASSERT(check_new_password(one, "li").has_value());
            CPPUNIT_ASSERT(seen.insert(one).second);
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PasswordTest);
