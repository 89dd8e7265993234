// UsernameToken against a digest computed elsewhere, and what happens to who guesses.
#include <cppunit/extensions/HelperMacros.h>

#include "base/bytes.hpp"
#include "base/xml/soap.hpp"
#include "security/tokens/names.hpp"
#include "security/tokens/username_token.hpp"

namespace hutong::security {

namespace {

const TimePoint now = parse_utc("2003-07-16T01:24:40Z").value();

class PasswordTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PasswordTest);
    CPPUNIT_TEST(takes_a_digest_that_openssl_made);
    CPPUNIT_TEST(stops_comparing_after_wrong_guesses);
    CPPUNIT_TEST(counts_senders_apart);
    CPPUNIT_TEST(forgives_in_time);
    CPPUNIT_TEST(keeps_strangers_out_of_the_table);
    CPPUNIT_TEST(remembers_the_nonce_as_long_as_it_is_fresh);
    CPPUNIT_TEST_SUITE_END();

    const Passwords passwords{{"agency", "correct horse"}};
    GuessLimit guesses;
    TimeLimits times = MessagePolicy().times({});

    // printf '0123456789abcdef2003-07-16T01:24:32Zcorrect horse' | openssl sha1 -binary | base64
    const std::string right = "0A9hng17exIZBWoMY++aslNqF9w=";

    Result<UsernameClaim> judge(const std::string& digest, const std::string& sender = "192.0.2.1",
                                const std::string& user = "agency", TimePoint at = now) {
        const std::string text =
            "<wsse:UsernameToken xmlns:wsse=\"" + std::string(soap::ns_wsse) + "\" xmlns:wsu=\"" +
            std::string(soap::ns_wsu) + "\"><wsse:Username>" + user +
            "</wsse:Username><wsse:Password Type=\"" + std::string(names::password_digest) + "\">" + digest +
            "</wsse:Password><wsse:Nonce>" + to_base64(as_bytes("0123456789abcdef")) +
            "</wsse:Nonce><wsu:Created>2003-07-16T01:24:32Z</wsu:Created></wsse:UsernameToken>";
        const xml::Document document = xml::parse(text).value();
        return judge_username_token(document.root(), {passwords, guesses, sender, false}, times, at);
    }

    void takes_a_digest_that_openssl_made() {
        const auto claim = judge(right);
        CPPUNIT_ASSERT_MESSAGE(claim.has_error() ? claim.error().detail : "", claim.has_value());
        CPPUNIT_ASSERT_EQUAL(std::string("agency"), claim->user);
    }

    void stops_comparing_after_wrong_guesses() {
        for (unsigned i = 0; i < GuessLimit::wrong_per_sender; ++i)
            CPPUNIT_ASSERT(judge("AAAA").error().detail.find("is wrong") != std::string::npos);
        CPPUNIT_ASSERT(judge("AAAA").error().detail.find("too many") != std::string::npos);
        CPPUNIT_ASSERT(judge(right).error().detail.find("too many") != std::string::npos);
    }

    void counts_senders_apart() {
        for (unsigned i = 0; i < GuessLimit::wrong_per_sender; ++i) judge("AAAA");
        CPPUNIT_ASSERT(judge(right, "192.0.2.1").has_error());
        CPPUNIT_ASSERT(judge(right, "192.0.2.2").has_value());
        // From many senders the user's own limit holds.
        GuessLimit& all = guesses;
        for (unsigned i = 0; i < GuessLimit::wrong_per_user; ++i)
            all.was_wrong("agency", "sender " + std::to_string(i), now);
        CPPUNIT_ASSERT(judge(right, "192.0.2.3").has_error());
    }

    void forgives_in_time() {
        for (unsigned i = 0; i < GuessLimit::wrong_per_sender; ++i)
            guesses.was_wrong("agency", "192.0.2.1", now - GuessLimit::window);
        CPPUNIT_ASSERT(judge(right).has_value());
    }

    void keeps_strangers_out_of_the_table() {
        for (unsigned i = 0; i < 2 * GuessLimit::wrong_per_sender; ++i)
            CPPUNIT_ASSERT(judge("AAAA", "192.0.2.1", "nobody").error().detail.find("no password is set") !=
                           std::string::npos);
        // A full table takes nobody new until what is in it has run out.
        for (std::size_t i = 0; i < GuessLimit::capacity; ++i)
            guesses.was_wrong("user " + std::to_string(i), "s", now);
        CPPUNIT_ASSERT(judge(right).error().detail.find("too many") != std::string::npos);
        CPPUNIT_ASSERT(guesses.may_try("agency", "192.0.2.1", now + GuessLimit::window));
    }

    void remembers_the_nonce_as_long_as_it_is_fresh() {
        times = {.clock_skew = std::chrono::seconds(5), .freshness = std::chrono::seconds(20)};
        const auto claim = judge(right).value();
        CPPUNIT_ASSERT(
            judge(right, "192.0.2.1", "agency", claim.nonce_until - std::chrono::seconds(1)).has_value());
        CPPUNIT_ASSERT(judge(right, "192.0.2.1", "agency", claim.nonce_until).has_error());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(PasswordTest);

}  // namespace

}  // namespace hutong::security
