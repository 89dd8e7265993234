// Certificates that must not be believed, each at the end of a message whose signature is good.
//
// Each case is a message signed with the key of the certificate in question and carried in it as PKIPath, and
// a control that differs in the one thing that is wrong. On every path the signature verifies, and the
// gateway's own authenticate stage refuses the attack and knows the control's caller. Every certificate is
// registered for a consumer, so that nothing but trust stands in its way.
#include <cppunit/TestCase.h>
#include <cppunit/TestSuite.h>
#include <cppunit/extensions/AutoRegisterSuite.h>
#include <cppunit/extensions/HelperMacros.h>

#include "gateway/stages/authenticate.hpp"
#include "security/trust/trust_store.hpp"
#include "security/xmldsig/names.hpp"
#include "tests/attack/paths.hpp"
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

namespace {

using security::TrustInput;
using security::TrustStatus;
using security::TrustStore;
using std::chrono::hours;
using test::ca_recipe;
using test::CertificateRecipe;
using test::Identity;
using test::signer_recipe;

// Who issues; made once, as keys take time.
struct Issuers {
    Identity root{ca_recipe("root")};
    Identity issuing{ca_recipe("issuing"), &root};
    Identity same_name{ca_recipe("issuing")};
    Identity elsewhere{ca_recipe("elsewhere")};
    Identity no_ca{signer_recipe("an agency that issues"), &root};
    Identity no_cert_sign{with(ca_recipe("middle"), "keyUsage", "critical,cRLSign"), &root};
    Identity names_only{with(ca_recipe("names"), "nameConstraints", "critical,permitted;DNS:gov.cn"), &root};
    Identity last{with(ca_recipe("last"), "basicConstraints", "critical,CA:TRUE,pathlen:0"), &root};
    Identity beyond{ca_recipe("beyond"), &last};

