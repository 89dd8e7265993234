// Which OCSP answer goes along in a handshake, and when none does.
#include "gateway/http/staple.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace hutong;
using hutong::http::Staple;

class StapleTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(StapleTest);
    CPPUNIT_TEST(only_what_fits_and_counts_is_sent);
    CPPUNIT_TEST_SUITE_END();

    void only_what_fits_and_counts_is_sent() {
        const TimePoint now = system_clock().now();
        const Bytes serial{1, 2, 3}, other{1, 2, 4}, shorter{1, 2};
        Staple staple;
        CPPUNIT_ASSERT(!staple.for_certificate(serial, now));
        staple.put({Bytes{9}, serial, now + std::chrono::hours(1)});
        CPPUNIT_ASSERT(staple.for_certificate(serial, now)->der == Bytes{9});
        CPPUNIT_ASSERT(!staple.for_certificate(other, now));
        CPPUNIT_ASSERT(!staple.for_certificate(shorter, now));
        CPPUNIT_ASSERT(!staple.for_certificate(serial, now + std::chrono::hours(1)));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(StapleTest);
