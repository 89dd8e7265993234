// Signature wrapping by hand: the original moved away, a forged part in its place. The generator does it at
// large.
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

using test::reference;
using test::WssTemplate;

void wrapping(Table& table) {
    const auto move_body_to = [](const std::string& mark, const std::string& open, const std::string& close,
                                 const std::string& attributes) {
        return [=](std::string text) {
            const std::string original = body_of(text);
            text = replaced(text, original, forged_body(attributes));
            return replaced(text, mark, open + original + close + mark);
        };
    };
    const std::string not_signed = "Envelope/Body is not signed";
    for (const std::string attributes : {"", "wsu:Id=\"other\""}) {
        const std::string with =
            attributes.empty() ? " (new Body without Id)" : " (new Body with another Id)";
        table.changed("Body moved to a header wrapper" + with,
                      move_body_to("</soap:Header>", "<w:wrap xmlns:w=\"urn:w\">", "</w:wrap>", attributes),
                      not_signed);
        table.changed("Body moved to be a header block" + with,
                      move_body_to("</soap:Header>", "", "", attributes), not_signed);
        table.changed("Body moved into the Security header" + with,
                      move_body_to("</wsse:Security>", "", "", attributes), not_signed);
        table.changed("Body moved into ds:Object" + with,
                      move_body_to("</ds:Signature>", "<ds:Object>", "</ds:Object>", attributes),
                      "where nothing more is allowed");
        table.changed("Body moved into ds:KeyInfo" + with, move_body_to("</ds:KeyInfo>", "", "", attributes),
                      not_signed);
    }
    table
        .changed(
            "Body wrapped in the new Body",
            [](std::string text) {
                const std::string original = body_of(text);
                return replaced(text, original, "<soap:Body>" + forged_content + original + "</soap:Body>");
            },
            not_signed)
        .handed_over = true;
    table
        .changed(
            "Envelope wrapped in a new Envelope's Body",
            [](const std::string& text) {
                const std::string header = piece(text, "<soap:Header>", "</soap:Header>");
                return "<soap:Envelope xmlns:soap=\"" + str(soap::ns11) + "\" xmlns:wsu=\"" +
                       str(soap::ns_wsu) + "\">" + header + "<soap:Body>" + replaced(text, header, "") +
                       "</soap:Body></soap:Envelope>";
            },
            not_signed)
        .handed_over = true;
    table.changed(
        "second Envelope after the first", [](const std::string& text) { return text + text; },
        "not well-formed");
    table.changed(
        "second Envelope as a header block",
        [](std::string text) {
            const std::string whole = text.substr(text.find("<soap:Envelope"));
            text = replaced(text, body_of(text), forged_body(""));
            return replaced(text, "</soap:Header>", whole + "</soap:Header>");
        },
        "occurs more than once");
    table.changed(
        "signed Envelope in a header block of a forged one",
        [](const std::string& text) {
            return "<soap:Envelope xmlns:soap=\"" + str(soap::ns11) +
                   "\"><soap:Header><w:wrap xmlns:w=\"urn:w\">" + text.substr(text.find("<soap:Envelope")) +
                   "</w:wrap></soap:Header>" + forged_body("") + "</soap:Envelope>";
        },
        "no wsse:Security header", plain(), security::Rejection::Kind::no_security_header);
    table.changed(
        "Body moved with the same Id on the new one",
        move_body_to("</soap:Header>", "<w:wrap xmlns:w=\"urn:w\">", "</w:wrap>", "wsu:Id=\"Body\""),
        "occurs more than once");
    table.changed("second Body before", before("<soap:Body", forged_body("")), "exactly one Body")
        .handed_over = true;
    table.changed("second Body after", after("</soap:Body>", forged_body("")), "exactly one Body");
    table
        .changed(
            "Body moved to a sibling after Body",
            [](std::string text) {
                const std::string original = body_of(text);
                return replaced(text, original,
                                forged_body("") + "<w:wrap xmlns:w=\"urn:w\">" + original + "</w:wrap>");
            },
            "neither Header nor Body")
        .handed_over = true;

    const auto move_timestamp_to = [](const std::string& mark, const std::string& open,
                                      const std::string& close, const std::string& attributes) {
        return [=](std::string text) {
            const std::string original = timestamp_of(text);
            text = replaced(text, original, forged_timestamp(attributes));
            return replaced(text, mark, open + original + close + mark);
        };
    };
    const std::string time_not_signed = "Timestamp is not signed";
    table.changed("Timestamp moved to a wrapper in Security",
                  move_timestamp_to("</wsse:Security>", "<w:wrap xmlns:w=\"urn:w\">", "</w:wrap>", ""),
                  time_not_signed);
    table.changed(
        "Timestamp moved to a header wrapper",
        move_timestamp_to("</soap:Header>", "<w:wrap xmlns:w=\"urn:w\">", "</w:wrap>", "wsu:Id=\"x\""),
        time_not_signed);
    table.changed("Timestamp moved to be a header block", move_timestamp_to("</soap:Header>", "", "", ""),
                  time_not_signed);
    table.changed("Timestamp moved into ds:Object",
                  move_timestamp_to("</ds:Signature>", "<ds:Object>", "</ds:Object>", ""),
                  "where nothing more is allowed");
    table.changed("Timestamp moved with the same Id",
                  move_timestamp_to("</soap:Header>", "", "", "wsu:Id=\"TS\""), "occurs more than once");
    table.changed("second Timestamp", before("<wsu:Timestamp", forged_timestamp("")),
                  "more than one Timestamp");
    table.changed(
        "Timestamp and Body exchange Ids",
        [](std::string text) {
            text = replaced(text, "wsu:Id=\"TS\"", "wsu:Id=\"swap\"");
            text = replaced(text, "wsu:Id=\"Body\"", "wsu:Id=\"TS\"");
            return replaced(text, "wsu:Id=\"swap\"", "wsu:Id=\"Body\"");
        },
        "does not fit");
    table.changed(
        "wsa header moved to a wrapper",
        [](std::string text) {
            const std::string original = piece(text, "<wsa:MessageID", "</wsa:MessageID>");
            return replaced(text, original,
                            "<wsa:MessageID>urn:uuid:2</wsa:MessageID><w:wrap xmlns:w=\"urn:w\">" + original +
                                "</w:wrap>");
        },
        "wsa:MessageID is not signed", plain([](WssTemplate& m) {
            m.headers = "<wsa:MessageID wsu:Id=\"MID\">urn:uuid:1</wsa:MessageID>";
            m.references.push_back(reference("MID"));
        }));
    table.changed("second wsa:MessageID",
                  before("<wsa:MessageID", "<wsa:MessageID>urn:uuid:2</wsa:MessageID>"),
                  "MessageID is not signed", plain([](WssTemplate& m) {
                      m.headers = "<wsa:MessageID wsu:Id=\"MID\">urn:uuid:1</wsa:MessageID>";
                      m.references.push_back(reference("MID"));
                  }));
    table.signed_so("two signed wsa:MessageIDs", plain([](WssTemplate& m) {
                        m.headers =
                            "<wsa:MessageID wsu:Id=\"M1\">urn:uuid:1</wsa:MessageID><wsa:MessageID "
                            "wsu:Id=\"M2\">urn:uuid:2</wsa:MessageID>";
                        m.references.push_back(reference("M1"));
                        m.references.push_back(reference("M2"));
                    }),
                    "more than one wsa:MessageID");
}

}  // namespace hutong::attack
