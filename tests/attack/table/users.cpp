// UsernameToken: a password on the wire, guessed, repeated or without what makes it safe.
#include <cppunit/TestAssert.h>

#include "tests/attack/table/tokens.hpp"

namespace hutong::attack {

void users(Table& table) {
    const auto plain_http = [](Receiver& receiver) { receiver.tls = false; };
    const auto user_only = [](Receiver& receiver) {
        receiver.policy.sign_body = receiver.policy.timestamp = false;
    };
    const auto user_only_in_clear = [](Receiver& receiver) {
        receiver.policy.sign_body = receiver.policy.timestamp = false;
        receiver.tls = false;
    };
    const auto off = [](Receiver& receiver) { receiver.policy.tokens.username = false; };
    const auto needed = [](Receiver& receiver) { receiver.policy.tokens = {false, true, false}; };
    const auto strict_times = [](Receiver& receiver) {
        receiver.policy.freshness = std::chrono::seconds(60);
        receiver.policy.clock_skew = std::chrono::seconds(5);
    };
    const auto patient = [](Receiver& receiver) { receiver.policy.freshness = std::chrono::hours(1); };
    const auto user = [](auto edit) {
        User made;
        edit(made);
        return made;
    };
    const auto no_signature = [](std::string text) {
        return without(std::move(text), "<ds:Signature ", "</ds:Signature>");
    };
    const auto is_user = [](const security::Claims& claims) {
        CPPUNIT_ASSERT_EQUAL(str("agency-a"), claims.username.value_or(""));
        CPPUNIT_ASSERT_EQUAL(std::size_t(1), claims.one_time.size());
        CPPUNIT_ASSERT(claims.one_time[0].until > test::test_time());
    };
    put(table,
        {
            {.name = "control: digest, signed",
             .message = with_user({}),
             .setting = plain_http,
             .expect = is_user},
            {.name = "control: text over TLS, signed",
             .message = with_user(user([](User& u) { u.digest = false; })),
             .expect = is_user},
            {.name = "control: digest alone over TLS",
             .message = with_user({}),
             .change = no_signature,
             .setting = user_only,
             .expect = is_user},
            {.name = "control: no UsernameToken where it is not the only way",
             .message = test::template_for(cast().p256),
             .expect = signed_by_agency},
            {.name = "text without TLS",
             .message = with_user(user([](User& u) { u.digest = false; })),
             .reason = "did not come over TLS",
             .setting = plain_http},
            {.name = "digest alone without TLS",
             .message = with_user({}),
             .change = no_signature,
             .reason = "did not come over TLS",
             .setting = user_only_in_clear},
            {.name = "UsernameToken alone where policy wants a signature",
             .message = with_user({}),
             .change = no_signature,
             .reason = "holds no signature"},
            {.name = "UsernameToken alone where policy takes none",
             .message = with_user({}),
             .change = no_signature,
             .reason = "holds no signature",
             .setting = off},
            {.name = "no UsernameToken where policy wants one",
             .message = test::template_for(cast().p256),
             .reason = "none of the tokens",
             .setting = needed},
            {.name = "UsernameToken not signed",
             .message = with_user({}, false),
             .reason = "UsernameToken is not signed"},
            {.name = "UsernameToken altered",
             .message = with_user({}),
             .change = replace("agency-a</wsse:Username>", "agency-b</wsse:Username>"),
             .reason = "#User does not fit"},
            {.name = "second UsernameToken",
             .message = with_user({}),
             .change = replace("</wsse:UsernameToken>", "</wsse:UsernameToken><wsse:UsernameToken/>"),
             .reason = "more than one UsernameToken"},
            {.name = "digest of a wrong password",
             .message = with_user(user([](User& u) { u.password = "guess"; })),
             .reason = "password of user agency-a is wrong"},
            {.name = "wrong text",
             .message = with_user(user([](User& u) {
                 u.password = "guess";
                 u.digest = false;
             })),
             .reason = "password of user agency-a is wrong"},
            {.name = "the password itself called a digest",
             .message = with_user({}),
             .change =
                 [no_signature](std::string text) {
                     const std::string old = piece(text, "#PasswordDigest\">", "</wsse:Password>");
                     text =
                         replaced(std::move(text), old, "#PasswordDigest\">" + password + "</wsse:Password>");
                     return no_signature(std::move(text));
                 },
             .reason = "is wrong",
             .setting = user_only},
            {.name = "user without a password",
             .message = with_user(user([](User& u) { u.name = "nobody"; })),
             .reason = "no password is set for user nobody"},
            {.name = "stale Created",
             .message = with_user(user([](User& u) { u.created = "2026-11-23T07:50:00Z"; })),
             .reason = "stale"},
            {.name = "future Created",
             .message = with_user(user([](User& u) { u.created = "2026-11-23T08:05:00Z"; })),
             .reason = "in the future"},
            {.name = "stale by the policy's freshness",
             .message = with_user(user([](User& u) { u.created = "2026-11-23T07:58:30Z"; })),
             .reason = "stale",
             .setting = strict_times},
            {.name = "ahead of the policy's clock skew",
             .message = with_user(user([](User& u) { u.created = "2026-11-23T08:00:30Z"; })),
             .reason = "in the future",
             .setting = strict_times},
            {.name = "control: older than the node's freshness, not than the policy's",
             .message = with_user(user([](User& u) { u.created = "2026-11-23T07:50:00Z"; })),
             .setting = patient,
             .expect = is_user},
            {.name = "Created without a zone",
             .message = with_user(user([](User& u) { u.created = "2026-11-23T07:59:30"; })),
             .reason = "Created is"},
            {.name = "short nonce",
             .message = with_user(user([](User& u) { u.nonce = "1234567"; })),
             .reason = "Nonce is not base64 of"},
            {.name = "two nonces",
             .message =
                 with_user(user([](User& u) { u.extra = "<wsse:Nonce>AAAAAAAAAAAAAAAA</wsse:Nonce>"; })),
             .reason = "more than one Nonce"},
            {.name = "key derivation",
             .message = with_user(user([](User& u) {
                 u.extra = "<wsse11:Salt xmlns:wsse11=\"" + str(names::wsse11) + "\">AAAA</wsse11:Salt>";
             })),
             .reason = "holds more than"},
            {.name = "user name with a line break",
             .message = with_user(user([](User& u) { u.name = "agency-a\n"; })),
             .reason = "control characters"},
            {.name = "no nonce",
             .message = with_user({}),
             .change =
                 [no_signature](std::string text) {
                     return no_signature(without(std::move(text), "<wsse:Nonce", "</wsse:Nonce>"));
                 },
             .reason = "no Nonce",
             .setting = user_only},
            {.name = "no Created",
             .message = with_user({}),
             .change =
                 [no_signature](std::string text) {
                     const std::string token = piece(text, "<wsse:UsernameToken", "</wsse:UsernameToken>");
                     return no_signature(
                         replaced(text, token, without(token, "<wsu:Created>", "</wsu:Created>")));
                 },
             .reason = "no Created",
             .setting = user_only},
            {.name = "comment in the user's name",
             .message = with_user({}),
             .change =
                 [no_signature](std::string text) {
                     return no_signature(replaced(std::move(text), "agency-a</wsse:Username>",
                                                  "agency<!-- -->-a</wsse:Username>"));
                 },
             .reason = "more than text",
             .setting = user_only},
        });
}

}  // namespace hutong::attack
