#include "security/pki/authorities.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <openssl/x509v3.h>

#include "base/ids.hpp"
#include "security/keys/private_file.hpp"
#include "security/pki/crl.hpp"

namespace hutong::security {

namespace {

namespace json = boost::json;

constexpr auto year = std::chrono::hours(24 * 365);
constexpr auto root_lifetime = 20 * year;
constexpr auto issuing_lifetime = 8 * year;
constexpr auto delegate_margin = std::chrono::hours(24 * 10);
constexpr unsigned ca_rsa_bits = 3072;
constexpr int below_root = 1;  // path lengths: CAs below
constexpr int below_issuing = 0;

std::filesystem::path file(const Home& home, const std::string& name) {
    return home.pki() / name;
}

// It goes into certificates of many years: better refused than regretted.
Result<void> check_url(const std::string& url) {
    const bool printable =
        std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '<'; });
    if (printable && (url.starts_with("http://") || url.starts_with("https://")) && !url.ends_with('/'))
        return {};
    return invalid("the public URL \"" + url + "\" must be http(s)://NAME[:PORT] without a slash at its end");
}

Result<void> store(const Home& home, const KeyProviders& providers, const std::string& key_name,
                   EVP_PKEY* key, const std::string& certificate_name, X509* certificate) {
    HUTONG_ASSIGN(const std::string pem, providers.files().to_pem(key));
    HUTONG_TRY(write_private_file(file(home, key_name), pem));
    return write_private_file(file(home, certificate_name), certificate_to_pem(certificate));
}

Result<X509Ptr> read_one(const std::filesystem::path& path) {
    HUTONG_ASSIGN(const std::string pem, read_small_file(path));
    HUTONG_ASSIGN(auto certificates, certificates_from_pem(pem, path.string()));
    return std::move(certificates.front());
}

struct NewKey {
    KeyPtr key;
    std::shared_ptr<const SigningKey> signer;  // without a certificate yet
};

Result<NewKey> make_signer(KeyKind kind) {
    NewKey made;
    HUTONG_ASSIGN(made.key, make_key(kind));
    HUTONG_ASSIGN(made.signer, make_signing_key(made.key.get(), {}));
    return made;
}

// A CA of many years has a longer RSA key than what it issues.
Result<KeyPtr> make_authority_key(KeyKind kind) {
    if (kind != KeyKind::rsa) return make_key(kind);
    KeyPtr key(EVP_RSA_gen(ca_rsa_bits));
    if (!key) return openssl_error("the CA's key cannot be made");
    return key;
}

// In the file, or at the URI that the file then holds.
Result<PrivateKeyPtr> new_authority_key(const KeyProviders& providers, const std::filesystem::path& key_file,
                                        KeyKind kind, const std::string& uri) {
    if (!uri.empty()) {
        if (kind == KeyKind::rsa)
            return refused("an RSA key made on a token is too short for a CA; use p256");
        return providers.make_key(key_file, uri, kind, KeyUse::sign);
    }
    HUTONG_ASSIGN(const KeyPtr key, make_authority_key(kind));
    HUTONG_ASSIGN(const std::string pem, providers.files().to_pem(key.get()));
    HUTONG_TRY(write_private_file(key_file, pem));
    return make_private_key(key.get());
}

// "issuing-2" is "Issuing CA 2"; another name stands for itself.
std::string common_name_of(const std::string& platform, const std::string& name) {
    constexpr std::string_view usual = "issuing-";
    if (name.starts_with(usual)) return platform + " Issuing CA " + name.substr(usual.size());
    return platform + " Issuing CA " + name;
}

// What an overwritten key has signed cannot be answered for any more: a file that is there stays.
Result<void> check_unused(const std::filesystem::path& path, const std::string& name) {
    std::error_code error;
    if (std::filesystem::symlink_status(path, error).type() == std::filesystem::file_type::not_found)
        return {};
    return Error{ErrorCode::conflict, "a CA cannot be named " + name + ": " + path.string() +
                                          " is there already; choose another name"};
}

