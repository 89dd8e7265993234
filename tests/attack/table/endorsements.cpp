// Several signatures in one header.
#include <cppunit/TestAssert.h>

#include "tests/attack/table/tokens.hpp"

namespace hutong::attack {

using test::reference;
using test::WssTemplate;

namespace {

// The agency signs the message; somebody else signs the agency's signature.
WssTemplate endorsed(const std::string& target = "Sig") {
    WssTemplate made = test::template_for(cast().p256);
    made.signature_id = "Sig";
    WssTemplate second = test::template_for(cast().other);
    second.references = {reference(target)};
    second.key_info =
        "<ds:X509Data><ds:X509Certificate>" + second.certificate + "</ds:X509Certificate></ds:X509Data>";
    made.more_signatures = second.signature();
    return made;
}

}  // namespace

void endorsements(Table& table) {
    const auto row = [](const std::string& name, WssTemplate message, Change change,
                        const std::string& reason) {
        return Row{.name = name,
                   .message = std::move(message),
                   .endorser = &cast().other,
                   .change = std::move(change),
                   .reason = reason};
    };
    const auto first = [](std::string text) { return piece(text, "<ds:Signature ", "</ds:Signature>"); };
    std::vector<Row> rows;
    rows.push_back({.name = "control: endorsed",
                    .message = endorsed(),
                    .endorser = &cast().other,
                    .expect = [](const security::Claims& claims) {
                        signed_by_agency(claims);
                        CPPUNIT_ASSERT_EQUAL(std::size_t(2), claims.signature_values.size());
                        CPPUNIT_ASSERT_EQUAL(std::size_t(1), claims.endorsers.size());
                        CPPUNIT_ASSERT(claims.endorsers[0] == cast().other.der());
                    }});
    rows.push_back({.name = "control: the endorsing signature stands first",
                    .message = endorsed(),
                    .endorser = &cast().other,
                    .change =
                        [=](std::string text) {
                            const std::string moved = first(text);
                            text = replaced(text, moved, "");
                            return replaced(text, "</wsse:Security>", moved + "</wsse:Security>");
                        },
                    .expect = signed_by_agency});
    rows.push_back(row(
        "the endorsed signature removed", endorsed("Body"),
        [=](std::string text) { return replaced(text, first(text), ""); }, "Timestamp is not signed"));
    rows.push_back(row(
        "an endorsing signature that does not verify", endorsed(),
        [=](std::string text) {
            // Its own key's value over something else: the last signature's digest is changed.
            const auto at = text.rfind("<ds:DigestValue>") + 16;
            text[at] = text[at] == 'A' ? 'B' : 'A';
            return text;
        },
        "does not fit"));
    rows.push_back(row("the endorsed signature changed under it", endorsed(),
                       replace("Id=\"Sig\"", "Id=\"Sig\" xml:lang=\"zh\""), "#Sig does not fit"));
    WssTemplate both = endorsed();
    WssTemplate again = test::template_for(cast().other);
    again.key_info =
        "<ds:X509Data><ds:X509Certificate>" + again.certificate + "</ds:X509Certificate></ds:X509Data>";
    both.more_signatures = again.signature();
    rows.push_back(row("two signatures over the whole message", both, {}, "not clear who sends the message"));
    rows.push_back(row(
        "five signatures", endorsed(),
        [=](std::string text) {
            const std::string one = replaced(first(text), "Id=\"Sig\"", "");
            return replaced(text, "</wsse:Security>", one + one + one + "</wsse:Security>");
        },
        "more than 4 signatures"));
    put(table, std::move(rows));
}

}  // namespace hutong::attack
