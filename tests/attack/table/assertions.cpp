// SAML assertions of nobody, for somebody else, or taken by somebody else.
#include <array>

#include <cppunit/TestAssert.h>

#include "tests/attack/table/tokens.hpp"

namespace hutong::attack {

using test::Identity;
using test::reference;
using test::transform;
using test::WssTemplate;

namespace {

WssTemplate with_voucher(const Assertion& assertion, bool sign = true) {
    WssTemplate made = with_assertion(assertion, "");
    if (sign) made.references.push_back(reference("A1"));
    return made;
}
WssTemplate with_voucher_by_str() {
    WssTemplate made = with_assertion(vouched(), "");
    made.more_security += "<wsse:SecurityTokenReference wsu:Id=\"STR\"><wsse:KeyIdentifier ValueType=\"" +
                          str(names::saml_id) + "\">A1</wsse:KeyIdentifier></wsse:SecurityTokenReference>";
    made.references.push_back(
        reference("STR", transform(str(names::str_transform),
                                   "<wsse:TransformationParameters><ds:CanonicalizationMethod Algorithm=\"" +
                                       str(names::exc_c14n) + "\"/></wsse:TransformationParameters>")));
    return made;
}
std::string assertion_of(const std::string& text) {
    return piece(text, "<saml:Assertion", "</saml:Assertion>");
}

}  // namespace

void assertions(Table& table) {
    const Identity* const holder = &cast().p256;
    const auto off = [](Receiver& receiver) { receiver.policy.tokens.saml = false; };
    const auto from_issuer = [&](const std::string& name, WssTemplate message, const std::string& reason) {
        return Row{
            .name = name, .message = std::move(message), .issuer = &token_cast().issuer, .reason = reason};
    };
    const auto altered = [&](const std::string& name, Change change, const std::string& reason) {
        return Row{.name = name,
                   .message = with_assertion(held_by(*holder)),
                   .issuer = &token_cast().issuer,
                   .change = std::move(change),
                   .reason = reason};
    };
    const auto so = [&](const std::string& name, auto edit, const std::string& reason) {
        return from_issuer(name, with_assertion(edited(held_by(*holder), edit)), reason);
    };
    std::vector<Row> rows;
    rows.push_back({.name = "control: holder of key",
                    .message = with_assertion(held_by(*holder)),
                    .issuer = &token_cast().issuer,
                    .expect = [](const security::Claims& claims) {
                        signed_by_agency(claims);
                        CPPUNIT_ASSERT(claims.saml && !claims.saml->vouched);
                        CPPUNIT_ASSERT_EQUAL(issuer_name, claims.saml->issuer);
                        CPPUNIT_ASSERT_EQUAL(str("agency-a"), claims.saml->subject);
                        CPPUNIT_ASSERT(claims.one_time.empty());
                    }});
    rows.push_back({.name = "control: holder of key by a token of the same certificate",
                    .message = with_assertion(held_by(*holder), ""),
                    .issuer = &token_cast().issuer,
                    .expect = [](const security::Claims& claims) { CPPUNIT_ASSERT(claims.saml); }});
    const auto vouches = [](const security::Claims& claims) {
        signed_by_agency(claims);
        CPPUNIT_ASSERT(claims.saml && claims.saml->vouched);
    };
    rows.push_back({.name = "control: sender vouches, assertion signed by Id",
                    .message = with_voucher(vouched()),
                    .issuer = &token_cast().issuer,
                    .expect = vouches});
    rows.push_back({.name = "control: sender vouches, assertion signed by STR-Transform",
                    .message = with_voucher_by_str(),
                    .issuer = &token_cast().issuer,
                    .expect = vouches});
    rows.push_back({.name = "control: one-time assertion",
                    .message = with_assertion(
                        edited(held_by(*holder), [](Assertion& a) { a.conditions += "<saml:OneTimeUse/>"; })),
                    .issuer = &token_cast().issuer,
                    .expect = [](const security::Claims& claims) {
                        CPPUNIT_ASSERT_EQUAL(std::size_t(1), claims.one_time.size());
                        CPPUNIT_ASSERT_EQUAL("assertion " + issuer_name + " A1", claims.one_time[0].key);
                    }});
    rows.push_back({.name = "control: an assertion that policy does not take is not looked at",
                    .message = with_assertion(held_by(*holder), ""),
                    .issuer = &token_cast().false_issuer,
                    .setting = off,
                    .expect = [](const security::Claims& claims) { CPPUNIT_ASSERT(!claims.saml); }});
    rows.push_back({.name = "holder of key where policy takes no assertion",
                    .message = with_assertion(held_by(*holder)),
                    .issuer = &token_cast().issuer,
                    .reason = "none that is accepted here",
                    .setting = off});
    rows.push_back({.name = "issuer's name, another issuer's key",
                    .message = with_assertion(held_by(*holder)),
                    .issuer = &token_cast().false_issuer,
                    .reason = "signature value does not fit"});
    rows.push_back(so(
        "issuer that is not trusted", [](Assertion& a) { a.issuer = "https://evil.example"; },
        "is not trusted"));
    rows.push_back(from_issuer("signed by another key than the holder's",
                               with_assertion(held_by(token_cast().holder)), "signature value does not fit"));
    rows.push_back(from_issuer("signed by another key, with its own token",
                               with_assertion(held_by(token_cast().holder), ""),
                               "not signed by the holder of the assertion's key"));
    rows.push_back(from_issuer("sender vouches for an assertion that is not signed with the message",
                               with_voucher(vouched(), false), "does not vouch"));
    rows.push_back(from_issuer("message signed with a sender-vouches assertion as its key",
                               with_assertion(vouched()), "not holder-of-key"));
    rows.push_back(so(
        "bearer", [](Assertion& a) { a.method = "urn:oasis:names:tc:SAML:2.0:cm:bearer"; }, "bearer"));
    rows.push_back(so(
        "no audience", [](Assertion& a) { a.conditions = ""; }, "no AudienceRestriction"));
    rows.push_back(so(
        "another audience",
        [](Assertion& a) {
            a.conditions =
                "<saml:AudienceRestriction><saml:Audience>https://gw.example.evil</saml:Audience>"
                "</saml:AudienceRestriction>";
        },
        "not meant for the audience"));
    rows.push_back(so(
        "two restrictions of which one is another audience",
        [](Assertion& a) {
            a.conditions +=
                "<saml:AudienceRestriction><saml:Audience>urn:else</saml:Audience>"
                "</saml:AudienceRestriction>";
        },
        "not meant for the audience"));
    rows.push_back(so(
        "unknown condition", [](Assertion& a) { a.conditions += "<saml:Condition/>"; }, "not supported"));
    rows.push_back(so(
        "expired",
        [](Assertion& a) {
            a.conditions_attributes =
                "NotBefore=\"2026-11-23T07:00:00Z\" NotOnOrAfter=\"2026-11-23T07:58:59Z\"";
        },
        "expired at"));
    const auto until = [](const std::string& end) {
        return [=](Assertion& a) { a.conditions_attributes = "NotOnOrAfter=\"" + end + "\""; };
    };
    const auto skew = [](std::chrono::seconds seconds) {
        return [=](Receiver& receiver) { receiver.policy.clock_skew = seconds; };
    };
    rows.push_back(so("expired by the policy's clock skew", until("2026-11-23T07:59:50Z"), "expired at"));
    rows.back().setting = skew(std::chrono::seconds(5));
    rows.push_back(so("control: not expired by the policy's clock skew", until("2026-11-23T07:58:00Z"), ""));
    rows.back().setting = skew(std::chrono::minutes(5));
    rows.push_back(so(
        "not valid yet",
        [](Assertion& a) {
            a.conditions_attributes =
                "NotBefore=\"2026-11-23T08:02:00Z\" NotOnOrAfter=\"2026-11-23T08:05:00Z\"";
        },
        "not valid before"));
    rows.push_back(so(
        "no end", [](Assertion& a) { a.conditions_attributes = ""; }, "no NotOnOrAfter"));
    rows.push_back(so(
        "confirmation expired",
        [](Assertion& a) { a.data_attributes = "NotOnOrAfter=\"2026-11-23T07:50:00Z\""; }, "expired at"));
    rows.push_back(so(
        "another recipient", [](Assertion& a) { a.data_attributes = "Recipient=\"https://else\""; },
        "recipient"));
    rows.push_back(so(
        "answer to a request that was never made",
        [](Assertion& a) { a.data_attributes = "InResponseTo=\"_1\""; }, "never made"));
    rows.push_back(so(
        "name meant for another service",
        [](Assertion& a) { a.subject = "<saml:NameID SPNameQualifier=\"urn:else\">agency-a</saml:NameID>"; },
        "is meant for"));
    rows.push_back(so(
        "signature that is not enveloped", [](Assertion& a) { a.transforms = test::exc_c14n_transform(); },
        "not an enveloped one"));
    rows.push_back(so(
        "issued in the future", [](Assertion& a) { a.issued = "2026-11-23T08:05:00Z"; },
        "issued in the future"));
    rows.push_back(so(
        "encrypted name", [](Assertion& a) { a.subject = "<saml:EncryptedID/>"; }, "not supported"));
    rows.push_back(so(
        "name in another space",
        [](Assertion& a) { a.subject = "<saml:NameID NameQualifier=\"urn:else\">agency-a</saml:NameID>"; },
        "qualified by"));
    rows.push_back(so(
        "two keys", [](Assertion& a) { a.data += a.data; }, "more than one KeyInfo"));
    rows.push_back(so(
        "key without a certificate",
        [](Assertion& a) {
            a.data =
                "<ds:KeyInfo xmlns:ds=\"" + str(names::ds) + "\"><ds:KeyValue>x</ds:KeyValue></ds:KeyInfo>";
        },
        "X509Data"));
    rows.push_back(so(
        "inclusive c14n in the assertion",
        [](Assertion& a) { a.transforms = transform(str(names::enveloped)) + transform(str(names::c14n10)); },
        "exclusive c14n"));
    rows.push_back(altered("assertion tampered", replace("agency-a</saml:NameID>", "agency-b</saml:NameID>"),
                           "#A1 does not fit"));
    rows.push_back(altered("comment in the name",
                           replace("agency-a</saml:NameID>", "agency<!-- -->-a</saml:NameID>"), "comment"));
    rows.push_back(altered(
        "assertion's signature removed",
        [](std::string text) { return without(std::move(text), "<ds:Signature ", "</ds:Signature>"); },
        "no Signature"));
    // Wrapping: the signed assertion is kept somewhere, a forged one stands where it is read.
    const auto forge = [](const std::string& id, const std::string& keep_before, const std::string& open,
                          const std::string& close) {
        return [=](std::string text) {
            const std::string original = assertion_of(text);
            std::string forged = replaced(original, "agency-a</saml:NameID>", "agency-b</saml:NameID>");
            forged = replaced(forged, " ID=\"A1\"", " ID=\"" + id + "\"");
            text = replaced(text, original, forged);
            text = replaced(text, keep_before, open + original + close + keep_before);
            const std::string key = "\">A1</wsse:KeyIdentifier>";
            return replaced(text, key, "\">" + id + "</wsse:KeyIdentifier>");
        };
    };
    for (const auto& [where, mark, open, close] : std::vector<std::array<std::string, 4>>{
             {"a header block", "</soap:Header>", "", ""},
             {"a wrapper in the header", "</soap:Header>", "<w:w xmlns:w=\"urn:w\">", "</w:w>"},
             {"a wrapper in Security", "</wsse:Security>", "<w:w xmlns:w=\"urn:w\">", "</w:w>"}}) {
        rows.push_back(altered("assertion wrapped in " + where + ", forged with another ID",
                               forge("A2", mark, open, close), "not over the assertion"));
        rows.push_back(altered("assertion wrapped in " + where + ", forged with the same ID",
                               forge("A1", mark, open, close), "occurs more than once"));
    }
    rows.push_back(altered("second assertion in Security", forge("A2", "</wsse:Security>", "", ""),
                           "more than one SAML assertion"));
    rows.push_back(altered(
        "the signed assertion inside the forged one's Advice",
        [](std::string text) {
            const std::string original = assertion_of(text);
            std::string forged = replaced(original, "agency-a</saml:NameID>", "agency-b</saml:NameID>");
            forged = replaced(forged, " ID=\"A1\"", " ID=\"A2\"");
            forged = replaced(forged, "</saml:Assertion>",
                              "<saml:Advice>" + original + "</saml:Advice></saml:Assertion>");
            text = replaced(text, original, forged);
            return replaced(text, "\">A1</wsse:KeyIdentifier>", "\">A2</wsse:KeyIdentifier>");
        },
        "not over the assertion"));
    // An assertion's own signature is for xmlsec1; without one, or with too many, there is none to hand over
    // for.
    for (Row& row : rows)
        row.handed_over = row.name != "second assertion in Security" &&
                          row.name != "holder of key where policy takes no assertion" &&
                          row.name != "control: an assertion that policy does not take is not looked at";
    put(table, std::move(rows));
}

}  // namespace hutong::attack