json::array as_json(const std::vector<AuthorityEntry>& entries) {
    json::array all;
    for (const AuthorityEntry& one : entries)
        all.push_back(json::object{{"name", one.name},
                                   {"key", one.key},
                                   {"certificate", one.certificate},
                                   {"state", std::string(to_string(one.state))}});
    return all;
}

std::string text_of(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

Result<AuthorityEntry> entry_of(const json::value& value, const std::string& where) {
    AuthorityEntry entry;
    if (const json::object* object = value.if_object()) {
        entry = {text_of(*object, "name"), text_of(*object, "key"), text_of(*object, "certificate"),
                 AuthorityState::active};
        const std::string state = text_of(*object, "state");
        using enum AuthorityState;
        for (const auto known : {waiting, active, retired, revoked})
            if (state == to_string(known)) {
                entry.state = known;
                if (!entry.name.empty() && !entry.key.empty() && !entry.certificate.empty()) return entry;
            }
    }
    return invalid(where + ": an entry of \"issuing\" is not whole; restore the file");
}

// A certificate that may stand above what we issue, and be believed as such by everyone.
Result<void> check_issuing_certificate(X509* certificate, X509* root, const std::string& name) {
    EVP_PKEY* const root_key = X509_get0_pubkey(root);
    if (X509_check_issued(root, certificate) != X509_V_OK || X509_verify(certificate, root_key) != 1) {
        (void)openssl_error("");
        return refused("the certificate for " + name + " is not signed by this platform's root");
    }
    if (X509_check_ca(certificate) != 1 || (X509_get_key_usage(certificate) & KU_KEY_CERT_SIGN) == 0 ||
        (X509_get_key_usage(certificate) & KU_CRL_SIGN) == 0)
        return refused("the certificate for " + name +
                       " is not a CA's: basicConstraints CA, keyCertSign and cRLSign are needed");
    if (std::string weakness = key_weakness(certificate); !weakness.empty()) return refused(weakness);
    return {};
}

}  // namespace

std::string_view to_string(AuthorityState state) {
    switch (state) {
        case AuthorityState::waiting:
            return "waiting";
        case AuthorityState::active:
            return "active";
        case AuthorityState::revoked:
            return "revoked";
        case AuthorityState::retired:
            break;
    }
    return "retired";
}

Result<void> Authorities::found(const Home& home, const AuthorityOptions& options,
                                const KeyProvidersPtr& providers) {
    HUTONG_TRY(check_url(options.public_url));
    if (exists(home))
        return Error{ErrorCode::conflict, home.pki().string() + " holds a certification authority already"};
    const std::string ca_url = options.public_url + "/pki/ca.pem";
    const std::string& platform = options.platform_name;
    HUTONG_ASSIGN(const NewKey root_key, make_signer(KeyKind::p256));
    HUTONG_ASSIGN(const X509Ptr root,
                  certify_authority({platform + " Root CA", platform}, root_key.key.get(), root_lifetime,
                                    below_root, nullptr, *root_key.signer, {}));
    HUTONG_ASSIGN(const NewKey issuing_key, make_signer(KeyKind::p256));
    HUTONG_ASSIGN(const X509Ptr issuing,
                  certify_authority({platform + " Issuing CA 1", platform}, issuing_key.key.get(),
                                    issuing_lifetime, below_issuing, root.get(), *root_key.signer, ca_url));
    Authorities made(home, providers);
    made.platform_name_ = platform;
    made.public_url_ = options.public_url;
    made.entries_ = {{"issuing-1", "issuing.key", "issuing.pem", AuthorityState::active}};
    HUTONG_TRY(made.save());
    HUTONG_TRY(store(home, *providers, "root.key", root_key.key.get(), "root.pem", root.get()));
    return store(home, *providers, "issuing.key", issuing_key.key.get(), "issuing.pem", issuing.get());
}

