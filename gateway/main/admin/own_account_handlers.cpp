// An officer's own account and session: hutong officers login, logout, password, totp, certificate.
#include "base/bytes.hpp"
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/pem.hpp"
#include "security/access/password.hpp"
#include "security/access/possession.hpp"
#include "security/access/totp.hpp"
#include "security/trust/usage.hpp"

namespace hutong::admin {

namespace {

json::object told(const security::Officer& officer) {
    return {{"officer", officer.name},
            {"role", security::to_string(officer.role)},
            {"org", officer.org.empty() ? json::value() : json::value(officer.org)},
            {"unready", officer.unready.empty() ? json::value() : json::value(officer.unready)}};
}

// What a secret of an officer's is bound to when it is sealed.
std::string owner_of_secret(const std::string& name) {
    return "officer " + name;
}

// A certificate that somebody else's key belongs to would let him in as this officer, and be kept from its
// owner.
Result<void> check_is_ones_own(const Arguments& arguments, const std::string& officer, ByteView certificate,
                               const std::string& thumbprint) {
    if (arguments.caller().certificate == thumbprint) return {};
    HUTONG_ASSIGN(const std::optional<std::string> proof, arguments.optional_text("proof"));
    const std::string statement = security::certificate_statement(officer, thumbprint);
    if (!proof)
        return refused("show that the certificate's key is yours: connect with it, or sign the text \"" +
                       statement + "\" (hutong officers certificate FILE --key KEYFILE)");
    HUTONG_ASSIGN(const Bytes signature, from_base64(*proof));
    return security::check_possession(certificate, statement, signature);
}

}  // namespace

Answer me(Services&, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const security::Officer officer, arguments.officer());
    co_return json::value(told(officer));
}

// A session is never made longer by itself: it takes a fresh proof.
Answer me_sign_in(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const security::Officer officer, arguments.officer());
    const Caller& caller = arguments.caller();
    if (caller.by_session) co_return refused("a session opens no other: sign in with your credentials");
    if (caller.channel == security::Channel::socket && caller.user.empty())
        co_return refused(
            "no session can be kept here, since the login at the machine that it would belong to is not "
            "known: "
            "give --credential-file with each command");
    HUTONG_CO_ASSIGN(const auto notices, co_await services.access.separation.notices_for(officer.name));
    HUTONG_CO_ASSIGN(std::string token,
                     co_await services.access.sessions.open(officer.name, caller.channel, caller.user));
    json::object said = told(officer);
    said["token"] = std::move(token);
    said["idle_seconds"] = services.access.options.session_idle.count();
    said["expires"] = format_utc(system_clock().now() + services.access.options.session_life);
    said["notices"] = json::array(notices.begin(), notices.end());
    co_return json::value(std::move(said));
}

// All of them: who signs out wants to be out.
Answer me_sign_out(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const security::Officer officer, arguments.officer());
    HUTONG_CO_TRY(co_await services.access.sessions.close_all(officer.name));
    co_return json::value(told(officer));
}

Answer me_password(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const security::Officer officer, arguments.officer());
    HUTONG_CO_ASSIGN(const std::string current, arguments.text("current"));
    HUTONG_CO_ASSIGN(const std::string password, arguments.text("password"));
    HUTONG_CO_TRY(security::check_new_password(password, officer.name));
    if (current == password) co_return invalid("the new password is the present one: choose another");
    HUTONG_CO_TRY(co_await services.access.sign_in.confirm(officer.name, current));
    HUTONG_CO_ASSIGN(std::string hash, co_await services.access.passwords.hash(password));
    HUTONG_CO_TRY(co_await services.access.accounts.set_password(officer.name, std::move(hash)));
    co_return json::value(json::object{{"officer", officer.name}});
}

Answer me_totp(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const security::Officer officer, arguments.officer());
    HUTONG_CO_ASSIGN(const std::string current, arguments.text("current"));
    HUTONG_CO_TRY(co_await services.access.sign_in.confirm(officer.name, current));
    HUTONG_CO_ASSIGN(const security::SecretBox box, co_await sealing_key(services));
    const Bytes secret = random_bytes(security::totp_secret_bytes);
    HUTONG_CO_ASSIGN(Bytes sealed, box.seal(as_text(secret), owner_of_secret(officer.name)));
    HUTONG_CO_TRY(co_await services.access.accounts.begin_totp(officer.name, std::move(sealed)));
    co_return json::value(json::object{{"officer", officer.name},
                                       {"secret", security::to_base32(secret)},
                                       {"uri", security::totp_uri(secret, "Hutong", officer.name)}});
}

Answer me_totp_confirm(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const security::Officer officer, arguments.officer());
    HUTONG_CO_ASSIGN(const std::string code, arguments.text("code"));
    HUTONG_CO_ASSIGN(const Bytes sealed, co_await services.access.accounts.pending_totp(officer.name));
    HUTONG_CO_ASSIGN(const security::SecretBox box, co_await sealing_key(services));
    HUTONG_CO_ASSIGN(const std::string secret, box.open(sealed, owner_of_secret(officer.name)));
    const auto step = security::match_totp(as_bytes(secret), code, system_clock().now(), 0);
    if (!step) co_return invalid("the code does not fit the secret: is the clock of the device right?");
    HUTONG_CO_TRY(co_await services.access.accounts.confirm_totp(officer.name, *step, sealed));
    co_return json::value(json::object{{"officer", officer.name}});
}

Answer me_certificate(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(const security::Officer officer, arguments.officer());
    HUTONG_CO_ASSIGN(const std::string current, arguments.text("current"));
    HUTONG_CO_ASSIGN(const std::optional<std::string> pem, arguments.optional_text("certificate"));
    std::optional<security::BoundCertificate> bound;
    if (pem) {
        HUTONG_CO_ASSIGN(const Bytes der, certificate_from_pem(*pem));
        HUTONG_CO_ASSIGN(const CertificateFacts facts, certificate_facts(der));
        HUTONG_CO_TRY(security::check_can_be_bound(der, security::Usage::tls_client, system_clock().now()));
        HUTONG_CO_TRY(check_is_ones_own(arguments, officer.name, der, facts.thumbprint));
        bound = security::BoundCertificate{facts.thumbprint, facts.not_before, facts.not_after};
    }
    HUTONG_CO_TRY(co_await services.access.sign_in.confirm(officer.name, current));
    json::value thumbprint = bound ? json::value(bound->thumbprint) : json::value();
    HUTONG_CO_TRY(co_await services.access.accounts.bind_certificate(officer.name, std::move(bound)));
    co_return json::value(json::object{{"officer", officer.name}, {"certificate", std::move(thumbprint)}});
}

}  // namespace hutong::admin
