#include "gateway/main/setup/key_renewal.hpp"

#include <algorithm>

#include <sys/stat.h>

#include "gateway/main/files.hpp"
#include "gateway/main/pem.hpp"
#include "security/pki/request.hpp"
#include "security/trust/foreign_status.hpp"

namespace hutong::setup {

namespace {

namespace fs = std::filesystem;

// Below HOME/keys, so that a rename stays on one disk and the folder above keeps others out.
Home staging_of(const Home& home) {
    return Home{home.keys() / "renewal"};
}

Result<void> move_into_place(const fs::path& from, const fs::path& to) {
    std::error_code failed;
    fs::rename(from, to, failed);
    if (failed) return unavailable(to.string() + " cannot be replaced: " + failed.message());
    return {};
}

struct Present {
    Bytes der;
    CertificateFacts facts;
};

Result<Present> present_certificate(const fs::path& chain) {
    HUTONG_ASSIGN(const std::string pem, read_file(chain));
    HUTONG_ASSIGN(Bytes der, certificate_from_pem(pem));
    HUTONG_ASSIGN(CertificateFacts facts, certificate_facts(der));
    return Present{std::move(der), std::move(facts)};
}

// Whether a certificate that is in use has to go: it ends soon, or the CA above it was revoked.
bool has_to_go(const Present& present, const std::vector<Bytes>& revoked, TimePoint now) {
    return present.facts.not_after - now < renewal_margin ||
           std::ranges::any_of(revoked,
                               [&](const Bytes& ca) { return security::issued_by(present.der, ca); });
}

// Senders encrypt for the certificate they hold, until it ends.
Result<void> keep_as_former(const Home& home, const std::string& name) {
    const std::string former = former_name(name);
    HUTONG_ASSIGN(const std::string key, read_file(key_file(home, name)));
    HUTONG_ASSIGN(const std::string chain, read_file(chain_file(home, name)));
    std::error_code ignored;
    fs::remove(chain_file(home, former), ignored);  // never an older chain beside this key
    HUTONG_TRY(replace_file(key_file(home, former), key, 0600));
    return replace_file(chain_file(home, former), chain, 0600);
}

}  // namespace

Result<void> finish_interrupted_renewal(const Home& home) {
    const Home staging = staging_of(home);
    std::error_code failed;
    for (const NodeKey& key : node_keys())
        if (fs::exists(chain_file(staging, key.name), failed) &&
            !fs::exists(key_file(staging, key.name), failed))
            HUTONG_TRY(move_into_place(chain_file(staging, key.name), chain_file(home, key.name)));
    fs::remove_all(staging.root, failed);
    return {};
}

Result<std::vector<DueKey>> due_keys(const Home& home, const std::vector<Bytes>& revoked, TimePoint now,
                                     bool sm2, const KeyPlaces& places) {
    std::vector<DueKey> due;
    for (const NodeKey& key : node_keys()) {
        // A first SM2 key is made where the configuration wants it; of the others, a home made by an older
        // program lacks those that came later.
        if (!has_key(home, key.name)) {
            if (!key.sm2_only || sm2) due.push_back({&key, {}});
            continue;
        }
        HUTONG_ASSIGN(const Present present, present_certificate(chain_file(home, key.name)));
        if (has_to_go(present, revoked, now) || !places.fits(home, key.name))
            due.push_back({&key, present.facts.serial});
    }
    return due;
}

Result<std::vector<PreparedKey>> prepare_keys(const Home& home, const std::vector<DueKey>& due,
                                              const KeyPlaces& places) {
    const Home staging = staging_of(home);
    std::vector<PreparedKey> all;
    for (const DueKey& one : due) {
        std::error_code failed;
        fs::create_directories(staging.keys(), failed);
        if (failed || ::chmod(staging.keys().c_str(), 0700) != 0)
            return unavailable(staging.keys().string() + " cannot be made");
        HUTONG_ASSIGN(std::string csr, make_node_key(staging, *one.key, places));
        all.push_back({one.key, one.renews, std::move(csr)});
    }
    return all;
}

Result<void> install(const Home& home, const PreparedKey& prepared, const std::string& chain, TimePoint now) {
    const Home staging = staging_of(home);
    const char* name = prepared.key->name;
    HUTONG_ASSIGN(const Bytes der, certificate_from_pem(chain));
    HUTONG_ASSIGN(const CertificateFacts facts, certificate_facts(der));
    HUTONG_ASSIGN(const security::RequestFacts asked, security::read_request(prepared.csr));
    if (facts.key_digest != asked.thumbprint)
        return refused(std::string("the certificate that came is not for the new key ") + name);
    if (facts.not_after <= now)
        return refused("the certificate that came has ended already, at " + format_utc(facts.not_after));
    if (prepared.key->profile == security::Profile::gateway_encryption && has_key(home, name))
        HUTONG_TRY(keep_as_former(home, name));
    HUTONG_TRY(security::store_chain(staging, name, chain));
    HUTONG_TRY(move_into_place(key_file(staging, name), key_file(home, name)));
    return move_into_place(chain_file(staging, name), chain_file(home, name));
}

}  // namespace hutong::setup
