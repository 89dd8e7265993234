#include "base/addresses.hpp"

#include <string>

#include <cppunit/extensions/HelperMacros.h>

using namespace hutong;

class AddressesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AddressesTest);
    CPPUNIT_TEST(networks_contain_what_their_prefix_says);
    CPPUNIT_TEST(what_is_no_network_is_refused);
    CPPUNIT_TEST(only_global_unicast_is_public);
    CPPUNIT_TEST(mailboxes);
    CPPUNIT_TEST_SUITE_END();

    static bool contains(std::string_view network, std::string_view address) {
        return Network::parse(network).value().contains(parse_ip(address).value());
    }

    void networks_contain_what_their_prefix_says() {
        CPPUNIT_ASSERT(contains("10.0.0.0/8", "10.255.0.1") && !contains("10.0.0.0/8", "11.0.0.1"));
        CPPUNIT_ASSERT(contains("172.16.0.0/12", "172.31.255.255") &&
                       !contains("172.16.0.0/12", "172.32.0.0"));
        CPPUNIT_ASSERT(contains("192.0.2.7", "192.0.2.7") && !contains("192.0.2.7", "192.0.2.6"));
        CPPUNIT_ASSERT(contains("0.0.0.0/0", "8.8.8.8") && !contains("0.0.0.0/0", "2400::1"));
        CPPUNIT_ASSERT(contains("fd00::/9", "fd7f::1") && !contains("fd00::/9", "fd80::1"));
        CPPUNIT_ASSERT(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
        CPPUNIT_ASSERT(contains("::/0", "10.1.2.3"));
    }

    void what_is_no_network_is_refused() {
        for (const std::string_view text :
             {"", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/-1", "10.0.0.0/8x", "localhost",
              "10.0.0.0:80", "[::1]", "fe80::1%eth0"})
            CPPUNIT_ASSERT_MESSAGE(std::string(text), Network::parse(text).has_error());
    }

    void only_global_unicast_is_public() {
        for (const std::string_view text : {"8.8.8.8", "223.5.5.5", "2400:3200::1", "::ffff:8.8.8.8"})
            CPPUNIT_ASSERT_MESSAGE(std::string(text), is_public(parse_ip(text).value()));
        for (const std::string_view text :
             {"0.0.0.0",         "10.0.0.1",   "100.64.0.1",  "127.0.0.1",        "127.255.255.254",
              "169.254.169.254", "172.16.0.1", "192.168.1.1", "198.18.0.1",       "224.0.0.1",
              "255.255.255.255", "::",         "::1",         "::ffff:127.0.0.1", "::127.0.0.1",
              "64:ff9b::7f00:1", "fe80::1",    "fec0::1",     "fd00::1",          "ff02::1",
              "2002:7f00:1::",   "2001::1",    "2001:db8::1"})
            CPPUNIT_ASSERT_MESSAGE(std::string(text), !is_public(parse_ip(text).value()));
    }

    void mailboxes() {
        for (const std::string_view text : {"a@b", "first.last+tag@mail.example.gov.cn", "o'neil@x-y.z"})
            CPPUNIT_ASSERT_MESSAGE(std::string(text), is_mailbox(text));
        for (const std::string_view text :
             {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b.", "a@.b", ".a@b", "a..b@c", "a@-b", "a@b,c@d",
              "<a@b>", "a@b\r\nBcc: c@d", "a@b?subject=x", "a%40b@c", "\"a\"@b", "a@[127.0.0.1]", "名@例.cn"})
            CPPUNIT_ASSERT_MESSAGE(std::string(text), !is_mailbox(text));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(AddressesTest);
