#include "tests/attack/attack_table.hpp"

#include <stdexcept>

#include "security/xmldsig/names.hpp"

namespace hutong::attack {

namespace {

using security::Rejection;
using test::Identity;
using test::reference;
using test::transform;
using test::WssTemplate;
namespace names = security::names;

std::string str(std::string_view text) {
    return std::string(text);
}

struct Cast {
    Identity ca{test::ca_recipe("ca")};
    Identity p256{test::signer_recipe("agency"), &ca};
    Identity rsa{test::signer_recipe("agency-rsa", "RSA:2048"), &ca};
    Identity rsa1024{test::signer_recipe("agency-weak", "RSA:1024"), &ca};
    Identity p384{test::signer_recipe("agency-384", "EC:P-384"), &ca};
    Identity other{test::signer_recipe("somebody else"), &ca};
};
const Cast& cast() {
    static const Cast everyone;
    return everyone;
}

using Change = std::function<std::string(std::string)>;

// --- text surgery: throws where the message has not what is to be changed, so that no row tests nothing ---

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error("no \"" + from + "\" to replace");
    return text.replace(at, from.size(), to);
}
Change replace(const std::string& from, const std::string& to) {
    return [=](std::string text) { return replaced(std::move(text), from, to); };
}
Change before(const std::string& mark, const std::string& insert) {
    return replace(mark, insert + mark);
}
Change after(const std::string& mark, const std::string& insert) {
    return replace(mark, mark + insert);
}

// From the first `begin` to the end of the first `end` after it.
std::string piece(const std::string& text, const std::string& begin, const std::string& end) {
    const auto from = text.find(begin);
    const auto to = text.find(end, from);
    if (from == std::string::npos || to == std::string::npos)
        throw std::runtime_error("no " + begin + "…" + end);
    return text.substr(from, to + end.size() - from);
}
std::string body_of(const std::string& text) {
    return piece(text, "<soap:Body", "</soap:Body>");
}
std::string timestamp_of(const std::string& text) {
    return piece(text, "<wsu:Timestamp", "</wsu:Timestamp>");
}
std::string signature_of(const std::string& text) {
    return piece(text, "<ds:Signature ", "</ds:Signature>");
}

const std::string forged_content = "<po:order xmlns:po=\"urn:po\"><po:item>forged</po:item></po:order>";
std::string forged_body(const std::string& attributes) {
    return "<soap:Body " + attributes + ">" + forged_content + "</soap:Body>";
}
std::string forged_timestamp(const std::string& attributes) {
    return "<wsu:Timestamp " + attributes +
           "><wsu:Created>2026-11-23T07:59:59Z</wsu:Created><wsu:Expires>2026-11-23T08:04:59Z</wsu:Expires></"
           "wsu:Timestamp>";
}

WssTemplate plain() {
    return test::template_for(cast().p256);
}
template <class Edit>
WssTemplate plain(Edit edit) {
    WssTemplate made = plain();
    edit(made);
    return made;
}

class Table {
  public:
    // Signed so by the key's owner: the signature is good, the message is not acceptable.
    void signed_so(const std::string& name, WssTemplate message, const std::string& reason,
                   Rejection::Kind kind = Rejection::Kind::not_verified) {
        rows.push_back({.name = name,
                        .message = std::move(message),
                        .signer = &cast().p256,
                        .reason = reason,
                        .kind = kind});
    }
    void changed(const std::string& name, Change change, const std::string& reason,
                 WssTemplate message = plain(), Rejection::Kind kind = Rejection::Kind::not_verified) {
        rows.push_back({.name = name,
                        .message = std::move(message),
                        .signer = &cast().p256,
                        .change = std::move(change),
                        .reason = reason,
                        .kind = kind});
    }
    void control(const std::string& name, WssTemplate message, const Identity& signer = cast().p256,
                 Change change = {}) {
        rows.push_back({.name = "control: " + name,
                        .message = std::move(message),
                        .signer = &signer,
                        .change = std::move(change)});
    }
    std::vector<Row> rows;
};

void controls(Table& table) {
    table.control("P-256", plain());
    for (const std::string_view method : {names::rsa_sha256, names::rsa_sha384, names::rsa_sha512}) {
        WssTemplate message = test::template_for(cast().rsa);
        message.method = str(method);
        table.control(str(method), message, cast().rsa);
    }
    for (const std::string_view c14n : {names::c14n10, names::c14n11})
        table.control("inclusive " + str(c14n), plain([&](WssTemplate& m) {
                          m.c14n = str(c14n);
                          m.references = {reference("TS", transform(str(c14n))),
                                          reference("Body", transform(str(c14n)))};
                      }));
    for (const std::string_view digest : {names::sha384, names::sha512})
        table.control("digest " + str(digest), plain([&](WssTemplate& m) {
                          m.references[1] = reference("Body", test::exc_c14n_transform(), str(digest));
                      }));
    table.control(
        "InclusiveNamespaces", plain([](WssTemplate& m) {
            m.references[1] = reference(
                "Body",
                transform(str(names::exc_c14n),
                          "<ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" "
                          "PrefixList=\"soap wsa\"/>"));
        }));
    table.control("node's style: enveloped and un-namespaced Id", plain([](WssTemplate& m) {
                      const std::string both = transform(str(names::enveloped)) + test::exc_c14n_transform();
                      m.timestamp_attributes = "Id=\"_1\"";
                      m.body_attributes = "Id=\"_0\"";
                      m.references = {reference("_0", both), reference("_1", both)};
                  }));
    const std::string data =
        "<ds:X509Data><ds:X509Certificate>" + plain().certificate + "</ds:X509Certificate></ds:X509Data>";
    table.control("embedded X509Data", plain([&](WssTemplate& m) { m.key_info = data; }));
    table.control("X509Data in a SecurityTokenReference", plain([&](WssTemplate& m) {
                      m.key_info = "<wsse:SecurityTokenReference>" + data + "</wsse:SecurityTokenReference>";
                  }));
    table.control("no transform at all",
                  plain([](WssTemplate& m) { m.references[1] = reference("Body", ""); }));
    table.control("SOAP 1.2, addressed to the next node", plain([](WssTemplate& m) {
                      m.version = soap::Version::v12;
                      m.security_attributes =
                          "soap:role=\"http://www.w3.org/2003/05/soap-envelope/role/next\"";
                  }));
    table.control("signed addressing", plain([](WssTemplate& m) {
                      m.headers = "<wsa:MessageID wsu:Id=\"MID\">urn:uuid:1</wsa:MessageID>";
                      m.references.push_back(reference("MID"));
                  }));
    table.control("a Security header for somebody else", plain(), cast().p256,
                  after("</wsse:Security>", "<wsse:Security xmlns:wsse=\"" + str(soap::ns_wsse) +
                                                "\" soap:actor=\"urn:else\"/>"));
    table.control("business data with repeated ids", plain([](WssTemplate& m) {
                      m.body = "<a><b id=\"1\"/><c id=\"1\"/><d Id=\"x\"/><e Id=\"x\"/></a>";
                  }));
    table.control("a comment between elements", plain(), cast().p256, before("<po:order", "<!-- hello -->"));
    table.control("a Timestamp older than its sender's Expires needs, within freshness",
                  plain([](WssTemplate& m) { m.expires = "2026-11-23T09:00:00Z"; }));
}

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
    table.changed(
        "Body wrapped in the new Body",
        [](std::string text) {
            const std::string original = body_of(text);
            return replaced(text, original, "<soap:Body>" + forged_content + original + "</soap:Body>");
        },
        not_signed);
    table.changed(
        "Envelope wrapped in a new Envelope's Body",
        [](const std::string& text) {
            const std::string header = piece(text, "<soap:Header>", "</soap:Header>");
            return "<soap:Envelope xmlns:soap=\"" + str(soap::ns11) + "\" xmlns:wsu=\"" + str(soap::ns_wsu) +
                   "\">" + header + "<soap:Body>" + replaced(text, header, "") +
                   "</soap:Body></soap:Envelope>";
        },
        not_signed);
    table.changed(
        "Body moved with the same Id on the new one",
        move_body_to("</soap:Header>", "<w:wrap xmlns:w=\"urn:w\">", "</w:wrap>", "wsu:Id=\"Body\""),
        "occurs more than once");
    table.changed("second Body before", before("<soap:Body", forged_body("")), "exactly one Body");
    table.changed("second Body after", after("</soap:Body>", forged_body("")), "exactly one Body");
    table.changed(
        "Body moved to a sibling after Body",
        [](std::string text) {
            const std::string original = body_of(text);
            return replaced(text, original,
                            forged_body("") + "<w:wrap xmlns:w=\"urn:w\">" + original + "</w:wrap>");
        },
        "neither Header nor Body");

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

void ids(Table& table) {
    for (const std::string attribute :
         {"wsu:Id", "Id", "ID", "id", "AssertionID", "xml:id", "x:Id", "x:id", "x:AssertionID"}) {
        const std::string element =
            "<f:fake xmlns:f=\"urn:f\" xmlns:x=\"urn:x\" " + attribute + "=\"Body\"/>";
        table.changed("duplicate Id as " + attribute + " in the Header", before("</soap:Header>", element),
                      "occurs more than once");
        table.changed("duplicate Id as " + attribute + " before it in Security",
                      before("<wsu:Timestamp", element), "occurs more than once");
        if (attribute == "wsu:Id")
            table.changed(
                "duplicate Id twice elsewhere",
                before("</soap:Header>",
                       "<f:a xmlns:f=\"urn:f\" wsu:Id=\"z\"/><f:b xmlns:f=\"urn:f\" wsu:Id=\"z\"/>"),
                "occurs more than once");
    }
    table.changed("ds:Id duplicate on KeyInfo", replace("<ds:KeyInfo>", "<ds:KeyInfo Id=\"Body\">"),
                  "occurs more than once");
    table.changed(
        "un-namespaced Id on a wrapped element",
        [](std::string text) {
            const std::string original = body_of(text);
            text = replaced(text, original, forged_body(""));
            return replaced(text, "</soap:Header>", replaced(original, "wsu:Id=", "Id=") + "</soap:Header>");
        },
        "points at nothing");
    table.changed("two different Ids on Body", replace("wsu:Id=\"Body\"", "wsu:Id=\"Body\" Id=\"Body\""),
                  "occurs more than once");
}

void structure(Table& table) {
    table.changed(
        "signature removed", [](std::string text) { return replaced(text, signature_of(text), ""); },
        "holds no signature");
    table.changed(
        "Security removed",
        [](std::string text) {
            return replaced(text, piece(text, "<wsse:Security ", "</wsse:Security>"), "");
        },
        "no wsse:Security header", plain(), Rejection::Kind::no_security_header);
    table.changed(
        "Header removed",
        [](std::string text) { return replaced(text, piece(text, "<soap:Header>", "</soap:Header>"), ""); },
        "no wsse:Security header", plain(), Rejection::Kind::no_security_header);
    table.changed("addressed to somebody else",
                  replace("<wsse:Security ", "<wsse:Security soap:actor=\"urn:else\" "),
                  "no wsse:Security header", plain(), Rejection::Kind::no_security_header);
    table.changed("second Security header, empty",
                  after("</wsse:Security>", "<wsse:Security xmlns:wsse=\"" + str(soap::ns_wsse) + "\"/>"),
                  "more than one Security header");
    table.changed(
        "second Security header, for the next node",
        after("</wsse:Security>", "<wsse:Security xmlns:wsse=\"" + str(soap::ns_wsse) +
                                      "\" soap:actor=\"http://schemas.xmlsoap.org/soap/actor/next\"/>"),
        "more than one Security header");
    table.changed(
        "second signature",
        [](std::string text) {
            return replaced(text, "</wsse:Security>", signature_of(text) + "</wsse:Security>");
        },
        "the same signature twice");
    table.changed(
        "second SignedInfo",
        [](std::string text) {
            const std::string info = piece(text, "<ds:SignedInfo>", "</ds:SignedInfo>");
            return replaced(text, info, info + info);
        },
        "lacks ds:SignatureValue");
    table.changed(
        "second SignatureValue",
        [](std::string text) {
            const std::string value = piece(text, "<ds:SignatureValue>", "</ds:SignatureValue>");
            return replaced(text, value, value + value);
        },
        "lacks ds:KeyInfo");
    table.changed(
        "KeyInfo removed",
        [](std::string text) { return replaced(text, piece(text, "<ds:KeyInfo>", "</ds:KeyInfo>"), ""); },
        "lacks ds:KeyInfo");
    for (const std::string odd : {"<!-- -->", "<?pi x?>", "<![CDATA[AAAA]]>"}) {
        for (const std::string element : {"DigestValue", "SignatureValue", "SignedInfo", "KeyInfo"})
            table.changed(
                odd.substr(0, 4) + " in " + element, after("<ds:" + element + ">", odd),
                odd[1] == '?' ? "processing instructions" : "comment, processing instruction or CDATA");
    }
    table.changed("comment in the token", replace("wsu:Id=\"Token\">", "wsu:Id=\"Token\"><!-- -->"),
                  "more than text");
    table.changed("comment splits signed text", replace("税务", "税<!-- -->务"),
                  "comment in the middle of text");
    table.changed("comment splits Created", replace("<wsu:Created>", "<wsu:Created><!-- -->"),
                  "comment in the middle of text");
    table.signed_so("Object in the signature",
                    plain([](WssTemplate& m) { m.after_key_info = "<ds:Object>x</ds:Object>"; }),
                    "where nothing more");
    table.signed_so("Body not signed", plain([](WssTemplate& m) { m.references = {reference("TS")}; }),
                    "Body is not signed");
    table.signed_so("Timestamp not signed", plain([](WssTemplate& m) { m.references = {reference("Body")}; }),
                    "Timestamp is not signed");
    table.changed("Body altered", replace("税务", "税務"), "#Body does not fit");
    table.changed("Timestamp altered", replace("07:59:30", "07:59:31"), "#TS does not fit");
    table.changed("SignedInfo altered",
                  replace("<ds:CanonicalizationMethod", "<ds:CanonicalizationMethod Id=\"x\""),
                  "signature value does not fit");
}

void references(Table& table) {
    for (const std::string uri : {"http://attacker.example/", "file:///etc/passwd", "", "#", "#xpointer(/)",
                                  "#xpointer(id('Body'))", "Body", "##Body", "#Bo dy", "#Body'"})
        table.changed("reference to \"" + uri + "\"", replace("URI=\"#Body\"", "URI=\"" + uri + "\""),
                      "same-document");
    table.changed("reference to \"cid:Body\"", replace("URI=\"#Body\"", "URI=\"cid:Body\""),
                  "needs the Attachment-Content-Signature-Transform");
    table.changed("reference without URI", replace("URI=\"#Body\"", ""), "no URI");
    table.changed("reference to nothing", replace("URI=\"#Body\"", "URI=\"#nobody\""), "points at nothing");
    table.changed("Manifest reference",
                  replace("<ds:Reference URI=\"#Body\"",
                          "<ds:Reference Type=\"http://www.w3.org/2000/09/xmldsig#Manifest\" URI=\"#Body\""),
                  "Manifest");
    table.changed(
        "the same reference twice",
        [](std::string text) {
            const std::string r = piece(text, "<ds:Reference URI=\"#Body\"", "</ds:Reference>");
            return replaced(text, r, r + r);
        },
        "referenced twice");
    table.signed_so("more than ten references", plain([](WssTemplate& m) {
                        for (int i = 0; i < 9; ++i) {
                            m.headers += "<h xmlns=\"urn:h\" wsu:Id=\"h" + std::to_string(i) + "\"/>";
                            m.references.push_back(reference("h" + std::to_string(i)));
                        }
                    }),
                    "more than 10 references");
    table.changed("signature signs itself", replace("<ds:Signature ", "<ds:Signature Id=\"Body\" "),
                  "occurs more than once");
    table.changed(
        "reference to the Security header",
        [](std::string text) {
            text = replaced(text, "<wsse:Security ", "<wsse:Security wsu:Id=\"sec\" ");
            return replaced(text, "URI=\"#Body\"", "URI=\"#sec\"");
        },
        "contains the signature itself");

    const auto with_transform = [](const std::string& t) {
        return plain([&](WssTemplate& m) { m.references[1] = reference("Body", t); });
    };
    table.signed_so("canonicalisation with comments",
                    with_transform(transform("http://www.w3.org/2001/10/xml-exc-c14n#WithComments")),
                    "not allowed");
    table.signed_so("inclusive canonicalisation with comments",
                    with_transform(transform("http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments")),
                    "not allowed");
    table.signed_so("SignedInfo canonicalised with comments", plain([](WssTemplate& m) {
                        m.c14n = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
                    }),
                    "not allowed in ds:CanonicalizationMethod");
    table.signed_so(
        "XPath transform",
        with_transform(transform("http://www.w3.org/TR/1999/REC-xpath-19991116", "<ds:XPath>1</ds:XPath>") +
                       test::exc_c14n_transform()),
        "not allowed");
    table.signed_so(
        "XPath filter 2 transform",
        with_transform(transform("http://www.w3.org/2002/06/xmldsig-filter2",
                                 "<xf:XPath xmlns:xf=\"http://www.w3.org/2002/06/xmldsig-filter2\" "
                                 "Filter=\"intersect\">//*</xf:XPath>") +
                       test::exc_c14n_transform()),
        "not allowed");
    table.changed("XSLT transform",
                  replace("<ds:Transforms>",
                          "<ds:Transforms>" + transform("http://www.w3.org/TR/1999/REC-xslt-19991116",
                                                        "<x xmlns=\"urn:x\"/>")),
                  "not allowed");
    table.changed(
        "base64 transform",
        replace("<ds:Transforms>", "<ds:Transforms>" + transform("http://www.w3.org/2000/09/xmldsig#base64")),
        "not allowed");
    table.changed("unknown transform",
                  replace("<ds:Transforms>", "<ds:Transforms>" + transform("urn:unknown")), "not allowed");
    table.changed("transform without algorithm", replace("<ds:Transforms>", "<ds:Transforms><ds:Transform/>"),
                  "not allowed");
    std::string many;
    for (int i = 0; i < 6; ++i) many += test::exc_c14n_transform();
    table.changed("more than five transforms", replace("<ds:Transforms>", "<ds:Transforms>" + many),
                  "more than 5 transforms");
    table.signed_so("canonicalised twice",
                    with_transform(test::exc_c14n_transform() + test::exc_c14n_transform()),
                    "follows the canonicalisation");
    table.changed("STR-Transform on Body",
                  replace("<ds:Transform Algorithm=\"" + str(names::exc_c14n) + "\"/>",
                          transform(str(names::str_transform),
                                    "<wsse:TransformationParameters><ds:CanonicalizationMethod Algorithm=\"" +
                                        str(names::exc_c14n) + "\"/></wsse:TransformationParameters>")),
                  "no SecurityTokenReference of our header");
    table.changed("STR-Transform without parameters",
                  replace("<ds:Transforms>", "<ds:Transforms>" + transform(str(names::str_transform))),
                  "TransformationParameters");
}

void algorithms(Table& table) {
    const auto method = [](const std::string& uri) { return plain([&](WssTemplate& m) { m.method = uri; }); };
    table.signed_so("ECDSA with SHA-1", method("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1"),
                    "not allowed");
    WssTemplate rsa = test::template_for(cast().rsa);
    rsa.method = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
    table.rows.push_back(
        {.name = "RSA with SHA-1", .message = rsa, .signer = &cast().rsa, .reason = "not allowed"});
    table.changed("RSA with MD5", replace("xmldsig-more#ecdsa-sha256", "xmldsig-more#rsa-md5"),
                  "not allowed");
    table.changed("DSA",
                  replace("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
                          "http://www.w3.org/2009/xmldsig11#dsa-sha256"),
                  "not allowed");
    table.changed("no signature method", replace("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", ""),
                  "not allowed");
    table.signed_so("SHA-1 digest", plain([](WssTemplate& m) {
                        m.references[1] = reference("Body", test::exc_c14n_transform(),
                                                    "http://www.w3.org/2000/09/xmldsig#sha1");
                    }),
                    "digest method");
    table.changed(
        "MD5 digest",
        replace("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmldsig-more#md5"),
        "digest method");
    table.changed(
        "digest cut short",
        [](std::string text) {
            const std::string value = piece(text, "<ds:DigestValue>", "</ds:DigestValue>");
            return replaced(text, value, "<ds:DigestValue>AAAA</ds:DigestValue>");
        },
        "not a digest of its method");
    const std::string hmac = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
    table.rows.push_back({.name = "HMAC with the public key as its secret",
                          .message = method(hmac),
                          .signer = nullptr,
                          .secret = cast().p256.certificate_pem(),
                          .reason = "not allowed"});
    table.rows.push_back({.name = "HMACOutputLength",
                          .message = plain([&](WssTemplate& m) {
                              m.method = hmac;
                              m.method_content = "<ds:HMACOutputLength>128</ds:HMACOutputLength>";
                          }),
                          .signer = nullptr,
                          .secret = "secret",
                          .reason = "not allowed"});
    table.changed(
        "HMACOutputLength under ECDSA",
        [](std::string text) {
            const std::string m = piece(text, "<ds:SignatureMethod", ">");
            return replaced(text, m,
                            m.substr(0, m.find("\"/") == std::string::npos ? m.size() - 1 : m.size() - 2) +
                                "><ds:HMACOutputLength>8</ds:HMACOutputLength>" +
                                (m.ends_with("/>") ? "</ds:SignatureMethod>" : ""));
        },
        "has parameters");
    table.rows.push_back({.name = "RSA of 1024 bits",
                          .message = test::template_for(cast().rsa1024),
                          .signer = &cast().rsa1024,
                          .reason = "1024 bits"});
    WssTemplate p384 = test::template_for(cast().p384);
    p384.method = str(names::ecdsa_sha256);
    table.rows.push_back({.name = "P-384 under the P-256 row",
                          .message = p384,
                          .signer = &cast().p384,
                          .reason = "does not go with the certificate's kind of key, p384"});
    const auto value = [](const std::string& base64) {
        return [=](std::string text) {
            const std::string old = piece(text, "<ds:SignatureValue>", "</ds:SignatureValue>");
            return replaced(text, old, "<ds:SignatureValue>" + base64 + "</ds:SignatureValue>");
        };
    };
    table.changed("ECDSA r=s=0", value(to_base64(Bytes(64, 0))), "signature value does not fit");
    table.changed("ECDSA r=s=1", value(to_base64([] {
                      Bytes b(64, 0);
                      b[31] = b[63] = 1;
                      return b;
                  }())),
                  "signature value does not fit");
    table.changed(
        "ECDSA r=s=order", value(to_base64([] {
            const Bytes n =
                from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").value();
            Bytes b = n;
            b.insert(b.end(), n.begin(), n.end());
            return b;
        }())),
        "signature value does not fit");
    table.changed("signature cut short", value(to_base64(Bytes(32, 7))), "has 32 bytes");
    table.changed("signature empty", value(""), "not base64");
    table.changed("signature not base64", value("!!!!"), "not base64");
}

void keys(Table& table) {
    const auto info = [](const std::string& content) {
        return plain([&](WssTemplate& m) { m.key_info = content; });
    };
    const std::string str_open = "<wsse:SecurityTokenReference>";
    const std::string str_close = "</wsse:SecurityTokenReference>";
    table.changed(
        "KeyValue only",
        [](std::string text) {
            const std::string k = piece(text, "<ds:KeyInfo>", "</ds:KeyInfo>");
            return replaced(text, k,
                            "<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</"
                            "ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue>"
                            "</ds:KeyValue></ds:KeyInfo>");
        },
        "only a SecurityTokenReference or X509Data");
    table.signed_so("KeyName only", info("<ds:KeyName>agency</ds:KeyName>"),
                    "only a SecurityTokenReference or X509Data");
    table.changed(
        "RetrievalMethod",
        [](std::string text) {
            const std::string k = piece(text, "<ds:KeyInfo>", "</ds:KeyInfo>");
            return replaced(text, k, "<ds:KeyInfo><ds:RetrievalMethod URI=\"#Token\"/></ds:KeyInfo>");
        },
        "only a SecurityTokenReference or X509Data");
    table.signed_so("KeyIdentifier",
                    info(str_open + "<wsse:KeyIdentifier>AAAA</wsse:KeyIdentifier>" + str_close),
                    "KeyIdentifier");
    table.changed(
        "IssuerSerial only",
        [](std::string text) {
            const std::string k = piece(text, "<ds:KeyInfo>", "</ds:KeyInfo>");
            return replaced(text, k,
                            "<ds:KeyInfo><ds:X509Data><ds:X509IssuerSerial/></ds:X509Data></ds:KeyInfo>");
        },
        "must hold X509IssuerName and X509SerialNumber");
    table.signed_so("token reference out of the message",
                    info(str_open + "<wsse:Reference URI=\"http://attacker.example/key\"/>" + str_close),
                    "does not point into the message");
    table.signed_so("token reference to the Body",
                    info(str_open + "<wsse:Reference URI=\"#Body\"/>" + str_close),
                    "BinarySecurityToken in the same Security header");
    table.changed(
        "token in another header",
        [](std::string text) {
            const std::string token = piece(text, "<wsse:BinarySecurityToken", "</wsse:BinarySecurityToken>");
            text = replaced(text, token, "");
            return replaced(text, "</soap:Header>",
                            "<w:wrap xmlns:w=\"urn:w\" xmlns:wsse=\"" + str(soap::ns_wsse) + "\">" + token +
                                "</w:wrap></soap:Header>");
        },
        "BinarySecurityToken in the same Security header");
    table.changed(
        "another's certificate in the token",
        [](std::string text) {
            const std::string token = piece(text, "<wsse:BinarySecurityToken", "</wsse:BinarySecurityToken>");
            return replaced(text, token, replaced(token, plain().certificate, to_base64(cast().other.der())));
        },
        "signature value does not fit");
    table.changed(
        "an RSA certificate for an ECDSA signature",
        [](std::string text) {
            const std::string token = piece(text, "<wsse:BinarySecurityToken", "</wsse:BinarySecurityToken>");
            return replaced(text, token, replaced(token, plain().certificate, to_base64(cast().rsa.der())));
        },
        "kind of key");
    table.changed("garbage certificate", replace(plain().certificate, "AAAA"), "not one DER certificate");
    table.changed("two certificates in one token",
                  replace(plain().certificate, to_base64([] {
                              Bytes both = cast().p256.der();
                              both.insert(both.end(), cast().other.der().begin(), cast().other.der().end());
                              return both;
                          }())),
                  "not one DER certificate");
    table.changed(
        "two certificates in X509Data",
        [](std::string text) {
            const std::string c = piece(text, "<ds:X509Certificate>", "</ds:X509Certificate>");
            return replaced(text, c, c + c);
        },
        "several certificates",
        info("<ds:X509Data><ds:X509Certificate>" + plain().certificate +
             "</ds:X509Certificate></ds:X509Data>"));
    table.changed("two tokens referenced", after("<ds:KeyInfo>", "<ds:KeyName>x</ds:KeyName>"),
                  "exactly one child");
}

void times(Table& table) {
    const auto times = [](const std::string& created, const std::string& expires) {
        return plain([&](WssTemplate& m) {
            m.created = created;
            m.expires = expires;
        });
    };
    const auto expired = Rejection::Kind::expired;
    table.signed_so("expired", times("2026-11-23T07:50:00Z", "2026-11-23T07:55:00Z"), "expired at", expired);
    table.signed_so("older than freshness, whatever its Expires says",
                    times("2026-11-23T07:50:00Z", "2036-11-23T08:04:00Z"), "expired at", expired);
    table.signed_so("created in the future", times("2026-11-23T08:02:00Z", "2026-11-23T08:04:00Z"),
                    "in the future", expired);
    table.signed_so("missing Expires", times("2026-11-23T07:59:00Z", ""), "no Expires", expired);
    table.signed_so("expires before created", times("2026-11-23T08:00:00Z", "2026-11-23T07:59:59Z"),
                    "before it was created", expired);
    table.signed_so("no time zone", times("2026-11-23T07:59:00", "2026-11-23T08:04:00"), "time zone",
                    expired);
    table.signed_so("no time", times("yesterday", "tomorrow"), "xs:dateTime", expired);
    table.changed(
        "no Timestamp", [](std::string text) { return replaced(text, timestamp_of(text), ""); },
        "there is no wsu:Timestamp", plain([](WssTemplate& m) { m.references = {reference("Body")}; }),
        expired);
}

void parser(Table& table) {
    const auto in_front = [](const std::string& dtd) {
        return [=](const std::string& text) { return dtd + text; };
    };
    table.changed("DTD", in_front("<!DOCTYPE x>"), "DTD");
    table.changed("XXE", in_front("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"), "DTD");
    table.changed("parameter entity",
                  in_front("<!DOCTYPE x [<!ENTITY % e SYSTEM \"http://attacker.example/\"> %e;]>"), "DTD");
    table.changed("entity bomb", in_front("<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>"),
                  "DTD");
    table.changed("Ids declared by a DTD", in_front("<!DOCTYPE x [<!ATTLIST po:order x ID #IMPLIED>]>"),
                  "DTD");
    std::string open, close;
    for (int i = 0; i < 100; ++i) {
        open += "<d>";
        close += "</d>";
    }
    table.changed("depth", after("<soap:Header>", open + close), "deeper");
    std::string attributes;
    for (int i = 0; i < 100; ++i) attributes += " a" + std::to_string(i) + "=\"\"";
    table.changed("attribute count", after("<soap:Header>", "<d" + attributes + "/>"),
                  "attributes per element");
    table.changed("long name", after("<soap:Header>", "<" + std::string(5000, 'n') + "/>"),
                  "element name length");
    table.changed("long attribute", after("<soap:Header>", "<d a=\"" + std::string(100000, 'v') + "\"/>"),
                  "attribute value length");
    table.changed("not well-formed", after("<soap:Header>", "<d>"), "not well-formed");
    table.changed(
        "XInclude is left alone",
        replace("税务", "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"/etc/passwd\"/>"),
        "#Body does not fit");
}

}  // namespace

std::vector<Row> all_rows() {
    Table table;
    for (const auto family :
         {controls, wrapping, ids, structure, references, algorithms, keys, times, parser})
        family(table);
    return std::move(table.rows);
}

}  // namespace hutong::attack
