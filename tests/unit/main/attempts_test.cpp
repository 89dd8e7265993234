// How often an address may try to sign in.
#include "gateway/main/api/attempts.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace hutong;
using api::Attempts;

class AttemptsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AttemptsTest);
    CPPUNIT_TEST(so_many_a_minute);
    CPPUNIT_TEST(a_full_table_refuses_strangers_only);
    CPPUNIT_TEST_SUITE_END();

    const TimePoint now_ = system_clock().now();

  public:
    void so_many_a_minute() {
        Attempts attempts;
        for (unsigned i = 0; i < Attempts::most; ++i) CPPUNIT_ASSERT(attempts.may_try("10.0.0.1", now_));
        CPPUNIT_ASSERT(!attempts.may_try("10.0.0.1", now_ + std::chrono::seconds(59)));
        CPPUNIT_ASSERT(attempts.may_try("10.0.0.2", now_));
        CPPUNIT_ASSERT(attempts.may_try("10.0.0.1", now_ + Attempts::window));
    }

    void a_full_table_refuses_strangers_only() {
        Attempts attempts;
        for (std::size_t i = 0; i < Attempts::capacity; ++i)
            CPPUNIT_ASSERT(attempts.may_try(std::to_string(i), now_));
        CPPUNIT_ASSERT(!attempts.may_try("new", now_));
        CPPUNIT_ASSERT(attempts.may_try("7", now_));
        CPPUNIT_ASSERT(attempts.may_try("new", now_ + Attempts::window));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AttemptsTest);