// The last file that found() writes.
bool Authorities::exists(const Home& home) {
    std::error_code error;
    return std::filesystem::exists(file(home, "issuing.pem"), error);
}

Result<std::unique_ptr<Authorities>> Authorities::open(const Home& home, KeyProvidersPtr providers) {
    if (!exists(home))
        return not_found(home.pki().string() +
                         " holds no certification authority; only the node that founded the "
                         "platform has one");
    std::unique_ptr<Authorities> opened(new Authorities(home, std::move(providers)));
    HUTONG_TRY(opened->read_settings());
    HUTONG_TRY(opened->load());
    return opened;
}

Result<void> Authorities::read_settings() {
    const std::filesystem::path path = file(home_, "authority.json");
    HUTONG_ASSIGN(const std::string text, read_small_file(path));
    boost::system::error_code error;
    const json::value settings = json::parse(text, error);
    const json::object* object = error ? nullptr : settings.if_object();
    if (object) public_url_ = text_of(*object, "public_url");
    if (public_url_.empty()) return invalid(path.string() + ": \"public_url\" is missing; restore the file");
    platform_name_ = text_of(*object, "platform_name");
    const json::value* const issuing = object->if_contains("issuing");
    if (!issuing) {  // founded when there was one issuing CA only
        entries_ = {{"issuing-1", "issuing.key", "issuing.pem", AuthorityState::active}};
        return {};
    }
    if (!issuing->is_array()) return invalid(path.string() + ": \"issuing\" is no list; restore the file");
    for (const json::value& one : issuing->get_array()) {
        HUTONG_ASSIGN(AuthorityEntry entry, entry_of(one, path.string()));
        entries_.push_back(std::move(entry));
    }
    return {};
}

Result<void> Authorities::save() const {
    const json::object settings{
        {"platform_name", platform_name_}, {"public_url", public_url_}, {"issuing", as_json(entries_)}};
    return write_private_file(file(home_, "authority.json"), json::serialize(settings) + "\n");
}

Result<void> Authorities::load() {
    std::vector<std::shared_ptr<const Authority>> opened;
    for (const AuthorityEntry& entry : entries_) {
        if (entry.state == AuthorityState::waiting) continue;
        const auto key_path = file(home_, entry.key), certificate_path = file(home_, entry.certificate);
        HUTONG_ASSIGN(auto key, providers_->signing_key(key_path, certificate_path));
        HUTONG_ASSIGN(X509Ptr certificate, read_one(certificate_path));
        HUTONG_ASSIGN(X509Ptr root, read_one(file(home_, "root.pem")));
        opened.push_back(std::make_shared<const Authority>(
            entry.name, std::move(key), std::move(certificate), std::move(root), public_url_,
            entry.state != AuthorityState::active, delegate_of(entry.name)));
    }
    HUTONG_ASSIGN(const X509Ptr root, read_one(file(home_, "root.pem")));
    root_der_ = to_der(root.get());
    opened_ = std::move(opened);
    return {};
}

// Null where there is none or it has run out: the CA then answers by itself.
std::shared_ptr<const SigningKey> Authorities::delegate_of(const std::string& ca) const {
    const auto key_path = file(home_, "ocsp-" + ca + ".key"), chain_path = file(home_, "ocsp-" + ca + ".pem");
    const auto certificate = read_one(chain_path);
    if (certificate.has_error()) return nullptr;
    const auto until = to_time(X509_get0_notAfter(certificate->get()));
    if (!until || *until <= system_clock().now()) return nullptr;
    auto key = providers_->signing_key(key_path, chain_path);
    return key.has_value() ? std::move(*key) : nullptr;
}

