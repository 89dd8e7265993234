// Keys are known again, whatever they come in: one that was compromised is certified no more.
#include "security/pki/certified_keys.hpp"

#include "register_fixture.hpp"
#include "security/pki/request.hpp"

using namespace hutong;
using namespace hutong::security;
using namespace hutong::security::test;

class CertifiedKeysTest : public RegisterFixture {
    CPPUNIT_TEST_SUITE(CertifiedKeysTest);
    CPPUNIT_TEST(a_compromised_key_is_certified_no_more);
    CPPUNIT_TEST(a_revoked_certificate_may_be_found_compromised);
    CPPUNIT_TEST(the_key_of_a_compromised_ca_is_certified_no_more);
    CPPUNIT_TEST(keys_of_older_certificates_are_known_too);
    CPPUNIT_TEST_SUITE_END();

  public:
    // Whatever the request, the profile and the CA; any other reason is no word against the key.
    void a_compromised_key_is_certified_no_more() {
        const std::string csr = home_.request("ec -pkeyopt ec_paramgen_curve:P-256");
        home_.shell(
            "openssl ec -in request.key -conv_form compressed -out short.key && openssl req -new -key "
            "short.key -subj /CN=other -out short.csr");
        const std::string shorter = home_.shell("cat short.csr");
        const std::string key = read_request(csr).value().thumbprint;
        CPPUNIT_ASSERT_EQUAL(key, read_request(shorter).value().thumbprint);
        const auto issue = [&](const std::string& request, const Authority& by) {
            return by
                .issue(request, Profile::agency_signing, "tax", "State Tax", {}, std::chrono::hours(24 * 365))
                .value();
        };
        CPPUNIT_ASSERT_EQUAL(std::string(), wait(register_->with_key(key)).value());
        const Issued first = issue(csr, *authority_);
        wait(register_->add(first, by_an_officer())).value();
        CPPUNIT_ASSERT_EQUAL(first.serial, wait(register_->with_key(key)).value());
        wait(register_->revoke(first.serial, "superseded", "zhang", *authorities_)).value();
        wait(register_->check_key(key)).value();
        const Issued second = issue(shorter, *authority_);
        wait(register_->add(second, by_an_officer())).value();
        wait(register_->revoke(second.serial, "keyCompromise", "zhang", *authorities_)).value();

        const Error told = wait(register_->check_key(key)).error();
        CPPUNIT_ASSERT(told.code == ErrorCode::refused && contains(told.detail, second.serial) &&
                       contains(told.detail, "make a new key"));
        authorities_->add("issuing-2", KeyKind::p256).value();
        for (const std::string& request : {csr, shorter})
            for (const char* ca : {"issuing-1", "issuing-2"}) {
                const Issued again = issue(request, *authorities_->find(ca));
                CPPUNIT_ASSERT(wait(register_->add(again, by_an_officer())).error().code ==
                               ErrorCode::refused);
            }
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, wait(register_->list()).value().size());
        wait(register_->add(home_.issue(*authority_), by_an_officer())).value();
    }

    // Later than it was revoked, which stays when it was; and never the other way round.
    void a_revoked_certificate_may_be_found_compromised() {
        const Issued issued = add();
        const std::string key = key_of_certificate(issued.pem).value();
        wait(register_->revoke(issued.serial, "superseded", "zhang", *authorities_)).value();
        const std::string revoked(query("select revoked_at from certificates").text(0, 0));
        CPPUNIT_ASSERT(
            wait(register_->revoke(issued.serial, "unspecified", "zhang", *authorities_)).error().code ==
            ErrorCode::conflict);
        wait(register_->revoke(issued.serial, "keyCompromise", "zhang", *authorities_)).value();
        CPPUNIT_ASSERT(wait(register_->check_key(key)).error().code == ErrorCode::refused);
        CPPUNIT_ASSERT_EQUAL(revoked, std::string(query("select revoked_at from certificates").text(0, 0)));
        CPPUNIT_ASSERT(contains(crl_text(), "Key Compromise") && !contains(crl_text(), "Superseded"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, wait(register_->history(issued.serial)).value().size());
        for (const char* reason : {"superseded", "keyCompromise"})
            CPPUNIT_ASSERT(
                wait(register_->revoke(issued.serial, reason, "zhang", *authorities_)).error().code ==
                ErrorCode::conflict);
        CPPUNIT_ASSERT(
            wait(pool_->query("update certificates set reason = 'superseded'", pg::Params())).has_error());
    }

    void the_key_of_a_compromised_ca_is_certified_no_more() {
        const KeyPtr its(X509_get_pubkey(authority_->certificate()));
        const std::string key = key_thumbprint(its.get());
        const std::string der = pg::bytea(encoded<X509>(authority_->certificate(), i2d_X509));
        query(
            "insert into trusted_cas (thumbprint, name, own, der) select encode(sha256(d), 'hex'), "
            "'issuing-1', "
            "true, d from (select '" +
            der + "'::bytea as d) x");
        wait(register_->check_key(key)).value();
        query(
            "insert into revoked_authorities (ca, serial, thumbprint, reason) select 'issuing-1', '01', "
            "thumbprint, "
            "'cACompromise' from trusted_cas");
        const Error told = wait(register_->check_key(key)).error();
        CPPUNIT_ASSERT(told.code == ErrorCode::refused && contains(told.detail, "the CA issuing-1"));
        wait(register_->check_key(std::string(64, '0'))).value();
    }

    // Those that a program without this column registered.
    void keys_of_older_certificates_are_known_too() {
        const Issued issued = add();
        const std::string key = key_of_certificate(issued.pem).value();
        CPPUNIT_ASSERT(wait(pool_->query("update certificates set key = null", pg::Params())).has_error());
        query("alter table certificates disable trigger certificates_keep_key");
        query("update certificates set key = null");
        query("alter table certificates enable trigger certificates_keep_key");
        CPPUNIT_ASSERT_EQUAL(issued.serial, wait(register_->with_key(key)).value());
        CPPUNIT_ASSERT_EQUAL(key, std::string(query("select key from certificates").text(0, 0)));
        query("alter table certificates disable trigger certificates_keep_key");
        query("update certificates set key = null, pem = pem");
        wait(register_->revoke(issued.serial, "keyCompromise", "zhang", *authorities_)).value();
        CPPUNIT_ASSERT(wait(register_->check_key(key)).error().code == ErrorCode::refused);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CertifiedKeysTest);
