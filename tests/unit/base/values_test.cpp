#include <set>

#include <cppunit/extensions/HelperMacros.h>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"

using namespace hutong;

class ValuesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ValuesTest);
    CPPUNIT_TEST(base64_and_hex);
    CPPUNIT_TEST(base64_of_any_length_and_layout);
    CPPUNIT_TEST(digests_of_published_vectors);
    CPPUNIT_TEST(times);
    CPPUNIT_TEST(ids);
    CPPUNIT_TEST_SUITE_END();

    void base64_and_hex() {
        for (const std::string text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
            CPPUNIT_ASSERT_EQUAL(text, std::string(as_text(from_base64(to_base64(as_bytes(text))).value())));
            CPPUNIT_ASSERT_EQUAL(text, std::string(as_text(from_hex(to_hex(as_bytes(text))).value())));
        }
        CPPUNIT_ASSERT_EQUAL(std::string("Zm9vYg=="), to_base64(as_bytes("foob")));  // RFC 4648 section 10
        CPPUNIT_ASSERT_EQUAL(std::string("foob"),
                             std::string(as_text(from_base64(" Zm9v\n Yg= = ").value())));
        for (const std::string bad : {"Z", "Zm9vYg=", "Zm9vYh==", "Zm=9", "Zm9v!", "Zg===", "<!-- -->"})
            CPPUNIT_ASSERT_MESSAGE(bad, from_base64(bad).has_error());
        CPPUNIT_ASSERT(from_hex("abc").has_error() && from_hex("zz").has_error());
    }

    // Lines as encoders break them, and breaks where no encoder would put them.
    void base64_of_any_length_and_layout() {
        for (std::size_t size = 0; size < 1200; size += size < 400 ? 1 : 97) {
            const Bytes bytes = random_bytes(size);
            const std::string text = to_base64(bytes);
            CPPUNIT_ASSERT(bytes == from_base64(text).value());
            for (const std::size_t line : {1u, 3u, 64u, 76u, 256u, 258u}) {
                std::string broken;
                for (std::size_t at = 0; at < text.size(); at += line)
                    broken += text.substr(at, line) + "\r\n";
                CPPUNIT_ASSERT(bytes == from_base64(broken).value());
            }
            if (size == 0) continue;
            CPPUNIT_ASSERT(from_base64(text.substr(1)).has_error());
            CPPUNIT_ASSERT(from_base64(text + "!").has_error());
        }
    }

    void digests_of_published_vectors() {
        // FIPS 180-4 example and RFC 4231 case 2.
        CPPUNIT_ASSERT_EQUAL(std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
                             to_hex(sha256("abc")));
        CPPUNIT_ASSERT_EQUAL(std::string("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
                             to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))));
    }

    void times() {
        const auto time = parse_utc("2026-11-23T08:00:00.125Z");
        CPPUNIT_ASSERT_EQUAL(std::string("2026-11-23T08:00:00.125Z"), format_utc(*time));
        CPPUNIT_ASSERT_EQUAL(std::string("1970-01-01T00:00:00.000Z"), format_utc(TimePoint()));
        CPPUNIT_ASSERT_EQUAL(std::string("2026-11-23T00:00:00.000Z"),
                             format_utc(*parse_utc("2026-11-23T08:00:00+08:00")));
        CPPUNIT_ASSERT_EQUAL(std::string("2024-02-29T00:00:00.999Z"),
                             format_utc(*parse_utc("2024-02-29T00:00:00.99999999999Z")));
        for (const std::string bad :
             {"2026-11-23T08:00:00", "2026-02-30T00:00:00Z", "2026-11-23", "26-11-23T08:00:00Z",
              "2026-11-23T24:00:00Z", "2026-11-23T08:00:00.Z", "2026-11-23T08:00:00Zx", "",
              "9999-11-23T08:00:00Z", "2026-11-23T08:00:00+15:00"})
            CPPUNIT_ASSERT_MESSAGE(bad, parse_utc(bad).has_error());
    }

    void ids() {
        std::set<std::string> known;
        for (int i = 0; i < 1000; ++i) {
            const std::string uuid = new_uuid();
            CPPUNIT_ASSERT_EQUAL(std::size_t{36}, uuid.size());
            for (const std::size_t dash : {8u, 13u, 18u, 23u}) CPPUNIT_ASSERT_EQUAL('-', uuid[dash]);
            // RFC 4122 section 4.4: version 4, variant 1.
            CPPUNIT_ASSERT(uuid[14] == '4' && std::string("89ab").find(uuid[19]) != std::string::npos);
            CPPUNIT_ASSERT(known.insert(uuid).second);
            CPPUNIT_ASSERT(known.insert(new_incident_id()).second);
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{26}, new_incident_id().size());
        CPPUNIT_ASSERT(is_name("guo-shui.1") && !is_name("") && !is_name("Gs") && !is_name("../x") &&
                       !is_name("-a"));
        CPPUNIT_ASSERT(!is_name(std::string(64, 'a')));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ValuesTest);
