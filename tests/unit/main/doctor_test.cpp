// Doctor's judgement of facts.
#include <cppunit/extensions/HelperMacros.h>

#include "gateway/main/doctor/checks.hpp"

using namespace hutong;
using namespace hutong::doctor;
using std::chrono::hours;
using std::chrono::seconds;

class DoctorTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DoctorTest);
    CPPUNIT_TEST(ports);
    CPPUNIT_TEST(clocks);
    CPPUNIT_TEST(disks);
    CPPUNIT_TEST(certificates);
    CPPUNIT_TEST(secrets);
    CPPUNIT_TEST(open_files);
    CPPUNIT_TEST_SUITE_END();

    const TimePoint now_ = *parse_utc("2026-11-23T08:00:00Z");

    static void expect(Level level, const Finding& finding) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(finding.what + ": " + finding.state, std::string(to_string(level)),
                                     std::string(to_string(finding.level)));
        // What is not ok says what to do.
        CPPUNIT_ASSERT_EQUAL(level == Level::ok, finding.mend.empty());
    }

  public:
    void ports() {
        expect(Level::ok, check_port({"https", "", false, "", false, ""}));
        expect(Level::ok, check_port({"https", "0.0.0.0:8443", false, "", false, ""}));
        expect(Level::fail,
               check_port({"https", "0.0.0.0:8443", false, "", false, "Address already in use"}));
        expect(Level::fail, check_port({"https", "0.0.0.0:8443", true, "", false, ""}));
        expect(Level::fail, check_port({"https", "0.0.0.0:8443", true, "https://127.0.0.1:8443", false, ""}));
        expect(Level::ok, check_port({"https", "0.0.0.0:8443", true, "https://127.0.0.1:8443", true, ""}));
    }

    void clocks() {
        expect(Level::ok, check_clock({now_, std::nullopt, std::nullopt}));
        expect(Level::ok, check_clock({now_, now_ - hours(1), now_ + seconds(5)}));
        expect(Level::warn, check_clock({now_, now_ - hours(1), now_ - seconds(6)}));
        expect(Level::fail, check_clock({now_, now_ - hours(1), now_ + seconds(61)}));
        expect(Level::fail, check_clock({now_, now_ + seconds(1), std::nullopt}));
    }

    void disks() {
        expect(Level::ok, check_disk({"/x", 400, 100, ""}));
        expect(Level::warn, check_disk({"/x", 399, 100, ""}));
        expect(Level::fail, check_disk({"/x", 99, 100, ""}));
        expect(Level::fail, check_disk({"/x", 0, 0, "No such file or directory"}));
    }

    void certificates() {
        const auto ending = [&](hours left) {
            return check_certificate({"tls", "CN=x", now_ + left, ""}, now_);
        };
        expect(Level::ok, ending(hours(24 * 30)));
        expect(Level::warn, ending(hours(24 * 30 - 1)));
        expect(Level::warn, ending(hours(24 * 7)));
        expect(Level::fail, ending(hours(24 * 7 - 1)));
        expect(Level::fail, ending(hours(0)));
        expect(Level::fail, check_certificate({"tls", "", now_, "gone"}, now_));
    }

    void secrets() {
        expect(Level::ok, check_secret_file({"tls.key", 0600, true, ""}));
        expect(Level::ok, check_secret_file({"keys", 0700, true, ""}));
        expect(Level::fail, check_secret_file({"tls.key", 0640, true, ""}));
        expect(Level::fail, check_secret_file({"tls.key", 0604, true, ""}));
        expect(Level::warn, check_secret_file({"tls.key", 0600, false, ""}));
        expect(Level::fail, check_secret_file({"tls.key", 0, true, "gone"}));
    }

    void open_files() {
        expect(Level::ok, check_open_files(25256, 20000));
        expect(Level::warn, check_open_files(25255, 20000));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DoctorTest);