Result<std::optional<Authorities::Delegate>> Authorities::prepare_delegate(const Authority& authority,
                                                                           TimePoint now) const {
    const std::string& ca = authority.issuing_name();
    const auto end_of_all = to_time(X509_get0_notAfter(authority.certificate()));
    if (!end_of_all || *end_of_all <= now) return std::optional<Delegate>();  // nobody asks any more
    if (const auto present = read_one(file(home_, "ocsp-" + ca + ".pem")); present.has_value()) {
        const auto until = to_time(X509_get0_notAfter(present->get()));
        if (until && (*until - now > delegate_margin || *until == *end_of_all))
            return std::optional<Delegate>();
    }
    HUTONG_ASSIGN(const KeyPtr key, make_key(authority.kind()));
    Delegate made{ca, {}, {}};
    HUTONG_ASSIGN(made.key_pem, providers_->files().to_pem(key.get()));
    HUTONG_ASSIGN(const std::string csr, make_request(key.get(), "OCSP " + ca));
    HUTONG_ASSIGN(made.issued, authority.issue(csr, Profile::ocsp_signing, "OCSP " + ca, platform_name_, {},
                                               row_of(Profile::ocsp_signing).lifetime));
    return std::optional<Delegate>(std::move(made));
}

// A crash between the two leaves a key without its certificate, and the next round makes both anew.
Result<void> Authorities::install(const Delegate& delegate) {
    HUTONG_TRY(write_private_file(file(home_, "ocsp-" + delegate.ca + ".key"), delegate.key_pem));
    HUTONG_TRY(write_private_file(file(home_, "ocsp-" + delegate.ca + ".pem"), delegate.issued.pem));
    return load();
}

bool Authorities::root_is_here() const {
    std::error_code error;
    return std::filesystem::exists(file(home_, "root.key"), error);
}

AuthorityEntry* Authorities::entry(const std::string& name) {
    const auto found = std::ranges::find(entries_, name, &AuthorityEntry::name);
    return found == entries_.end() ? nullptr : &*found;
}

std::shared_ptr<const Authority> Authorities::find(const std::string& name) const {
    for (const auto& one : opened_)
        if (one->issuing_name() == name) return one;
    return nullptr;
}

Result<std::shared_ptr<const Authority>> Authorities::choose(const std::optional<std::string>& name,
                                                             KeyKind certified) const {
    if (name) {
        if (auto found = find(*name)) return found;
        return not_found("there is no issuing CA " + *name + "; hutong ca list shows them");
    }
    const auto national = [](KeyKind kind) { return kind == KeyKind::sm2; };
    std::shared_ptr<const Authority> first;
    for (const auto& one : opened_) {
        if (one->retired()) continue;
        if (national(one->kind()) == national(certified)) return one;
        if (!first) first = one;
    }
    if (first) return first;
    return refused("no CA of this node issues: add one with hutong ca add");
}

Result<Authorities::Added> Authorities::add(const std::string& name, KeyKind kind, const std::string& uri) {
    if (!is_name(name) || name.starts_with("root") || name.starts_with("ocsp"))
        return invalid("\"" + name +
                       "\" cannot be a CA's name: small letters, digits, -, _ and . can, not root… or ocsp…");
    if (entry(name)) return Error{ErrorCode::conflict, "there is a CA " + name + " already"};
    for (const char* const ending : {".key", ".pem"})
        HUTONG_TRY(check_unused(file(home_, name + ending), name));
    const AuthorityEntry made{name, name + ".key", name + ".pem",
                              root_is_here() ? AuthorityState::active : AuthorityState::waiting};
    const std::string common_name = common_name_of(platform_name_, name);
    Added added{made.state, {}, {}};
    HUTONG_ASSIGN(const PrivateKeyPtr key, new_authority_key(*providers_, file(home_, made.key), kind, uri));
    HUTONG_ASSIGN(added.request, make_request(key, common_name));
    if (made.state == AuthorityState::active) {
        HUTONG_ASSIGN(const auto root_key,
                      providers_->signing_key(file(home_, "root.key"), file(home_, "root.pem")));
        HUTONG_ASSIGN(const X509Ptr root, read_one(file(home_, "root.pem")));
        HUTONG_ASSIGN(const X509Ptr certificate,
                      certify_authority({common_name, platform_name_}, key->public_key(), issuing_lifetime,
                                        below_issuing, root.get(), *root_key, public_url_ + "/pki/ca.pem"));
        HUTONG_TRY(write_private_file(file(home_, made.certificate), certificate_to_pem(certificate.get())));
        added.certificate = to_der(certificate.get());
        added.request.clear();
    }
    entries_.push_back(made);
    HUTONG_TRY(save());
    HUTONG_TRY(load());
    return added;
}

