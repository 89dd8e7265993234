// Signing in on a real database: what is taken, what is refused and how, locks, codes, certificates,
// sessions.
#include <tuple>

#include "access_fixture.hpp"
#include "base/bytes.hpp"
#include "security/access/password.hpp"
#include "security/keys/secret_box.hpp"

namespace hutong::security {
namespace {

class SignInTest : public AccessFixture {
    CPPUNIT_TEST_SUITE(SignInTest);
    CPPUNIT_TEST(password_and_code);
    CPPUNIT_TEST(a_code_is_good_once);
    CPPUNIT_TEST(failures_look_alike_and_take_their_time);
    CPPUNIT_TEST(wrong_tries_lock_and_the_lock_grows);
    CPPUNIT_TEST(a_node_without_its_key_tells_nothing_of_passwords);
    CPPUNIT_TEST(an_outdated_hash_is_made_anew);
    CPPUNIT_TEST(certificates);
    CPPUNIT_TEST(sessions);
    CPPUNIT_TEST_SUITE_END();

    unsigned failures(const std::string& name) { return run(access_->accounts.find(name)).value().failures; }
    bool locked(const std::string& name) {
        return sql("select coalesce(locked_until > now(), false) from officers where name = '" + name + "'")
            .boolean(0, 0);
    }
    double lock_seconds(const std::string& name) {
        return std::stod(
            std::string(sql("select extract(epoch from locked_until - now()) from officers where name "
                            "= '" +
                            name + "'")
                            .text(0, 0)));
    }

  public:
    void password_and_code() {
        add("li", Role::security);
        add("zhao", Role::auditor, false);
        const auto in = verify("li", password_, code_now());
        CPPUNIT_ASSERT_MESSAGE(in.reason, in.officer);
        CPPUNIT_ASSERT(in.officer->role == Role::security && in.officer->unready.empty());
        // A password alone opens the door, but for nothing but enrolling the second factor.
        const auto half = verify("zhao", password_);
        CPPUNIT_ASSERT(half.officer && !half.officer->unready.empty());
        for (const char* code : {"", "000000", "abc"}) CPPUNIT_ASSERT(!verify("li", password_, code).officer);
        CPPUNIT_ASSERT(!verify("li", "wrong", code_now()).officer);
        run(access_->accounts.add("qian", Role::auditor, hash_password("temporary-password", {4, 8, 1})))
            .value();
        CPPUNIT_ASSERT(!verify("qian", "temporary-password").officer->unready.empty());
        // The last of a role that works stays.
        CPPUNIT_ASSERT(run(access_->accounts.disable("li")).error().code == ErrorCode::conflict);
        add("sun", Role::security);
        run(access_->accounts.disable("li")).value();
        forget_codes("li");
        CPPUNIT_ASSERT(!verify("li", password_, code_now()).officer);
    }

    void a_code_is_good_once() {
        add("li", Role::security);
        const std::string code = code_now();
        CPPUNIT_ASSERT(verify("li", password_, code).officer);
        CPPUNIT_ASSERT(!verify("li", password_, code).officer);
        CPPUNIT_ASSERT(!verify("li", password_, code_now(-1)).officer);
        CPPUNIT_ASSERT(verify("li", password_, code_now(1)).officer);
        // The database itself refuses to forget which code was used.
        CPPUNIT_ASSERT(try_sql("update officers set totp_step = 0").has_error());
    }

    // One error for all; the time is a whole number of half seconds, whatever was done inside.
    void failures_look_alike_and_take_their_time() {
        add("li", Role::security);
        for (const auto& [name, password] :
             {std::pair("li", "wrong password"), std::pair("nobody", "wrong password"), std::pair("", ""),
              std::pair("no such name'; --", "x")}) {
            const auto begun = std::chrono::steady_clock::now();
            CPPUNIT_ASSERT(!verify(name, password).officer);
            CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begun >= std::chrono::milliseconds(500));
        }
    }

    void wrong_tries_lock_and_the_lock_grows() {
        add("li", Role::security);
        for (unsigned i = 0; i < options_.lock_after; ++i) {
            CPPUNIT_ASSERT(!locked("li"));
            CPPUNIT_ASSERT(!verify("li", "wrong").officer);
        }
        CPPUNIT_ASSERT(locked("li"));
        const double first = lock_seconds("li");
        CPPUNIT_ASSERT(first > 20 && first <= 30);
        // The right ones help nothing now, and tries do not make the lock longer.
        CPPUNIT_ASSERT(!verify("li", password_, code_now()).officer);
        CPPUNIT_ASSERT_EQUAL(options_.lock_after, failures("li"));
        sql("update officers set locked_until = now() - interval '1 second' where name = 'li'");
        CPPUNIT_ASSERT(!verify("li", "wrong").officer);
        const double second = lock_seconds("li");
        CPPUNIT_ASSERT(second > 50 && second <= 60);
        sql("update officers set failures = 1000, locked_until = null where name = 'li'");
        CPPUNIT_ASSERT(!verify("li", "wrong").officer);
        CPPUNIT_ASSERT(lock_seconds("li") <= static_cast<double>(options_.max_lock.count()));
        run(access_->accounts.unlock("li")).value();
        CPPUNIT_ASSERT(verify("li", password_, code_now()).officer);
        CPPUNIT_ASSERT_EQUAL(0u, failures("li"));
        // One's own password, asked once more, counts too.
        CPPUNIT_ASSERT(run(access_->sign_in.confirm("li", "wrong")).has_error());
        CPPUNIT_ASSERT_EQUAL(1u, failures("li"));
        CPPUNIT_ASSERT(run(access_->sign_in.confirm("li", password_)).has_value());
    }

