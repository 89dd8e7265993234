#include "gateway/main/setup/key_renewal.hpp"

#include <sys/stat.h>

#include "gateway/main/files.hpp"
#include "gateway/main/pem.hpp"
#include "gateway/main/public_url.hpp"
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

// Whether a certificate that is in use has to go: it ends soon, or the CA above it was revoked.
Result<bool> is_due(const fs::path& chain, const security::Authorities& authorities, TimePoint now) {
    HUTONG_ASSIGN(const std::string pem, read_file(chain));
    HUTONG_ASSIGN(const Bytes der, certificate_from_pem(pem));
    HUTONG_ASSIGN(const CertificateFacts facts, certificate_facts(der));
    if (facts.not_after - now < renewal_margin) return true;
    for (const security::AuthorityEntry& entry : authorities.entries())
        if (entry.state == security::AuthorityState::revoked)
            if (const auto authority = authorities.find(entry.name);
                authority && security::issued_by(der, authority->issuing()))
                return true;
    return false;
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

Result<std::vector<PreparedKey>> prepare_renewals(const Home& home, const security::Authorities& authorities,
                                                  const std::string& node, const std::string& public_url,
                                                  TimePoint now, bool sm2, const KeyPlaces& places) {
    const Home staging = staging_of(home);
    std::vector<PreparedKey> all;
    for (const NodeKey& key : node_keys()) {
        std::error_code failed;
        const bool there = fs::exists(chain_file(home, key.name), failed);
        // A first SM2 key is made where the configuration wants it; of the others, a home made by an older
        // program lacks those that came later.
        if (!there && key.sm2_only && !sm2) continue;
        if (there) {
            HUTONG_ASSIGN(const bool due, is_due(chain_file(home, key.name), authorities, now));
            if (!due && places.fits(home, key.name)) continue;
        }
        fs::create_directories(staging.keys(), failed);
        if (failed || ::chmod(staging.keys().c_str(), 0700) != 0)
            return unavailable(staging.keys().string() + " cannot be made");
        HUTONG_ASSIGN(const std::string csr, make_node_key(staging, key, places));
        HUTONG_ASSIGN(const auto authority, authorities.choose({}, key.kind));
        HUTONG_ASSIGN(security::Issued issued,
                      certify(*authority, key, csr, node, public_url, machine_name()));
        HUTONG_TRY(security::store_chain(staging, key.name, issued.pem));
        all.push_back({&key, std::move(issued)});
    }
    return all;
}

Result<void> install(const Home& home, const PreparedKey& prepared) {
    const Home staging = staging_of(home);
    const char* name = prepared.key->name;
    HUTONG_TRY(move_into_place(key_file(staging, name), key_file(home, name)));
    return move_into_place(chain_file(staging, name), chain_file(home, name));
}

}  // namespace hutong::setup
