// What a trust domain has agreed about SM2 is read so for its members, and for nobody else, by both readers.
#include "security/trust/trust_domains.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "security/inbound/message_reader.hpp"
#include "security/keys/ecdsa_value.hpp"
#include "security/outbound/message_signer.hpp"
#include "security/xmldsig/algorithm_names.hpp"
#include "security/xmldsig/names.hpp"
#include "tests/unit/xmldsig/wss_template.hpp"

namespace hutong::security {

namespace {

using test::Identity;

const std::string customs_sm2 = "http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3";
const std::string customs_sm3 = "http://www.chinaport.gov.cn/2022/04/xmldsig#sm3";
const std::string window_sm2 = "http://www.w3.org/2000/09/xmldsig#sm2-sm3";
const std::string province_id = "tax@province.gov.cn";

std::map<std::string, config::TrustDomain> domains() {
    config::TrustDomain customs;
    customs.issuers = {"CN=customs"};
    customs.sm2_der = {customs_sm2, window_sm2};
    customs.sm3 = {customs_sm3};
    config::TrustDomain province;
    province.issuers = {"CN=province"};
    province.message_id = province_id;
    province.sm2_raw = {window_sm2};
    return {{"customs", customs}, {"province", province}};
}
// Before anything reads a message.
const bool names_taken = use_algorithm_names(domains()).has_value();

class Nothing final : public ReadingEvents {
    bool at_header(const soap::Layout&, const Claims*) override { return true; }
    bool at_operation(const soap::Layout&) override { return true; }
    const xml::SchemaSet* schemas() override { return nullptr; }
};

class TrustDomainsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TrustDomainsTest);
    CPPUNIT_TEST(reads_the_names_and_form_of_the_domain);
    CPPUNIT_TEST(reads_with_the_id_of_the_domain);
    CPPUNIT_TEST(takes_a_name_from_nobody_else);
    CPPUNIT_TEST(takes_one_form_for_one_name);
    CPPUNIT_TEST(takes_the_names_of_the_table_from_everybody);
    CPPUNIT_TEST(takes_no_name_for_another_kind_of_key);
    CPPUNIT_TEST(reads_what_is_written_for_a_receiver_of_the_domain);
    CPPUNIT_TEST(fixes_names_at_the_start);
    CPPUNIT_TEST_SUITE_END();

    const Identity customs_ca{[] {
        auto recipe = test::ca_recipe("customs");
        recipe.key = "SM2:";
        return recipe;
    }()};
    const Identity province_ca{[] {
        auto recipe = test::ca_recipe("province");
        recipe.key = "SM2:";
        return recipe;
    }()};
    const Identity member{test::signer_recipe("member", "SM2:"), &customs_ca};
    const Identity provincial{test::signer_recipe("provincial", "SM2:"), &province_ca};
    const Identity stranger{test::signer_recipe("stranger", "SM2:")};
    const TrustDomains configured{domains()};

