#include "security/tokens/saml_issuers.hpp"

#include <fstream>
#include <sstream>

#include "security/keys/pem.hpp"

namespace hutong::security {

namespace {

Result<std::string> read_text(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return invalid(file.string() + " cannot be read");
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

}  // namespace

Result<void> SamlIssuers::add(const std::string& entity, ByteView der) {
    HUTONG_ASSIGN(PublicKey key, PublicKey::of_certificate(der));
    HUTONG_ASSIGN(const X509Ptr certificate, read_certificate(der));
    issuers_[entity].push_back({std::move(key),
                                to_time(X509_get0_notBefore(certificate.get())).value_or(TimePoint::max()),
                                to_time(X509_get0_notAfter(certificate.get())).value_or(TimePoint::min())});
    return {};
}

Result<SamlIssuers> SamlIssuers::load(const Files& files, const std::filesystem::path& folder,
                                      std::string audience) {
    SamlIssuers issuers;
    issuers.set_audience(std::move(audience));
    for (const auto& [entity, names] : files) {
        const std::string place = "security.saml_issuers \"" + entity + "\"";
        if (entity.empty() || names.empty()) return invalid(place + " needs at least one certificate file");
        for (const std::string& name : names) {
            const std::filesystem::path file = folder / name;
            const auto text = read_text(file);
            if (text.has_error()) return text.error().at(place);
            const auto certificates = certificates_from_pem(*text, file.string());
            if (certificates.has_error()) return certificates.error().at(place);
            if (certificates->size() != 1)
                return invalid(place + ": " + file.string() +
                               " holds more than one certificate; give each key a file of its own");
            if (const auto added = issuers.add(entity, to_der(certificates->front().get()));
                added.has_error())
                return Error{ErrorCode::invalid, added.error().detail}.at(place + ": " + file.string());
        }
    }
    return issuers;
}

std::vector<PublicKey> SamlIssuers::keys_of(const std::string& entity, TimePoint now) const {
    std::vector<PublicKey> keys;
    const auto found = issuers_.find(entity);
    if (found == issuers_.end()) return keys;
    for (const Key& key : found->second)
        if (key.from <= now && now <= key.to) keys.push_back(key.key);
    return keys;
}

}  // namespace hutong::security