    static CertificateRecipe with(CertificateRecipe recipe, const std::string& extension,
                                  const std::string& value) {
        recipe.extensions[extension] = value;
        return recipe;
    }
};
const Issuers& issuers() {
    static const Issuers all;
    return all;
}

// A message's signer, what it brings along, and what its receiver trusts.
struct Sending {
    std::shared_ptr<const Identity> signer;
    std::vector<const Identity*> chain{};
    TrustInput trust{.anchors = {issuers().root.der()}, .intermediates = {issuers().issuing.der()}};
    bool registered{true};     // for a consumer
    bool by_key_value{false};  // the KeyInfo holds the bare key
};

struct Case {
    std::string name;
    Sending attack;
    TrustStatus status;
    Sending control;       // as the attack, save for the one thing that is wrong with it; accepted
    std::string reason{};  // of a refusal that is not of trust
};

std::shared_ptr<const Identity> made(const CertificateRecipe& recipe, const Identity* issuer) {
    return std::make_shared<const Identity>(recipe, issuer);
}

CertificateRecipe lasting(hours begins, hours ends) {
    CertificateRecipe recipe = signer_recipe("agency");
    recipe.begins = begins;
    recipe.ends = ends;
    return recipe;
}

// What a receiver trusts who holds this root only, and what is known of revocations.
TrustInput anchored(const Identity& root) {
    return {.anchors = {root.der()}};
}
TrustInput with_crl(Bytes crl) {
    TrustInput trust = Sending{}.trust;
    trust.crls = {std::move(crl)};
    return trust;
}
TrustInput revoking(const Identity& certificate) {
    TrustInput trust = Sending{}.trust;
    trust.revoked = {certificate.thumbprint()};
    return trust;
}

std::vector<Case> cases() {
    const Issuers& by = issuers();
    const auto good = made(signer_recipe("agency"), &by.issuing);
    const auto usage = [&](const std::string& value) {
        return made(Issuers::with(signer_recipe("agency"), "keyUsage", value), &by.issuing);
    };
    const Sending signs{usage("critical,digitalSignature")};
    const auto unknown = made(signer_recipe("agency"), &by.elsewhere);
    const auto impostor = made(signer_recipe("agency"), &by.same_name);
    const auto child_of = [](const Identity& issuer) { return made(signer_recipe("child"), &issuer); };
    const Sending child{child_of(by.issuing), {&by.issuing}};
    const auto rsa = made(signer_recipe("agency", "RSA:2048"), &by.issuing);
    CertificateRecipe sha1 = signer_recipe("agency");
    sha1.digest = "SHA1";
    const Bytes empty_crl = by.issuing.make_crl({});
    return {
        {"self-signed", {made(signer_recipe("agency"), nullptr)}, TrustStatus::no_path, {good}},
        {"a CA nobody knows", {unknown}, TrustStatus::no_path, {unknown, {}, anchored(by.elsewhere)}},
        {"a CA nobody knows, brought along",
         {unknown, {&by.elsewhere}},
         TrustStatus::no_path,
         {unknown, {&by.elsewhere}, anchored(by.elsewhere)}},
        {"wrong CA with the same DN",
         {impostor},
         TrustStatus::bad_signature,
         {impostor, {}, anchored(by.same_name)}},
        {"wrong CA with the same DN, brought along",
         {impostor, {&by.same_name}},
         TrustStatus::bad_signature,
         {impostor, {&by.same_name}, anchored(by.same_name)}},
        {"the right CA missing from the message",
         {good, {}, anchored(by.root)},
         TrustStatus::no_path,
         {good, {&by.issuing}, anchored(by.root)}},
        {"expired",
         {made(lasting(hours(-48), hours(-1)), &by.issuing)},
         TrustStatus::expired,
         {made(lasting(hours(-48), hours(1)), &by.issuing)}},
        {"not yet valid",
         {made(lasting(hours(1), hours(48)), &by.issuing)},
         TrustStatus::not_yet_valid,
         {made(lasting(hours(-1), hours(48)), &by.issuing)}},
        {"revoked by a CRL",
         {good, {}, with_crl(by.issuing.make_crl({good.get()}))},
         TrustStatus::revoked,
         {good, {}, with_crl(empty_crl)}},
        {"revoked by our register",
         {good, {}, revoking(*good)},
         TrustStatus::revoked,
         {good, {}, revoking(*child.signer)}},
        {"an issuer whose CRL ran out",
         {good, {}, with_crl(by.issuing.make_crl({}, hours(-48), hours(-24)))},
         TrustStatus::revoked,
         {good, {}, with_crl(empty_crl)}},
        {"missing digitalSignature: keyEncipherment",
         {usage("critical,keyEncipherment")},
         TrustStatus::wrong_usage,
         signs},
        {"missing digitalSignature: nonRepudiation",
         {usage("critical,nonRepudiation")},
         TrustStatus::wrong_usage,
         signs},
        {"a CA as a caller", {made(ca_recipe("agency"), &by.issuing)}, TrustStatus::wrong_usage, {good}},
        {"bad basic constraints: issued by no CA",
         {child_of(by.no_ca), {&by.no_ca}},
         TrustStatus::bad_constraints,
         child},
        {"bad basic constraints: path too long",
         {child_of(by.beyond), {&by.beyond, &by.last}},
         TrustStatus::bad_constraints,
         {child_of(by.last), {&by.last}}},
        {"an issuer that may not sign certificates",
         {child_of(by.no_cert_sign), {&by.no_cert_sign}},
         TrustStatus::bad_constraints,
         child},
        {"bad name constraints",
         {made(signer_recipe("agency.example.com"), &by.names_only), {&by.names_only}},
         TrustStatus::bad_constraints,
         {made(signer_recipe("agency.gov.cn"), &by.names_only), {&by.names_only}}},
        {"certificate signed with SHA-1", {made(sha1, &by.issuing)}, TrustStatus::weak_key, {good}},
        {"registered for nobody",
         {good, {}, Sending{}.trust, false},
         TrustStatus::trusted,
         {good},
         "not registered for any consumer"},
        {"KeyValue of a registered key",
         {rsa, {}, Sending{}.trust, true, true},
         TrustStatus::no_path,  // never asked
         {rsa},
         "only a SecurityTokenReference or X509Data"},
    };
}

// X.509 PkiPath: a sequence of certificates, the signer's last.
Bytes pki_path(const Sending& sending) {
    Bytes content;
    for (auto it = sending.chain.rbegin(); it != sending.chain.rend(); ++it)
        content.insert(content.end(), (*it)->der().begin(), (*it)->der().end());
    content.insert(content.end(), sending.signer->der().begin(), sending.signer->der().end());
    Bytes path{0x30, 0x82, static_cast<std::uint8_t>(content.size() >> 8),
               static_cast<std::uint8_t>(content.size())};
    path.insert(path.end(), content.begin(), content.end());
    return path;
}

std::string message_of(const Sending& sending) {
    test::WssTemplate message = test::template_for(*sending.signer);
    message.token_type = str(security::names::x509_pki_path);
    message.certificate = to_base64(pki_path(sending));
    if (sending.by_key_value) message.key_info = "<ds:KeyValue/>";  // the client fills it in
    return message.text();
}

Receiver receiver_of(const Sending& sending) {
    Receiver receiver;
    receiver.table->trust = TrustStore::make(sending.trust).value();
    auto consumer = std::make_shared<registry::Consumer>();
    consumer->id = "agency";
    if (sending.registered) receiver.table->consumers[sending.signer->thumbprint()] = std::move(consumer);
    return receiver;
}

class CertificateCase : public CppUnit::TestCase {
  public:
    CertificateCase(Case row, std::string attack, std::string control, const Path& path)
        : TestCase("certificate: " + row.name + " [" + path.name + "]"),
          row_(std::move(row)),
          attack_(std::move(attack)),
          control_(std::move(control)),
          path_(path) {}

