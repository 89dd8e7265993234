// Both readers on attachments: signed by WSS SwA Profile 1.1.1, and packed by XOP.
#include <map>

#include "security/xmldsig/names.hpp"
#include "tests/unit/inbound/reader_fixture.hpp"
#include "tests/unit/xmldsig/resign.hpp"

namespace hutong::security {

namespace {

class ReaderAttachmentsTest : public ReaderFixture {
    CPPUNIT_TEST_SUITE(ReaderAttachmentsTest);
    CPPUNIT_TEST(verifies_attachments);
    CPPUNIT_TEST(digests_xop_content_as_base64);
    CPPUNIT_TEST(refuses_improper_xop);
    CPPUNIT_TEST_SUITE_END();

    // WSS SwA Profile 1.1.1 section 5.4.
    void verifies_attachments() {
        Parts parts;
        parts.all = {{{"a@x", "application/octet-stream"}, std::string("\0\r\n\xff", 4)},
                     {{"b@x", "Text/Plain; charset=utf-8"}, "one\ntwo\rthree\r\n\n\rfour\r"},
                     {{"c@x", "text/xml"}, "<?xml version='1.0'?><a b='2' a='1'><!-- x --><b/>\r\n</a>\n"},
                     {{"d@x", "image/svg+xml"}, "<s/>"}};
        const std::map<std::string, std::string> canonical{{"a@x", parts.all[0].second},
                                                           {"b@x", "one\r\ntwo\r\nthree\r\n\r\n\r\nfour\r\n"},
                                                           {"c@x", "<a a=\"1\" b=\"2\"><b></b>\n</a>"},
                                                           {"d@x", "<s></s>"}};
        auto message = test::template_for(agency);
        for (const auto& [id, text] : canonical) message.references.push_back(attachment_reference(id));
        const std::string text = test::resigned(message.text(), agency, canonical);
        policy.sign_attachments = true;
        attachments = &parts;
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read_twice(text).text());
        for (std::size_t i = 0; i < parts.all.size(); ++i) {
            Parts changed = parts;
            std::string& content = changed.all[i].second;
            content.insert(content.size() / 2, i == 2 ? "&#32;" : i == 3 ? " a=''" : "x");
            attachments = &changed;
            CPPUNIT_ASSERT_EQUAL("the digest of cid:" + parts.all[i].first.content_id +
                                     " does not fit: the signed part was changed",
                                 read_twice(text).text());
        }
        Parts more = parts;
        more.all.push_back({{"e@x", "text/plain"}, "added"});
        attachments = &more;
        CPPUNIT_ASSERT_EQUAL(std::string("the attachment cid:e@x is not signed"), read_twice(text).text());
        more.all.back().first.content_id.clear();
        CPPUNIT_ASSERT_EQUAL(
            std::string("an attachment has no Content-ID, so no reference can have signed it"),
            read_twice(text).text());
        policy.sign_attachments = false;
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read_twice(text).text());
        Parts fewer = parts;
        fewer.all.pop_back();
        attachments = &fewer;
        CPPUNIT_ASSERT_EQUAL(std::string("cid:d@x is not exactly one attachment of this message"),
                             read_twice(text).text());
        Parts twice = parts;
        twice.all.push_back(parts.all[0]);
        attachments = &twice;
        CPPUNIT_ASSERT_EQUAL(std::string("cid:a@x is not exactly one attachment of this message"),
                             read_twice(text).text());
        attachments = nullptr;
        CPPUNIT_ASSERT_EQUAL(std::string("cid:a@x is no attachment of this message"),
                             read_twice(text).text());
    }

    static std::string attachment_reference(const std::string& cid) {
        return "<ds:Reference URI=\"cid:" + cid + "\"><ds:Transforms>" +
               test::transform(std::string(names::swa_content)) +
               "</ds:Transforms><ds:DigestMethod Algorithm=\"" + std::string(names::sha256) +
               "\"/><ds:DigestValue></ds:DigestValue></ds:Reference>";
    }

    // Signed by others with its content inline, then packed.
    void digests_xop_content_as_base64() {
        for (const std::size_t size : {0, 1, 2, 3, 4, 100, 40000}) {
            Parts parts;
            parts.all = {{{"a b@x", "image/png"}, std::string(size, '\xfe')}};
            auto message = test::template_for(agency);
            const std::string before = "<po:o xmlns:po=\"urn:po\"><po:data>";
            const std::string after = "</po:data></po:o>";
            message.body = before + to_base64(as_bytes(parts.all[0].second)) + after;
            std::string text = signed_by(message, agency);
            if (size == 0) text = replaced(text, "<po:data/>", "<po:data></po:data>");
            text = replaced(text, message.body, before + include("cid:a%20b@x") + after);
            attachments = &parts;
            policy.sign_attachments = true;  // it is, as content of the Body
            CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read_twice(text).text());
            parts.all[0].second += "x";
            CPPUNIT_ASSERT_EQUAL(std::string("the digest of #Body does not fit: the signed part was changed"),
                                 read_twice(text).text());
            attachments = nullptr;
            CPPUNIT_ASSERT_EQUAL(std::string("the digest of #Body does not fit: the signed part was changed"),
                                 read_twice(text).text());
        }
    }

    void refuses_improper_xop() {
        Parts parts;
        parts.all = {{{"a@x", "image/png"}, "abc"}};
        attachments = &parts;
        const std::string open = replaced(include("cid:a@x"), "/>", ">");
        const std::string close = "</xop:Include>";
        for (const std::string& content :
             {" " + include("cid:a@x"), include("cid:a@x") + " ", include("cid:a@x") + "<po:c/>",
              "<po:c/>" + include("cid:a@x"), include("cid:a@x") + "<!-- -->", "<!---->" + include("cid:a@x"),
              include("cid:a@x") + include("cid:a@x"), open + " " + close, open + "<po:c/>" + close,
              open + "<!-- -->" + close, include("http://x/"), include("cid:b@x"), include(""),
              "<po:c>" + include("cid:a@x") + "</po:c><po:c>" + include("cid:a@x") + "</po:c>"}) {
            auto message = test::template_for(agency);
            message.body = "<po:o xmlns:po=\"urn:po\">" + content + "</po:o>";
            const std::string text = test::resigned(message.text(), agency);
            for (const Which which : {Which::streaming, Which::tree}) {
                const Outcome outcome = read(text, which);
                CPPUNIT_ASSERT_MESSAGE(content + ": " + outcome.text(), outcome.error.has_value());
            }
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ReaderAttachmentsTest);

}  // namespace

}  // namespace hutong::security