    struct How {
        std::string method{names::sm2_sm3};
        std::string digest{names::sm3};
        std::string id{sm2_default_id};
        std::string form{"raw"};
    };
    static std::string sign(const Identity& by, const How& how) {
        test::ForeignSigner signer;
        auto message = test::template_for(by);
        message.method = how.method;
        message.references = {test::reference("TS", test::exc_c14n_transform(), how.digest),
                              test::reference("Body", test::exc_c14n_transform(), how.digest)};
        signer.add("m", message.text(), by.key_pem());
        test::write_file(signer.folder() / "m.sm2", how.id + " " + how.form);
        signer.run();
        return signer.signed_message("m");
    }
    // By both readers, which have to agree: "accepted", or why not.
    std::string judged(const std::string& text) const {
        const MessagePolicy policy;
        const config::Security options;
        const xml::Limits limits;
        Nothing events;
        ReaderInput input{&policy, test::test_time(), &events, nullptr};
        input.tokens.domains = &configured;
        std::vector<std::string> answers;
        for (const auto make : {make_streaming_reader, make_tree_reader}) {
            const auto reader = make(options, limits, input);
            auto reading = reader->feed(text);
            if (reading && *reading == Reading::more) reading = reader->finish();
            CPPUNIT_ASSERT(reading.has_value() && *reading != Reading::outside_profile);
            const Verdict verdict = reader->verdict();
            answers.push_back(verdict.has_error() ? verdict.error().reason : "accepted");
            if (verdict.has_value())
                CPPUNIT_ASSERT_EQUAL(std::string(names::sm2_sm3), verdict->signature_algorithm);
        }
        CPPUNIT_ASSERT_EQUAL(answers[1], answers[0]);
        return answers[0];
    }
    void accepted(const Identity& by, const How& how) const {
        const std::string text = sign(by, how);
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), judged(text));
        std::string changed = text;
        changed.replace(changed.find("税务"), 3, "稅");
        CPPUNIT_ASSERT_EQUAL(std::string("the digest of #Body does not fit: the signed part was changed"),
                             judged(changed));
        const auto begin = text.find("<ds:SignatureValue>") + 19;
        const std::string value = text.substr(begin, text.find("</ds:SignatureValue>") - begin);
        Bytes octets = from_base64(value).value();
        octets[octets.size() - 1] ^= 1;
        changed = text;
        changed.replace(begin, value.size(), to_base64(octets));
        CPPUNIT_ASSERT(judged(changed) != "accepted");
    }
    void refused(const std::string& words, const Identity& by, const How& how) const {
        const std::string answer = judged(sign(by, how));
        CPPUNIT_ASSERT_MESSAGE(answer, answer.find(words) != std::string::npos);
    }

    void reads_the_names_and_form_of_the_domain() {
        CPPUNIT_ASSERT(names_taken);
        accepted(member, {.method = customs_sm2, .digest = customs_sm3, .form = "der"});
        accepted(member, {.method = window_sm2, .digest = std::string(names::sm3), .form = "der"});
    }
    void reads_with_the_id_of_the_domain() {
        accepted(provincial, {.method = window_sm2, .id = province_id});
        accepted(provincial, {.id = province_id});
        refused("signature value does not fit", provincial, {.method = window_sm2});
        refused("signature value does not fit", member, {.id = province_id});
    }
    void takes_a_name_from_nobody_else() {
        refused("no name of an algorithm in the trust domain", provincial,
                {.method = customs_sm2, .id = province_id, .form = "der"});
        refused("no name of an algorithm in the trust domain", provincial,
                {.digest = customs_sm3, .id = province_id});
        refused("no name of an algorithm in the trust domain", stranger, {.method = window_sm2});
        refused("is not allowed", member, {.method = "http://www.w3.org/2001/04/xmldsig-more#sm2-sm3"});
    }
    void takes_one_form_for_one_name() {
        refused("signature value does not fit", member, {.method = customs_sm2, .digest = customs_sm3});
        refused("a signature of this key has 64", provincial,
                {.method = window_sm2, .id = province_id, .form = "der"});
        refused("a signature of this key has 64", member, {.form = "der"});
    }
    void takes_the_names_of_the_table_from_everybody() {
        for (const Identity* by : {&member, &stranger}) accepted(*by, {});
        accepted(stranger, {.digest = std::string(names::sha256)});
    }
    void takes_no_name_for_another_kind_of_key() {
        const Identity curve{test::signer_recipe("curve"), &customs_ca};
        std::string text = sign(member, {.method = customs_sm2, .form = "der"});
        const std::string mine = to_base64(member.der());
        text.replace(text.find(mine), mine.size(), to_base64(curve.der()));
        CPPUNIT_ASSERT(judged(text).find("kind of key") != std::string::npos);
    }

    // What the gateway writes for a member, as the member's own software reads it; and a change is seen.
    void reads_what_is_written_for_a_receiver_of_the_domain() {
        const std::string text = "<S:Envelope xmlns:S=\"" + std::string(soap::ns11) +
                                 "\"><S:Body><r:answer xmlns:r='urn:r'>税务</r:answer></S:Body></S:Envelope>";
        const auto written = [&](const Identity& by, const config::TrustDomain& domain) {
            const auto key = make_signing_key(by.key(), {by.der()}).value();
            SignOptions options{.now = test::test_time(), .confirm = std::vector<std::string>{"AAAA"}};
            options.form = form_for(domain);
            return sign_message(text, soap::scan(text, xml::Limits()).value(), *key, options).value();
        };
        const auto all = domains();
        for (const auto& [by, domain, uri] :
             {std::tuple{&member, "customs", customs_sm2}, std::tuple{&provincial, "province", window_sm2}}) {
            const std::string message = written(*by, all.at(domain));
            CPPUNIT_ASSERT_EQUAL(std::string("accepted"), judged(message));
            CPPUNIT_ASSERT(message.find("SignatureMethod Algorithm=\"" + uri + "\"") != std::string::npos);
            std::string changed = message;
            changed.replace(changed.find("税务"), 3, "稅");
            CPPUNIT_ASSERT(judged(changed) != "accepted");
        }
        // Written for one domain, it is not what another one reads, and the table's own is anybody's.
        CPPUNIT_ASSERT(judged(written(member, all.at("province"))) != "accepted");
        CPPUNIT_ASSERT(judged(written(provincial, {})) != "accepted");  // another id than was agreed
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), judged(written(member, {})));
        // Both kinds listed: the first name of r‖s.
        config::TrustDomain both;
        both.sm2_raw = {"urn:raw", "urn:raw2"};
        both.sm2_der = {"urn:der"};
        CPPUNIT_ASSERT(form_for(both).signature == "urn:raw" && !form_for(both).sm2.der);
    }

    void fixes_names_at_the_start() {
        CPPUNIT_ASSERT(use_algorithm_names(domains()).has_value());
        CPPUNIT_ASSERT(use_algorithm_names({}).has_value());
        config::TrustDomain late;
        late.sm2_raw = {"urn:late"};
        CPPUNIT_ASSERT_EQUAL(ErrorCode::conflict, use_algorithm_names({{"late", late}}).error().code);
        for (const std::string_view own : {names::rsa_sha256, names::sm2_sm3, names::sha256}) {
            late.sm2_raw = {std::string(own)};
            CPPUNIT_ASSERT_EQUAL(ErrorCode::invalid, use_algorithm_names({{"late", late}}).error().code);
        }
        late.sm2_raw = {};
        late.sm3 = {window_sm2};
        config::TrustDomain other;
        other.sm2_raw = {window_sm2};
        CPPUNIT_ASSERT_EQUAL(ErrorCode::invalid,
                             use_algorithm_names({{"late", late}, {"other", other}}).error().code);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(TrustDomainsTest);

}  // namespace

}  // namespace hutong::security