Result<Bytes> Authorities::complete(const std::string& name, std::string_view certificate_pem) {
    AuthorityEntry* const waiting = entry(name);
    if (!waiting || waiting->state != AuthorityState::waiting)
        return not_found("no CA " + name + " waits for its certificate; hutong ca list shows them");
    HUTONG_ASSIGN(const auto certificates, certificates_from_pem(certificate_pem, "the certificate"));
    X509* const certificate = certificates.front().get();
    HUTONG_ASSIGN(const X509Ptr root, read_one(file(home_, "root.pem")));
    const auto key = providers_->open(file(home_, waiting->key), X509_get0_pubkey(certificate));
    // A token is asked whether it has the key of this certificate.
    const auto proof = key.has_error() ? Result<Bytes>(key.error()) : (*key)->sign(as_bytes(name));
    if (proof.has_error() && proof.error().code == ErrorCode::unavailable) return proof.error();
    if (proof.has_error()) return refused("the certificate is not for the key of the CA " + name);
    HUTONG_TRY(check_issuing_certificate(certificate, root.get(), name));
    HUTONG_TRY(write_private_file(file(home_, waiting->certificate), certificate_to_pem(certificate)));
    waiting->state = AuthorityState::active;
    HUTONG_TRY(save());
    HUTONG_TRY(load());
    return to_der(certificate);
}

Result<void> Authorities::check_another_issues(const AuthorityEntry& but) const {
    const auto issuing = std::ranges::count(entries_, AuthorityState::active, &AuthorityEntry::state);
    if (but.state != AuthorityState::active || issuing > 1) return {};
    return refused("the CA " + but.name +
                   " is the only one that issues: add another one first (hutong ca add)");
}

Result<void> Authorities::mark_revoked(const std::string& name) {
    AuthorityEntry* const found = entry(name);
    if (!found || found->state == AuthorityState::waiting)
        return not_found("no CA " + name +
                         " has a certificate that could be revoked; hutong ca list shows them");
    HUTONG_TRY(check_another_issues(*found));
    found->state = AuthorityState::revoked;
    HUTONG_TRY(save());
    return load();
}

Result<Bytes> Authorities::make_root_crl(const std::vector<RevokedEntry>& revoked,
                                         std::uint64_t number) const {
    if (!root_is_here())
        return refused(
            "the root is offline: make its CRL there (hutong ca sign-crl), then hutong ca crl FILE");
    HUTONG_ASSIGN(const auto key, providers_->signing_key(file(home_, "root.key"), file(home_, "root.pem")));
    HUTONG_ASSIGN(const X509Ptr root, read_one(file(home_, "root.pem")));
    return build_crl(root.get(), *key, revoked, number, system_clock().now());
}

Result<void> Authorities::retire(const std::string& name) {
    AuthorityEntry* const found = entry(name);
    if (!found) return not_found("there is no issuing CA " + name + "; hutong ca list shows them");
    if (found->state == AuthorityState::retired || found->state == AuthorityState::revoked)
        return Error{ErrorCode::conflict,
                     "the CA " + name + " is " + std::string(to_string(found->state)) + " already"};
    HUTONG_TRY(check_another_issues(*found));
    if (found->state == AuthorityState::waiting) {
        std::erase_if(entries_, [&](const AuthorityEntry& one) { return one.name == name; });
    } else {
        found->state = AuthorityState::retired;
    }
    HUTONG_TRY(save());
    return load();
}

}  // namespace hutong::security