    void a_node_without_its_key_tells_nothing_of_passwords() {
        add("li", Role::security);
        std::filesystem::remove(SecretBox::file_of(home_));
        const Credential right{"li", password_, code_now(), {}}, wrong{"li", "wrong", code_now(), {}};
        for (const Credential& credential : {right, wrong}) {
            const auto outcome = run(access_->sign_in.verify(credential));
            CPPUNIT_ASSERT(outcome.has_value() && !outcome->officer);
        }
        const auto begun = std::chrono::steady_clock::now();
        CPPUNIT_ASSERT(verify("li", password_, code_now()).reason.find("passwords.key") != std::string::npos);
        CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begun >= std::chrono::milliseconds(500));
    }

    void an_outdated_hash_is_made_anew() {
        add("li", Role::security);
        CPPUNIT_ASSERT(verify("li", password_, code_now()).officer);
        const std::string stored = run(access_->accounts.password("li")).value();
        CPPUNIT_ASSERT(!is_outdated(stored));
        CPPUNIT_ASSERT(password_matches(password_, stored));
    }

    void certificates() {
        add("li", Role::security, false);
        add("sun", Role::security, false);
        const TimePoint now = system_clock().now();
        const BoundCertificate good{std::string(64, 'a'), now - std::chrono::hours(1),
                                    now + std::chrono::hours(1)};
        const BoundCertificate past{std::string(64, 'b'), now - std::chrono::hours(2),
                                    now - std::chrono::hours(1)};
        run(access_->accounts.bind_certificate("li", good)).value();
        CPPUNIT_ASSERT(run(access_->accounts.bind_certificate("sun", good)).error().code ==
                       ErrorCode::conflict);
        run(access_->accounts.bind_certificate("sun", past)).value();
        const auto by = [&](const std::string& name, const std::string& thumbprint) {
            const Credential credential{name, {}, {}, thumbprint};
            return run(access_->sign_in.verify(credential)).value();
        };
        CPPUNIT_ASSERT(by("", good.thumbprint).officer->name == "li");
        CPPUNIT_ASSERT(by("li", good.thumbprint).officer->unready.empty());
        CPPUNIT_ASSERT(!by("sun", good.thumbprint).officer);
        CPPUNIT_ASSERT(!by("sun", past.thumbprint).officer);
        CPPUNIT_ASSERT(!by("", std::string(64, 'c')).officer);
        // Neither one that was revoked nor one whose CA was.
        const BoundCertificate other{std::string(64, 'd'), good.not_before, good.not_after};
        run(access_->accounts.bind_certificate("sun", other)).value();
        for (const auto& [serial, thumbprint, ca] : {std::tuple("01", good.thumbprint, "issuing-1"),
                                                     std::tuple("02", other.thumbprint, "issuing-2")})
            sql(std::string("insert into certificates (serial, thumbprint, subject, profile, not_before, "
                            "not_after, pem, ca) values ('") +
                serial + "', '" + thumbprint +
                "', 'CN=x', 'officer', now() - interval '1 hour', now() + "
                "interval '1 hour', '', '" +
                ca + "')");
        CPPUNIT_ASSERT(by("", good.thumbprint).officer && by("", other.thumbprint).officer);
        sql("update certificates set status = 'revoked', reason = 'superseded', revoked_at = now() where "
            "serial = '01'");
        CPPUNIT_ASSERT(!by("", good.thumbprint).officer && by("", other.thumbprint).officer);
        sql("insert into revoked_authorities (ca, serial, thumbprint, reason) values ('issuing-2', '0f', '" +
            std::string(64, 'e') + "', 'keyCompromise')");
        CPPUNIT_ASSERT(!by("", good.thumbprint).officer && !by("", other.thumbprint).officer);
    }

    void sessions() {
        add("li", Role::security);
        const std::string token = run(access_->sessions.open("li", Channel::socket, "uid 7")).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{64}, token.size());
        CPPUNIT_ASSERT(sql("select digest from officer_sessions").text(0, 0) == to_hex(sha256(token)));
        CPPUNIT_ASSERT(run(access_->sessions.find(token, Channel::socket, "uid 7")).value().name == "li");
        // Neither another user of the machine nor another channel, nor the digest itself.
        CPPUNIT_ASSERT(run(access_->sessions.find(token, Channel::socket, "uid 8")).has_error());
        CPPUNIT_ASSERT(run(access_->sessions.find(token, Channel::api, "uid 7")).has_error());
        CPPUNIT_ASSERT(
            run(access_->sessions.find(to_hex(sha256(token)), Channel::socket, "uid 7")).has_error());
        sql("update officer_sessions set used = now() - interval '11 minutes'");
        CPPUNIT_ASSERT(run(access_->sessions.find(token, Channel::socket, "uid 7")).has_error());
        sql("update officer_sessions set used = now(), opened = now() - interval '9 hours'");
        CPPUNIT_ASSERT(run(access_->sessions.find(token, Channel::socket, "uid 7")).has_error());
        // A changed credential ends what was opened with the old one.
        const std::string other = run(access_->sessions.open("li", Channel::socket, "uid 7")).value();
        run(access_->accounts.set_password("li", hash_password("another long one", {4, 8, 1}))).value();
        CPPUNIT_ASSERT(run(access_->sessions.find(other, Channel::socket, "uid 7")).has_error());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SignInTest);

}  // namespace
}  // namespace hutong::security
