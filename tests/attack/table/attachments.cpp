// What is done to the parts beside the envelope: by reference (SwA Profile 1.1.1) and as content (XOP 1.0).
#include "base/bytes.hpp"
#include "security/xmldsig/names.hpp"
#include "tests/attack/table/table.hpp"
#include "tests/unit/xmldsig/resign.hpp"

namespace hutong::attack {

using test::WssTemplate;
namespace names = security::names;

namespace {

const std::string picture("\x89PNG\x00\x01\xff", 7);
const std::string letter = "one\ntwo\r\n";

std::string head(const std::string& type, const std::string& root) {
    return "Content-Type: multipart/related; boundary=b; type=\"" + type + "\"; start=\"<" + root +
           ">\"\r\n\r\n";
}
std::string part(const std::string& headers, const std::string& content) {
    return "--b\r\n" + headers + "\r\n\r\n" + content + "\r\n";
}
const std::string close = "--b--\r\n";
const std::string swa_root = "Content-Type: text/xml; charset=utf-8\r\nContent-ID: <root>";
const std::string xop_root =
    "Content-Type: application/xop+xml; charset=utf-8; type=\"text/xml\"\r\nContent-ID: <root>";
const std::string picture_headers = "Content-Type: image/png\r\nContent-ID: <picture@x>";
const std::string letter_headers = "Content-Type: text/plain\r\nContent-ID: <letter@x>";
const std::string xop_type = "application/xop+xml";

std::string include(const std::string& href, const std::string& content = {}) {
    return "<xop:Include xmlns:xop=\"" + str(names::xop) + "\" href=\"" + href + "\">" + content +
           "</xop:Include>";
}

std::string reference_to(const std::string& cid, const std::string& transform) {
    return "<ds:Reference URI=\"cid:" + cid + "\"><ds:Transforms>" + test::transform(transform) +
           "</ds:Transforms><ds:DigestMethod Algorithm=\"" + str(names::sha256) +
           "\"/><ds:DigestValue></ds:DigestValue></ds:Reference>";
}

// What the sender signed, with two attachments beside it that its signature holds too.
Change with_references(const std::string& first = "picture@x",
                       const std::string& transform = str(names::swa_content)) {
    return [=](std::string text) {
        text = replaced(std::move(text), "</ds:SignedInfo>",
                        reference_to(first, transform) + reference_to("letter@x", str(names::swa_content)) +
                            "</ds:SignedInfo>");
        text =
            test::resigned(std::move(text), cast().p256, {{first, picture}, {"letter@x", "one\r\ntwo\r\n"}});
        return head("text/xml", "root") + part(swa_root, text) + part(picture_headers, picture) +
               part(letter_headers, letter) + close;
    };
}

// The order's pictures in base64, signed so; then packed.
WssTemplate order(const std::string& first = picture, const std::string& second = letter) {
    return plain([&](WssTemplate& m) {
        m.body = "<po:order xmlns:po=\"urn:po\"><po:item>" + to_base64(as_bytes(first)) +
                 "</po:item><po:note>" + to_base64(as_bytes(second)) + "</po:note></po:order>";
    });
}
std::string packed(std::string text) {
    text = replaced(std::move(text), ">" + to_base64(as_bytes(picture)) + "<",
                    ">" + include("cid:picture@x") + "<");
    text = replaced(std::move(text), ">" + to_base64(as_bytes(letter)) + "<",
                    ">" + include("cid:letter@x") + "<");
    return head(xop_type, "root") + part(xop_root, text) + part(picture_headers, picture) +
           part(letter_headers, letter) + close;
}

// Two texts change places.
Change swapped(const std::string& one, const std::string& other) {
    return [=](std::string text) {
        text = replaced(std::move(text), one, "@@@");
        text = replaced(std::move(text), other, one);
        return replaced(std::move(text), "@@@", other);
    };
}
Change in_front_of_the_end(const std::string& more) {
    return before(close, more);
}
// The envelope again, saying something else.
std::string forged_envelope(const std::string& text) {
    const std::string envelope = piece(text, "<soap:Envelope", "</soap:Envelope>");
    return replaced(envelope, body_of(envelope), forged_body("wsu:Id=\"Body\""));
}

void by_reference(Table& table) {
    const auto row = [&](const std::string& name, Change change, const std::string& reason) -> Row& {
        return table.add({.name = name,
                          .message = plain(),
                          .pack = with_references(),
                          .change = std::move(change),
                          .reason = reason,
                          .setting = [](Receiver& r) { r.policy.sign_attachments = true; }});
    };
    row("control: signed by reference", {}, "");
    row("control: a folded header", replace("Content-ID: <picture@x>", "Content-ID:\r\n\t<picture@x>"), "");
    const std::string changed = "cid:picture@x does not fit";
    row("contents exchanged", swapped(picture, "one\ntwo"), changed);
    row("Content-IDs exchanged", swapped("<picture@x>", "<letter@x>"), changed);
    row("one bit of a part", replace("PNG", "PNg"), changed);
    row("a text part altered", replace("one\ntwo", "one\ntwO"), "cid:letter@x does not fit");
    row("a text part told to be octets", replace("text/plain", "application/octet-stream"),
        "cid:letter@x does not fit");
    row("a text part told to be XML", replace("text/plain", "text/xml"), "cid:letter@x");
    row("a part's octets told to be in base64",
        replace("image/png", "image/png\r\nContent-Transfer-Encoding: base64"), "transfer encoding 'base64'");
    row("a part's octets told to be quoted-printable",
        replace("image/png", "image/png\r\nContent-Transfer-Encoding: Quoted-Printable"),
        "transfer encoding 'quoted-printable'");
    row(
        "a part removed",
        [](std::string text) { return replaced(std::move(text), part(letter_headers, letter), ""); },
        "cid:letter@x is not exactly one attachment");
    row(
        "all parts removed",
        [](const std::string& text) { return piece(text, "<soap:Envelope", "</soap:Envelope>"); },
        "is no attachment of this message");
    row("a part added", in_front_of_the_end(part("Content-ID: <more@x>", "x")),
        "the attachment cid:more@x is not signed");
    row("a part added that has no Content-ID", in_front_of_the_end(part("Content-Type: image/png", "x")),
        "has no Content-ID");
    row("a part added whose Content-ID is empty", in_front_of_the_end(part("Content-ID: <>", "x")),
        "has no Content-ID");
    row("a part added before the envelope", before("--b\r\n" + swa_root, part("Content-ID: <more@x>", "x")),
        "the attachment cid:more@x is not signed");
    row("two parts with one Content-ID", in_front_of_the_end(part(picture_headers, "forged")), "used twice");
    row("two parts with one Content-ID, the forged one in front",
        before("--b\r\n" + picture_headers, part(picture_headers, "forged")), "used twice");
    row("a second part with the root's Content-ID", in_front_of_the_end(part(swa_root, "forged")),
        "used twice");
    row("Content-IDs that differ in case", replace("<picture@x>", "<Picture@x>"),
        "cid:picture@x is not exactly one attachment");
    row("a Content-ID percent-encoded", replace("<picture@x>", "<picture%40x>"),
        "cid:picture@x is not exactly one attachment");
    row("two Content-ID headers",
        replace("Content-ID: <letter@x>", "Content-ID: <letter@x>\r\ncontent-id: <z@x>"),
        "has the header 'content-id' twice");
    row("a Content-ID folded behind another",
        replace("Content-ID: <letter@x>", "Content-ID: <z@x>\r\n <letter@x>"),
        "cid:letter@x is not exactly one attachment");
    row("a Content-ID folded into another header",
        replace("text/plain\r\nContent-ID", "text/plain;\r\n Content-ID"),
        "cid:letter@x is not exactly one attachment");
    row("a blank before a header's colon", replace("Content-ID: <letter@x>", "Content-ID : <letter@x>"),
        "not of the form Name: value");
    row("a header line that ends in LF alone", replace("text/plain\r\nContent-ID", "text/plain\nContent-ID"),
        "control character");
    row("reference to the root part", {}, "cid:root is not exactly one attachment").pack =
        with_references("root");
    for (const std::string kind :
         {"Attachment-Complete-Signature-Transform", "Attachment-Ciphertext-Transform"})
        row(kind, {}, "needs the Attachment-Content-Signature-Transform").pack =
            with_references("picture@x", "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#" + kind);
    row(
        "no transform",
        [](std::string text) {
            const auto at = text.find("<ds:Transforms>", text.find("cid:picture@x"));
            return text.erase(at, text.find("<ds:DigestMethod", at) - at);
        },
        "needs the Attachment-Content-Signature-Transform");
    // Where a service lets them through, that is what it gets: what is signed is still checked.
    const auto lax = [](Receiver& r) { r.policy.sign_attachments = false; };
    row("control: an unsigned part where policy lets it through",
        in_front_of_the_end(part("Content-ID: <more@x>", "x")), "")
        .setting = lax;
    row("a signed part altered where policy lets unsigned ones through", replace("PNG", "PNg"), changed)
        .setting = lax;
}

void which_part_is_the_root(Table& table) {
    const auto row = [&](const std::string& name, Change change, const std::string& reason) {
        table.add({.name = name,
                   .message = plain(),
                   .pack = with_references(),
                   .change = std::move(change),
                   .reason = reason,
                   .setting = [](Receiver& r) { r.policy.sign_attachments = true; }});
    };
    const std::string forged_root = "Content-Type: text/xml; charset=utf-8\r\nContent-ID: <forged>";
    row(
        "start names a forged envelope behind",
        [=](const std::string& text) {
            return replaced(replaced(text, close, part(forged_root, forged_envelope(text)) + close),
                            "<root>\"", "<forged>\"");
        },
        "#Body does not fit");
    row(
        "start names a forged envelope in front",
        [=](const std::string& text) {
            return replaced(replaced(text, "--b\r\n" + swa_root,
                                     part(forged_root, forged_envelope(text)) + "--b\r\n" + swa_root),
                            "<root>\"", "<forged>\"");
        },
        "#Body does not fit");
    row(
        "no start, a forged envelope in front",
        [=](const std::string& text) {
            return replaced(replaced(text, "--b\r\n" + swa_root,
                                     part(forged_root, forged_envelope(text)) + "--b\r\n" + swa_root),
                            "; start=\"<root>\"", "");
        },
        "#Body does not fit");
    row(
        "a forged envelope as one more part",
        [=](const std::string& text) {
            return replaced(text, close, part(forged_root, forged_envelope(text)) + close);
        },
        "the attachment cid:forged is not signed");
    row("start names an attachment", replace("<root>\"", "<picture@x>\""),
        "not of the type that type= names");
    row("start names no part", replace("<root>\"", "<nobody>\""),
        "no part has the Content-ID that start= names");
    row("two start parameters", replace("start=\"<root>\"", "start=\"<root>\"; start=\"<letter@x>\""),
        "twice");
    row("two boundary parameters", replace("boundary=b", "boundary=b; boundary=c"), "twice");
    row("the root part quoted-printable",
        replace(swa_root, swa_root + "\r\nContent-Transfer-Encoding: quoted-printable"),
        "transfer encoding 'quoted-printable'");
    row("the root part in UTF-16", replace("text/xml; charset=utf-8", "text/xml; charset=utf-16"),
        "UTF-8|declar");
    row("an attachment that goes on in a line like the boundary", replace("PNG", "PNG\r\n--bx\r\n"),
        "a line begins with the boundary but goes on");
    row("a part cut in two by the boundary", replace("one\n", "one\r\n--b\r\n\r\n"),
        "cid:letter@x does not fit|has no Content-ID");
    row("a boundary within a part's headers",
        replace("Content-Type: text/plain", "--b: x\r\nContent-Type: text/plain"),
        "not of the form Name: value");
    row("bytes before the first part", replace("\r\n\r\n--b\r\n", "\r\n\r\nforged\r\n--b\r\n"),
        "before the first part");
    row("bytes behind the closing delimiter", after(close, "<forged/>"), "after the closing delimiter");
    row("no closing delimiter", replace(close, ""), "closing delimiter is missing");
    row("a part behind the closing delimiter", after(close, part("Content-ID: <more@x>", "x") + close),
        "after the closing delimiter");
}

void as_content(Table& table) {
    const auto row = [&](const std::string& name, Change change, const std::string& reason) -> Row& {
        return table.add({.name = name,
                          .message = order(),
                          .pack = packed,
                          .change = std::move(change),
                          .reason = reason,
                          .setting = [](Receiver& r) { r.policy.sign_attachments = true; }});
    };
    const std::string body_changed = "#Body does not fit";
    row("control: XOP", {}, "");
    row("XOP content altered", replace("PNG", "PNg"), body_changed);
    row("XOP contents exchanged", swapped(picture, "one\ntwo"), body_changed);
    row("xop:Includes exchanged", swapped("cid:picture@x", "cid:letter@x"), body_changed);
    row("a part added to an XOP message", in_front_of_the_end(part("Content-ID: <more@x>", "x")),
        "the attachment cid:more@x is not signed");
    row("a part without a Content-ID added to an XOP message",
        in_front_of_the_end(part("Content-Type: image/png", "x")), "has no Content-ID");
    row("control: an xop:Include of a signed part in a header block that nobody names",
        before("</soap:Header>", "<h xmlns=\"urn:h\">" + include("cid:picture@x") + "</h>"), "");
    row(
        "an xop:Include of a new part in a header block",
        [](std::string text) {
            text = replaced(std::move(text), "</soap:Header>",
                            "<h xmlns=\"urn:h\">" + include("cid:more@x") + "</h></soap:Header>");
            return replaced(std::move(text), close, part("Content-ID: <more@x>", "x") + close);
        },
        "the attachment cid:more@x is not signed");
    row("xop:Include of a part that is not there", replace("cid:picture@x", "cid:nobody@x"), "cid:nobody@x");
    row("xop:Include of the envelope itself", replace("cid:picture@x", "cid:root"),
        body_changed + "|cid:root");
    row("xop:Include of one part twice", replace("cid:letter@x", "cid:picture@x"), "included more than once");
    Row& twice = row(
        "xop:Include of one part twice, signed so",
        [](std::string text) { return replaced(std::move(text), "cid:letter@x", "cid:picture@x"); },
        "included more than once");
    twice.message = order(picture, picture);
    twice.pack = [](std::string text) {
        text = replaced(std::move(text), ">" + to_base64(as_bytes(picture)) + "<",
                        ">" + include("cid:picture@x") + "<");
        text = replaced(std::move(text), ">" + to_base64(as_bytes(picture)) + "<",
                        ">" + include("cid:letter@x") + "<");
        return head(xop_type, "root") + part(xop_root, text) + part(picture_headers, picture) +
               part(replaced(letter_headers, "text/plain", "image/png"), picture) + close;
    };
    for (const std::string href : {"http://attacker.example/", "file:///etc/passwd", "#Body", "picture@x", "",
                                   "CID:picture@x", "cid:", "cid:picture%4", "cid:picture@x#y"})
        row("xop:Include with href \"" + href + "\"",
            replace("href=\"cid:picture@x\"", "href=\"" + href + "\""), "has no cid: href|cid:picture@x#y");
    row("xop:Include without href", replace(" href=\"cid:picture@x\"", ""), "has no cid: href");
    const std::string improper = "not all that its parent holds, or holds something itself|stands beside";
    row(
        "an xop:Include within another",
        [](std::string text) {
            return replaced(std::move(text), include("cid:picture@x"),
                            include("cid:picture@x", include("cid:letter@x")));
        },
        improper);
    row("an xop:Include beside text", after("</xop:Include>", "forged"), improper);
    row("an xop:Include beside a comment", after("</xop:Include>", "<!-- -->"), improper);
    row("an xop:Include beside an element", after("</xop:Include>", "<po:forged/>"), improper);
    row(
        "two xop:Includes in one element",
        [](std::string text) {
            return replaced(std::move(text), include("cid:picture@x"),
                            include("cid:picture@x") + include("cid:letter@x"));
        },
        improper);
    row("nested XOP: a part that holds an xop:Include",
        replace(picture + "\r\n", include("cid:letter@x") + "\r\n"), body_changed);
    row(
        "xop:Include as the Body's child",
        [](std::string text) {
            return replaced(std::move(text), piece(text, "<po:order", "</po:order>"),
                            include("cid:picture@x"));
        },
        body_changed);
    // Base64 elsewhere may not be fetched from a part at all.
    const auto moved = [](const std::string& element) {
        return [=](std::string text) {
            const std::string open = "<" + element;
            const auto begin = text.find('>', text.find(open)) + 1;
            const auto end = text.find("</", begin);
            const std::string octets = text.substr(begin, end - begin);
            text.replace(begin, end - begin, include("cid:more@x"));
            return replaced(std::move(text), close,
                            part("Content-ID: <more@x>", str(as_text(from_base64(octets).value()))) + close);
        };
    };
    row("xop:Include in DigestValue", moved("ds:DigestValue"), "DigestValue|holds an element|text");
    row("xop:Include in SignatureValue", moved("ds:SignatureValue"), "SignatureValue|holds an element|text");
    row("xop:Include in SignedInfo", before("</ds:SignedInfo>", include("cid:picture@x")),
        "SignedInfo|Include|unexpected");
    row("xop:Include in BinarySecurityToken", moved("wsse:BinarySecurityToken"),
        "BinarySecurityToken|token|certificate");
    // Who goes by the media type sees an element, who goes by its name a part.
    row(
        "an XOP message told to be SwA",
        [](std::string text) {
            text = replaced(std::move(text), xop_root, swa_root);
            return replaced(std::move(text), xop_type, "text/xml");
        },
        "not application/xop+xml");
    row(
        "an xop:Include that was signed as an element, in a message told to be XOP",
        [](std::string text) {
            return head(xop_type, "root") + part(xop_root, text) + part(picture_headers, picture) + close;
        },
        body_changed)
        .message = plain([](WssTemplate& m) {
        m.body = "<po:order xmlns:po=\"urn:po\">" + include("cid:picture@x") + "</po:order>";
    });
    table.rows.back().pack = {};
    row(
        "an xop:Include in an SwA message",
        [](std::string text) {
            return replaced(std::move(text), "<po:item>税务</po:item>",
                            "<po:item>" + include("cid:picture@x") + "</po:item>");
        },
        "not application/xop+xml")
        .message = plain();
    table.rows.back().pack = with_references();
}

}  // namespace

void attachments(Table& table) {
    by_reference(table);
    which_part_is_the_root(table);
    as_content(table);
}

}  // namespace hutong::attack
