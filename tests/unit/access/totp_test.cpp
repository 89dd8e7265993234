// One-time codes: RFC 6238 appendix B, the window of one step each way, no code twice.
#include "security/access/totp.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace hutong;
using namespace hutong::security;

namespace {

TimePoint at(std::int64_t seconds) {
    return TimePoint(std::chrono::seconds(seconds));
}

}  // namespace

class TotpTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TotpTest);
    CPPUNIT_TEST(rfc_6238_vectors);
    CPPUNIT_TEST(one_step_each_way);
    CPPUNIT_TEST(no_code_twice);
    CPPUNIT_TEST(base32_and_uri);
    CPPUNIT_TEST_SUITE_END();

    const std::string text_ = "12345678901234567890";
    const ByteView secret_ = as_bytes(text_);

  public:
    void rfc_6238_vectors() {
        const std::pair<std::int64_t, const char*> vectors[] = {{59, "94287082"},
                                                                {1111111109, "07081804"},
                                                                {1111111111, "14050471"},
                                                                {1234567890, "89005924"},
                                                                {2000000000, "69279037"}};
        for (const auto& [time, code] : vectors)
            CPPUNIT_ASSERT_EQUAL(std::string(code), totp_code(secret_, totp_step(at(time)), 8));
        // The last one, in the year 2603, is beyond what a clock of nanoseconds holds.
        CPPUNIT_ASSERT_EQUAL(std::string("65353130"), totp_code(secret_, 20000000000 / 30, 8));
    }

    void one_step_each_way() {
        const TimePoint now = at(1111111111);
        const std::uint64_t step = totp_step(now);
        for (const std::uint64_t near : {step - 1, step, step + 1})
            CPPUNIT_ASSERT(match_totp(secret_, totp_code(secret_, near), now, 0) == near);
        for (const std::uint64_t far : {step - 2, step + 2})
            CPPUNIT_ASSERT(!match_totp(secret_, totp_code(secret_, far), now, 0));
        for (const char* bad : {"", "0", "05047", "0504711", "abcdef"})
            CPPUNIT_ASSERT(!match_totp(secret_, bad, now, 0));
    }

    void no_code_twice() {
        const TimePoint now = at(1111111111);
        const std::uint64_t step = totp_step(now);
        CPPUNIT_ASSERT(!match_totp(secret_, totp_code(secret_, step), now, step));
        CPPUNIT_ASSERT(!match_totp(secret_, totp_code(secret_, step - 1), now, step));
        CPPUNIT_ASSERT(match_totp(secret_, totp_code(secret_, step + 1), now, step) == step + 1);
    }

    // RFC 4648 section 10.
    void base32_and_uri() {
        const std::pair<const char*, const char*> vectors[] = {
            {"", ""},         {"f", "MY"},         {"fo", "MZXQ"},
            {"foo", "MZXW6"}, {"foob", "MZXW6YQ"}, {"foobar", "MZXW6YTBOI"}};
        for (const auto& [bytes, text] : vectors)
            CPPUNIT_ASSERT_EQUAL(std::string(text), to_base32(as_bytes(std::string_view(bytes))));
        CPPUNIT_ASSERT_EQUAL(std::string("otpauth://totp/A%20B:li?secret=MZXW6&issuer=A%20B&algorithm=SHA1&"
                                         "digits=6&period=30"),
                             totp_uri(as_bytes(std::string_view("foo")), "A B", "li"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TotpTest);
