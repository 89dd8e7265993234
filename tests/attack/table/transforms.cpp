// How a reference may be transformed and canonicalised.
#include "security/xmldsig/names.hpp"
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

namespace names = security::names;
using test::reference;
using test::transform;
using test::WssTemplate;

void transforms(Table& table) {
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
    // Where it is no empty word: around the signature, of which the rest is anybody's.
    table.signed_so("enveloped around the signature", plain([](WssTemplate& m) {
                        m.security_attributes = "wsu:Id=\"sec\"";
                        m.references.push_back(
                            reference("sec", transform(str(names::enveloped)) + test::exc_c14n_transform()));
                    }),
                    "contains the signature itself");
    table.changed("SignedInfo canonicalised in an unknown way",
                  replace("<ds:CanonicalizationMethod Algorithm=\"" + str(names::exc_c14n),
                          "<ds:CanonicalizationMethod Algorithm=\"urn:unknown"),
                  "not allowed in ds:CanonicalizationMethod");
    table.changed("STR-Transform without parameters",
                  replace("<ds:Transforms>", "<ds:Transforms>" + transform(str(names::str_transform))),
                  "TransformationParameters");
}

}  // namespace hutong::attack
