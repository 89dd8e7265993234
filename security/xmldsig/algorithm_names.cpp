#include "security/xmldsig/algorithm_names.hpp"

#include <algorithm>
#include <atomic>
#include <memory>

#include "security/xmldsig/algorithms.hpp"
#include "security/xmldsig/names.hpp"

namespace hutong::security {

namespace {

using Names = std::vector<AlgorithmName>;

// Never freed: xmlsec1's classes point into it as long as the process lives.
std::atomic<const Names*> in_use{nullptr};

const AlgorithmName* find_in(const Names& names, std::string_view uri) {
    const auto found = std::ranges::find(names, uri, &AlgorithmName::uri);
    return found == names.end() ? nullptr : &*found;
}

Result<void> add(Names& names, const std::vector<std::string>& uris, std::string_view row, bool digest) {
    for (const std::string& uri : uris) {
        if (find_signature_row(uri) != nullptr || find_digest_row(uri) != nullptr)
            return invalid("trust_domains: \"" + uri + "\" is a name that means something everywhere");
        const AlgorithmName* const known = find_in(names, uri);
        if (known != nullptr && known->row != row)
            return invalid("trust_domains: \"" + uri + "\" stands for a signature and for a digest");
        if (known == nullptr) names.push_back({uri, row, digest});
    }
    return {};
}

Result<Names> names_of(const std::map<std::string, config::TrustDomain>& domains) {
    Names names;
    for (const auto& [name, domain] : domains) {
        HUTONG_TRY(add(names, domain.sm2_raw, names::sm2_sm3, false));
        HUTONG_TRY(add(names, domain.sm2_der, names::sm2_sm3, false));
        HUTONG_TRY(add(names, domain.sm3, names::sm3, true));
    }
    return names;
}

}  // namespace

Result<void> check_algorithm_names(const std::map<std::string, config::TrustDomain>& domains) {
    HUTONG_TRY(names_of(domains));
    return {};
}

Result<void> use_algorithm_names(const std::map<std::string, config::TrustDomain>& domains) {
    HUTONG_ASSIGN(Names found, names_of(domains));
    auto names = std::make_unique<Names>(std::move(found));
    const Names* known = nullptr;
    if (in_use.compare_exchange_strong(known, names.get())) {
        static_cast<void>(names.release());
        return {};
    }
    for (const AlgorithmName& name : *names)
        if (find_in(*known, name.uri) == nullptr)
            return Error{ErrorCode::conflict,
                         "trust_domains: \"" + name.uri +
                             "\" is new; names are taken at the start, so start this node again"};
    return {};
}

std::span<const AlgorithmName> algorithm_names() {
    if (in_use.load(std::memory_order_acquire) == nullptr) static_cast<void>(use_algorithm_names({}));
    return *in_use.load(std::memory_order_acquire);
}

}  // namespace hutong::security
