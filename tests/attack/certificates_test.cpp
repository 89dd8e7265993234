// Certificates that must not be believed, each at the end of a message whose signature is good.
//
// Each case is a message signed with the key of the certificate in question and carried in it as PKIPath; on
// every path the signature verifies, and trust refuses the claims.
#include <cppunit/TestCase.h>
#include <cppunit/TestSuite.h>
#include <cppunit/extensions/AutoRegisterSuite.h>
#include <cppunit/extensions/HelperMacros.h>

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

struct Case {
    std::string name;
    std::shared_ptr<const Identity> signer;
    TrustStatus status;
    std::vector<const Identity*> chain{};  // what the message brings along
    TrustInput trust{.anchors = {issuers().root.der()}, .intermediates = {issuers().issuing.der()}};
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

std::vector<Case> cases() {
    const Issuers& by = issuers();
    const auto good = made(signer_recipe("agency"), &by.issuing);
    const auto usage = [&](const std::string& value) {
        return made(Issuers::with(signer_recipe("agency"), "keyUsage", value), &by.issuing);
    };
    CertificateRecipe sha1 = signer_recipe("agency");
    sha1.digest = "SHA1";
    std::vector<Case> all{
        {"control: issued by our CA", good, TrustStatus::trusted},
        {"control: with the issuing CA along",
         good,
         TrustStatus::trusted,
         {&by.issuing},
         {.anchors = {by.root.der()}}},
        {"self-signed", made(signer_recipe("agency"), nullptr), TrustStatus::no_path},
        {"a CA nobody knows", made(signer_recipe("agency"), &by.elsewhere), TrustStatus::no_path},
        {"a CA nobody knows, brought along",
         made(signer_recipe("agency"), &by.elsewhere),
         TrustStatus::no_path,
         {&by.elsewhere}},
        {"wrong CA with the same DN", made(signer_recipe("agency"), &by.same_name),
         TrustStatus::bad_signature},
        {"wrong CA with the same DN, brought along",
         made(signer_recipe("agency"), &by.same_name),
         TrustStatus::bad_signature,
         {&by.same_name}},
        {"expired", made(lasting(hours(-48), hours(-1)), &by.issuing), TrustStatus::expired},
        {"not yet valid", made(lasting(hours(1), hours(48)), &by.issuing), TrustStatus::not_yet_valid},
        {"revoked by a CRL", good, TrustStatus::revoked},
        {"revoked by our register", good, TrustStatus::revoked},
        {"an issuer whose CRL ran out", good, TrustStatus::revoked},
        {"missing digitalSignature: keyEncipherment", usage("critical,keyEncipherment"),
         TrustStatus::wrong_usage},
        {"missing digitalSignature: nonRepudiation", usage("critical,nonRepudiation"),
         TrustStatus::wrong_usage},
        {"a CA as a caller", std::make_shared<const Identity>(ca_recipe("agency"), &by.issuing),
         TrustStatus::wrong_usage},
        {"bad basic constraints: issued by no CA",
         made(signer_recipe("child"), &by.no_ca),
         TrustStatus::bad_constraints,
         {&by.no_ca}},
        {"bad basic constraints: path too long",
         made(signer_recipe("child"), &by.beyond),
         TrustStatus::bad_constraints,
         {&by.beyond, &by.last}},
        {"an issuer that may not sign certificates",
         made(signer_recipe("child"), &by.no_cert_sign),
         TrustStatus::bad_constraints,
         {&by.no_cert_sign}},
        {"bad name constraints",
         made(signer_recipe("agency.example.com"), &by.names_only),
         TrustStatus::bad_constraints,
         {&by.names_only}},
        {"certificate signed with SHA-1", made(sha1, &by.issuing), TrustStatus::weak_key},
    };
    for (Case& one : all) {
        if (one.name == "revoked by a CRL") one.trust.crls = {by.issuing.make_crl({good.get()})};
        if (one.name == "revoked by our register") one.trust.revoked = {good->thumbprint()};
        if (one.name == "an issuer whose CRL ran out")
            one.trust.crls = {by.issuing.make_crl({}, hours(-48), hours(-24))};
    }
    return all;
}

// X.509 PkiPath: a sequence of certificates, the signer's last.
Bytes pki_path(const Case& one) {
    Bytes content;
    for (auto it = one.chain.rbegin(); it != one.chain.rend(); ++it)
        content.insert(content.end(), (*it)->der().begin(), (*it)->der().end());
    content.insert(content.end(), one.signer->der().begin(), one.signer->der().end());
    Bytes path{0x30, 0x82, static_cast<std::uint8_t>(content.size() >> 8),
               static_cast<std::uint8_t>(content.size())};
    path.insert(path.end(), content.begin(), content.end());
    return path;
}

class CertificateCase : public CppUnit::TestCase {
  public:
    CertificateCase(Case row, std::string message, const Path& path)
        : TestCase("certificate: " + row.name + " [" + path.name + "]"),
          row_(std::move(row)),
          message_(std::move(message)),
          path_(path) {}

    void runTest() override {
        const Judgement judgement = path_.judge(message_, {});
        CPPUNIT_ASSERT_MESSAGE(judgement.rejection.reason, judgement.accepted);
        CPPUNIT_ASSERT(judgement.claims.certificate == row_.signer->der());
        const auto store = TrustStore::make(row_.trust);
        CPPUNIT_ASSERT(store.has_value());
        const auto verdict = (*store)->judge(judgement.claims.certificate, judgement.claims.chain,
                                             security::Usage::message_signing, test::test_time());
        CPPUNIT_ASSERT_EQUAL_MESSAGE(verdict.reason, std::string(to_string(row_.status)),
                                     std::string(to_string(verdict.status)));
    }

  private:
    Case row_;
    std::string message_;
    const Path& path_;
};

class CertificateSuite {
  public:
    static CppUnit::TestSuite* suite() {
        const std::vector<Case> all = cases();
        test::ForeignSigner signer;
        for (std::size_t i = 0; i < all.size(); ++i) {
            test::WssTemplate message = test::template_for(*all[i].signer);
            message.token_type = str(security::names::x509_pki_path);
            message.certificate = to_base64(pki_path(all[i]));
            signer.add(std::to_string(i), message.text(), all[i].signer->key_pem());
        }
        signer.run();
        auto* const suite = new CppUnit::TestSuite("certificates");
        for (std::size_t i = 0; i < all.size(); ++i)
            for (const Path& path : paths())
                suite->addTest(new CertificateCase(all[i], signer.signed_message(std::to_string(i)), path));
        return suite;
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(CertificateSuite);

}  // namespace

}  // namespace hutong::attack
