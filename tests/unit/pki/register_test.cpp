// The register in a real PostgreSQL: what is issued, revoked and trusted, and that nodes are told.
#include "security/pki/register.hpp"

#include "register_fixture.hpp"
#include "security/pki/request.hpp"
#include "security/pki/requests.hpp"
#include "security/pki/trusted_authorities.hpp"

using namespace hutong;
using namespace hutong::security;
using namespace hutong::security::test;

class RegisterTest : public RegisterFixture {
    CPPUNIT_TEST_SUITE(RegisterTest);
    CPPUNIT_TEST(what_is_added_is_listed);
    CPPUNIT_TEST(revoking_makes_a_crl_and_raises_the_generation);
    CPPUNIT_TEST(a_refused_revocation_changes_nothing);
    CPPUNIT_TEST(crl_numbers_rise);
    CPPUNIT_TEST(trusted_cas_come_and_go);
    CPPUNIT_TEST(our_own_ca_is_published_once);
    CPPUNIT_TEST(certificates_are_looked_through_when_something_changed);
    CPPUNIT_TEST(a_renewed_certificate_ends_with_its_overlap);
    CPPUNIT_TEST(requests_are_decided_once);
    CPPUNIT_TEST(the_history_tells_who_did_what_and_only_grows);
    CPPUNIT_TEST(answers_are_signed_ahead_and_follow_a_revocation);
    CPPUNIT_TEST(an_issuer_at_hand_answers_from_the_first_moment);
    CPPUNIT_TEST(each_step_before_the_end_is_warned_of_once);
    CPPUNIT_TEST_SUITE_END();