    void runTest() override {
        const Judgement good = judge(control_, row_.control);
        CPPUNIT_ASSERT_MESSAGE("control: " + good.rejection.reason, good.accepted);
        CPPUNIT_ASSERT(good.caller_known && good.trust);
        CPPUNIT_ASSERT(good.claims.certificate == row_.control.signer->der());

        const Judgement judgement = judge(attack_, row_.attack);
        CPPUNIT_ASSERT_MESSAGE("the attack was accepted", !judgement.accepted);
        CPPUNIT_ASSERT_MESSAGE("a caller is held to be known", !judgement.caller_known);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(judgement.trust.reason, std::string(to_string(row_.status)),
                                     std::string(to_string(judgement.trust.status)));
        if (row_.reason.empty()) {
            // Its own key signed it well: trust alone says no, and the caller is told what to mend.
            CPPUNIT_ASSERT_EQUAL(std::string("FailedAuthentication"), judgement.fault);
            CPPUNIT_ASSERT_MESSAGE(judgement.rejection.reason,
                                   says(judgement.rejection.reason, gateway::what_to_mend(row_.status)));
        } else {
            CPPUNIT_ASSERT_MESSAGE(judgement.rejection.reason, says(judgement.rejection.reason, row_.reason));
        }
    }

  private:
    Judgement judge(const std::string& message, const Sending& sending) const {
        Judgement judgement = path_.judge(message, receiver_of(sending));
        CPPUNIT_ASSERT_EQUAL(std::string(path_.name), judgement.decided_by);
        return judgement;
    }

    Case row_;
    std::string attack_;
    std::string control_;
    const Path& path_;
};

class CertificateSuite {
  public:
    static CppUnit::TestSuite* suite() {
        const std::vector<Case> all = cases();
        const auto attack = [](std::size_t i) { return "attack-" + std::to_string(i); };
        const auto control = [](std::size_t i) { return "control-" + std::to_string(i); };
        test::ForeignSigner signer;
        for (std::size_t i = 0; i < all.size(); ++i) {
            signer.add(attack(i), message_of(all[i].attack), all[i].attack.signer->key_pem());
            signer.add(control(i), message_of(all[i].control), all[i].control.signer->key_pem());
        }
        signer.run();
        auto* const suite = new CppUnit::TestSuite("certificates");
        for (std::size_t i = 0; i < all.size(); ++i)
            for (const Path& path : paths())
                suite->addTest(new CertificateCase(all[i], signer.signed_message(attack(i)),
                                                   signer.signed_message(control(i)), path));
        return suite;
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(CertificateSuite);

}  // namespace

}  // namespace hutong::attack
