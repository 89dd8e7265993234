// The CAs of this node in HOME/pki: a root, with its key here or offline, and issuing CAs below it.
//
// HOME/pki/authority.json lists the issuing CAs. Not thread-safe: used on the control thread, one officer
// command at a time; an Authority that was handed out lives on. Files are whole at any moment; what a command
// changed is on disk when it returns.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/home.hpp"
#include "security/pki/authority.hpp"

namespace hutong::security {

struct AuthorityOptions {
    std::string platform_name{"Hutong"};
    std::string public_url;  // pointers in certificates and TLS names come from it
};

// waiting: for its certificate from the root; retired, revoked: issues no more
enum class AuthorityState { waiting, active, retired, revoked };
std::string_view to_string(AuthorityState state);

struct AuthorityEntry {
    std::string name;
    std::string key;          // file in HOME/pki
    std::string certificate;  // file in HOME/pki
    AuthorityState state{AuthorityState::active};
};

class Authorities {
  public:
    // Root (P-256) and issuing CA.
    static Result<void> found(const Home& home, const AuthorityOptions& options,
                              const KeyProvidersPtr& providers = std::make_shared<const KeyProviders>());
    static bool exists(const Home& home);
    static Result<std::unique_ptr<Authorities>> open(
        const Home& home, KeyProvidersPtr providers = std::make_shared<const KeyProviders>());

    // Those with a certificate, retired ones too, the oldest first.
    std::vector<std::shared_ptr<const Authority>> all() const { return opened_; }
    const std::vector<AuthorityEntry>& entries() const { return entries_; }
    std::shared_ptr<const Authority> find(const std::string& name) const;  // null: none of that name
    // By name; else the first that issues, for an SM2 key one with such a key where there is one, and only
    // for those. Errors: not_found, refused.
    Result<std::shared_ptr<const Authority>> choose(const std::optional<std::string>& name = {},
                                                    KeyKind certified = KeyKind::p256) const;

    const Bytes& root() const { return root_der_; }
    bool root_is_here() const;  // its key is in HOME/pki/root.key

    // Makes a further issuing CA's key. With the root's key here it issues at once; else the text is its
    // request, for the owner of the root to sign, and it waits. `uri`: where the key is made; empty: a file
    // in HOME/pki. Errors: conflict (the name), invalid, and the provider's.
    struct Added {
        AuthorityState state;
        std::string request;  // PEM, when waiting
        Bytes certificate;    // DER, when active
    };
    Result<Added> add(const std::string& name, KeyKind kind, const std::string& uri = {});
    // Takes the certificate that the root gave a waiting CA. Errors: invalid, not_found, refused.
    Result<Bytes> complete(const std::string& name, std::string_view certificate_pem);
    Result<void> retire(const std::string& name);  // the last one that issues stays
    // Likewise, for good; may be said again. Errors: not_found, refused (the last one that issues).
    Result<void> mark_revoked(const std::string& name);

    // The root's list of revoked issuing CAs (DER). Error: refused, when the root's key is not here.
    Result<Bytes> make_root_crl(const std::vector<RevokedEntry>& revoked, std::uint64_t number) const;

    // A certificate for the key by which the CA's OCSP answers are signed, where the present one ends within
    // the margin or is not there; null: it does not. It is used once it is installed, after it was
    // registered.
    struct Delegate {
        std::string ca;
        std::string key_pem;
        Issued issued;
    };
    Result<std::optional<Delegate>> prepare_delegate(const Authority& authority, TimePoint now) const;
    Result<void> install(const Delegate& delegate);

  private:
    Authorities(const Home& home, KeyProvidersPtr providers)
        : home_(home), providers_(std::move(providers)) {}
    Result<void> load();
    Result<void> read_settings();
    Result<void> save() const;
    std::shared_ptr<const SigningKey> delegate_of(const std::string& ca) const;
    AuthorityEntry* entry(const std::string& name);
    Result<void> check_another_issues(const AuthorityEntry& but) const;

    const Home home_;
    const KeyProvidersPtr providers_;
    std::string platform_name_;
    std::string public_url_;
    std::vector<AuthorityEntry> entries_;
    std::vector<std::shared_ptr<const Authority>> opened_;
    Bytes root_der_;
};

}  // namespace hutong::security