  public:
    void what_is_added_is_listed() {
        const auto before = generation();
        const Issued issued = add();
        CPPUNIT_ASSERT(generation() > before);
        const auto list = wait(register_->list()).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, list.size());
        CPPUNIT_ASSERT_EQUAL(issued.serial, list[0].serial);
        CPPUNIT_ASSERT_EQUAL(issued.thumbprint, list[0].thumbprint);
        CPPUNIT_ASSERT_EQUAL(issued.subject, list[0].subject);
        CPPUNIT_ASSERT_EQUAL(issued.pem, list[0].pem);
        CPPUNIT_ASSERT_EQUAL(std::string("valid"), list[0].status);
        CPPUNIT_ASSERT(list[0].not_before == issued.not_before && list[0].not_after == issued.not_after);
        CPPUNIT_ASSERT(wait(register_->add(issued, by_an_officer())).error().code == ErrorCode::conflict);
        query(
            "update certificates set not_before = now() - interval '2 days', not_after = now() - interval '1 "
            "day'");
        CPPUNIT_ASSERT_EQUAL(std::string("expired"), wait(register_->list()).value()[0].status);
    }

    void revoking_makes_a_crl_and_raises_the_generation() {
        const Issued issued = add();
        const auto before = generation();
        std::string as_people_copy_it;
        for (std::size_t i = 0; i < issued.serial.size(); i += 2)
            as_people_copy_it += (i ? ":" : "") + issued.serial.substr(i, 2);
        wait(register_->revoke(as_people_copy_it, "keyCompromise", "zhang", *authorities_)).value();
        CPPUNIT_ASSERT(generation() > before);
        const auto list = wait(register_->list()).value();
        CPPUNIT_ASSERT_EQUAL(std::string("revoked"), list[0].status);
        CPPUNIT_ASSERT_EQUAL(std::string("keyCompromise"), list[0].reason);
        CPPUNIT_ASSERT(contains(crl_text(), capitals(issued.serial)));
    }

    void a_refused_revocation_changes_nothing() {
        const Issued issued = add();
        const auto before = generation();
        const auto unknown = wait(register_->revoke("7f", "superseded", "zhang", *authorities_));
        CPPUNIT_ASSERT(unknown.error().code == ErrorCode::not_found &&
                       contains(unknown.error().detail, "hutong cert list"));
        CPPUNIT_ASSERT(wait(register_->revoke(issued.serial, "lost", "zhang", *authorities_)).error().code ==
                       ErrorCode::invalid);
        CPPUNIT_ASSERT_EQUAL(before, generation());
        CPPUNIT_ASSERT_EQUAL(std::string("valid"), wait(register_->list()).value()[0].status);
        wait(register_->revoke(issued.serial, "superseded", "zhang", *authorities_)).value();
        const auto again = wait(register_->revoke(issued.serial, "unspecified", "zhang", *authorities_));
        CPPUNIT_ASSERT(again.error().code == ErrorCode::conflict &&
                       contains(again.error().detail, "superseded"));
    }

    void crl_numbers_rise() {
        for (int number = 1; number <= 3; ++number) {
            wait(register_->renew_crl(authority_)).value();
            CPPUNIT_ASSERT_EQUAL(std::int64_t{number},
                                 query("select number from crls where ca = 'issuing-1'").integer(0, 0));
        }
        CPPUNIT_ASSERT(contains(crl_text(), "No Revoked Certificates"));
    }

    void trusted_cas_come_and_go() {
        TrustedAuthorities trusted(*pool_);
        const std::string thumbprint = to_hex(sha256(ByteView(authority_->root())));
        const TimePoint until = system_clock().now() + std::chrono::hours(24 * 20);
        const auto before = generation();
        const RevocationSources sources{"http://ca.test/root.crl", "", std::chrono::hours(3)};
        wait(trusted.add(authority_->root(), "互通 Root CA", until, false, sources, "zhang")).value();
        CPPUNIT_ASSERT(generation() > before);
        CPPUNIT_ASSERT(
            wait(trusted.add(authority_->root(), "x", until, true, sources, "zhang")).error().code ==
            ErrorCode::conflict);
        const auto list = wait(trusted.list()).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, list.size());
        CPPUNIT_ASSERT(!list[0].own && list[0].sources.crl_url == sources.crl_url && !list[0].crl_until);
        CPPUNIT_ASSERT(list[0].sources.grace == std::chrono::hours(3));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, wait(trusted.take_expiry_warnings()).value().size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, wait(trusted.take_expiry_warnings()).value().size());

        // One of two nodes gets the fetch; what it brings raises the generation only when it is new.
        const auto jobs = wait(trusted.claim_crls()).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, jobs.size());
        CPPUNIT_ASSERT(!jobs[0].held && jobs[0].issuer == authority_->root());
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, wait(trusted.claim_crls()).value().size());
        const CrlFacts facts{Bytes{7}, system_clock().now(), until};
        auto held = generation();
        wait(trusted.keep_crl(jobs[0], Bytes{1, 2}, facts)).value();
        CPPUNIT_ASSERT(generation() > held);
        held = generation();
        wait(trusted.keep_crl(jobs[0], Bytes{1, 2}, facts)).value();
        CPPUNIT_ASSERT_EQUAL(held, generation());
        wait(trusted.crl_failed(jobs[0], "status 500")).value();
        CPPUNIT_ASSERT_EQUAL(std::string("status 500"), wait(trusted.list()).value()[0].crl_trouble);

        CPPUNIT_ASSERT(!wait(trusted.list()).value()[0].unexplained());
        wait(trusted.remove(thumbprint, "zhang")).value();
        RevocationSources none;
        for (const bool said : {false, true}) {
            none.none_because = said ? "it publishes none" : "";
            wait(trusted.add(authority_->root(), "互通 Root CA", until, false, none, "zhang")).value();
            const TrustedAuthority listed = wait(trusted.list()).value()[0];
            CPPUNIT_ASSERT(listed.unexplained() != said && listed.sources.none_because == none.none_because);
            wait(trusted.remove(thumbprint, "zhang")).value();
        }
        CPPUNIT_ASSERT(wait(trusted.remove(thumbprint, "zhang")).error().code == ErrorCode::not_found);
    }

    void our_own_ca_is_published_once() {
        TrustedAuthorities trusted(*pool_);
        const TimePoint until = system_clock().now() + std::chrono::hours(24 * 365);
        const auto publish = [&] {
            wait(trusted.publish_own(authority_->issuing(), "Issuing CA", until, "hutong")).value();
            return generation();
        };
        const auto before = generation();
        const auto first = publish();
        CPPUNIT_ASSERT(first > before);
        CPPUNIT_ASSERT_EQUAL(first, publish());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, wait(trusted.list()).value().size());
        // Somebody trusted it as another's before.
        query("update trusted_cas set own = false");
        CPPUNIT_ASSERT(publish() > first && wait(trusted.list()).value()[0].own);
    }

    void certificates_are_looked_through_when_something_changed() {
        TrustedAuthorities trusted(*pool_);
        const TimePoint until = system_clock().now() + std::chrono::hours(24 * 365);
        wait(trusted.add(authority_->issuing(), "CA", until, false, {"", "http://ca.test/ocsp", {}}, "zhang"))
            .value();
        query("insert into organisations (id, name) values ('gs', 'gs')");
        query("insert into consumers (id, org) values ('tax', 'gs')");
        const auto asked = [&] {
            wait(trusted.find_certificates_to_ask_about()).value();
            return query("select count(*) from foreign_answers").integer(0, 0);
        };
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, asked());
        const Issued issued = home_.issue(*authority_);
        query("insert into consumer_certificates (thumbprint, consumer, der) values ('" + issued.thumbprint +
              "', 'tax', '\\x" + to_hex(issued.der) + "')");
        // Nothing says that it came: the certificates are not read again.
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, asked());
        query("select raise_generation()");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, asked());
    }

    void a_renewed_certificate_ends_with_its_overlap() {
        const Issued old = add();
        const Issued fresh = home_.issue(*authority_);
        const auto soon = system_clock().now() + std::chrono::hours(24);
        wait(register_->add(fresh, by_an_officer(old.serial, soon))).value();
        CPPUNIT_ASSERT_EQUAL(0u, wait(register_->revoke_superseded(*authorities_)).value());
        query("update certificates set ends = now() where ends is not null");
        CPPUNIT_ASSERT_EQUAL(1u, wait(register_->revoke_superseded(*authorities_)).value());
        const auto found = wait(register_->find(old.serial)).value();
        CPPUNIT_ASSERT(found.status == "revoked" && found.reason == "superseded");
        CPPUNIT_ASSERT_EQUAL(old.serial, wait(register_->find(fresh.serial)).value().renews);
        // Nothing takes the place of what is revoked.
        const Issued late = home_.issue(*authority_);
        CPPUNIT_ASSERT(wait(register_->add(late, by_an_officer(old.serial))).error().code ==
                       ErrorCode::refused);
    }

    void requests_are_decided_once() {
        CertificateRequests requests(*pool_);
        CertificateRequest request;
        request.csr = home_.request("ec -pkeyopt ec_paramgen_curve:P-256");
        const RequestFacts facts = std::move(read_request(request.csr).value());
        request.key = facts.thumbprint;
        request.key_text = facts.key_text;
        request.profile = "tls_server";
        request.common_name = "tax.test";
        request.organisation = "税务局";
        request.names = {"tax.test", "quote\"comma,"};
        const std::string id = wait(requests.add(request, "li")).value();
        CPPUNIT_ASSERT(wait(requests.add(request, "li")).error().code == ErrorCode::conflict);
        const auto pending = wait(requests.find_pending(id)).value();
        CPPUNIT_ASSERT(pending.names == request.names && pending.key_text == "p256");
        CPPUNIT_ASSERT(wait(requests.find_pending("1; drop table x")).error().code == ErrorCode::not_found);

        const Issued issued = home_.issue(*authority_);
        Registration registration = by_an_officer();
        registration.request = id;
        wait(register_->add(issued, registration)).value();
        const Issued second = home_.issue(*authority_);
        CPPUNIT_ASSERT(wait(register_->add(second, registration)).error().code == ErrorCode::conflict);
        CPPUNIT_ASSERT(wait(register_->find(second.serial)).error().code == ErrorCode::not_found);
        CPPUNIT_ASSERT(wait(requests.refuse(id, "late", "wang")).error().code == ErrorCode::conflict);
        CPPUNIT_ASSERT(wait(pool_->query("delete from certificate_requests", pg::Params())).has_error());

        // The same key may ask again once it was decided; a refusal has its reason.
        const std::string again = wait(requests.add(request, "li")).value();
        wait(requests.refuse(again, "unknown sender", "wang")).value();
        CPPUNIT_ASSERT_EQUAL(std::string("unknown sender"), wait(requests.list()).value()[0].reason);
    }

    void the_history_tells_who_did_what_and_only_grows() {
        const Issued issued = add();
        wait(register_->revoke(issued.serial, "keyCompromise", "wang", *authorities_)).value();
        const auto history = wait(register_->history(issued.serial)).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, history.size());
        CPPUNIT_ASSERT(history[0].action == "revoked" && history[0].actor == "wang" &&
                       history[0].detail == "keyCompromise");
        CPPUNIT_ASSERT(history[1].action == "issued" && history[1].actor == "zhang");
        for (const char* sql : {"update certificate_history set actor = 'nobody'",
                                "delete from certificate_history", "truncate certificate_history"})
            CPPUNIT_ASSERT(wait(pool_->query(sql, pg::Params())).has_error());
    }

    void an_issuer_at_hand_answers_from_the_first_moment() {
        const Issued issued = home_.issue(*authority_);
        Registration registration = by_an_officer();
        registration.issuer = authority_;
        wait(register_->add(issued, registration)).value();
        CPPUNIT_ASSERT(wait(register_->stored_answer(issued.serial)).value());
        CPPUNIT_ASSERT_EQUAL(0u, wait(register_->sign_answers_ahead(*authorities_)).value());
    }

    void answers_are_signed_ahead_and_follow_a_revocation() {
        const Issued issued = add();
        CPPUNIT_ASSERT(!wait(register_->stored_answer(issued.serial)).value());
        CPPUNIT_ASSERT_EQUAL(1u, wait(register_->sign_answers_ahead(*authorities_)).value());
        CPPUNIT_ASSERT_EQUAL(0u, wait(register_->sign_answers_ahead(*authorities_)).value());
        const auto ask = [&] {
            const auto answer = wait(register_->stored_answer(issued.serial)).value().value();
            return check_foreign_answer(answer.der, issued.der, authority_->issuing(), system_clock().now(),
                                        {})
                .value()
                .state;
        };
        CPPUNIT_ASSERT(ask() == ForeignState::good);
        wait(register_->revoke(issued.serial, "keyCompromise", "wang", *authorities_)).value();
        CPPUNIT_ASSERT(ask() == ForeignState::revoked);
        CPPUNIT_ASSERT(wait(register_->status_of("7f", "issuing-1")).value().state == OcspState::unknown);
    }

    void each_step_before_the_end_is_warned_of_once() {
        const Issued issued = add();
        const auto warned = [&](const char* left) {
            query(std::string("update certificates set not_after = now() + interval '") + left + "'");
            std::string days;
            for (const auto& one : wait(register_->take_expiry_warnings()).value())
                days += std::to_string(one.days) + " ";
            return days;
        };
        CPPUNIT_ASSERT_EQUAL(std::string(""), warned("61 days"));
        CPPUNIT_ASSERT_EQUAL(std::string("60 "), warned("59 days"));
        CPPUNIT_ASSERT_EQUAL(std::string(""), warned("31 days"));
        CPPUNIT_ASSERT_EQUAL(std::string("30 "), warned("29 days"));
        CPPUNIT_ASSERT_EQUAL(std::string("7 "), warned("6 days"));
        CPPUNIT_ASSERT_EQUAL(std::string(""), warned("5 days"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, wait(register_->expiring()).value().size());
        const Issued fresh = home_.issue(*authority_);
        wait(register_->add(fresh, by_an_officer(issued.serial))).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, wait(register_->expiring()).value().size());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RegisterTest);
