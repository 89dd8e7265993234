#include "gateway/main/daemon/evidence_keeping.hpp"

#include <boost/asio/use_future.hpp>

#include "base/log.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/files.hpp"
#include "gateway/main/pem.hpp"

namespace hutong::daemon {

namespace {

constexpr std::uint64_t most_from_outside = 1u << 20;
constexpr std::chrono::seconds repeat_interval{1};

}  // namespace

Result<std::shared_ptr<const security::TimestampAuthority>> load_timestamps(const Home& home,
                                                                            const KeyPlaces& places) {
    std::shared_ptr<const security::TimestampAuthority> none;
    if (!std::filesystem::exists(key_file(home, "tsa"))) return none;
    HUTONG_ASSIGN(auto key, places.providers->signing_key(key_file(home, "tsa"), chain_file(home, "tsa")));
    HUTONG_ASSIGN(auto authority, security::TimestampAuthority::make(std::move(key)));
    return std::make_shared<const security::TimestampAuthority>(std::move(authority));
}

EvidenceKeeping::EvidenceKeeping(const Parts& parts)
    : trust_(parts.home.journal(), parts.journal), control_(parts.threads.control()) {
    outside_.response_timeout = parts.options.timestamp.patience;
    outside_.max_response_bytes = most_from_outside;
    client_ = std::make_unique<http::Client>(parts.threads.control(), outside_, most_from_outside,
                                             parts.home.spool());
}

Result<std::unique_ptr<EvidenceKeeping>> EvidenceKeeping::open(const Parts& parts) {
    std::unique_ptr<EvidenceKeeping> made(new EvidenceKeeping(parts));
    HUTONG_TRY(made->load_keys(parts.home, parts.places));
    HUTONG_ASSIGN(Stamping how, made->stamping(parts));
    const std::filesystem::path archive =
        parts.options.archive.empty() ? std::filesystem::path() : parts.home.root / parts.options.archive;
    if (!archive.empty()) HUTONG_TRY(security::journal::check_archive(parts.home.journal(), archive));
    const auto newest_key = [self = made.get()] { return self->head_key_; };
    made->stamper_.emplace(std::move(how));
    made->segments_.emplace(parts.home.journal(), newest_key, *made->stamper_, parts.options.keep_time(),
                            archive, parts.threads.blocking());
    made->heads_.emplace(parts.journal, parts.node, newest_key, parts.options.heads.interval,
                         parts.threads.keys());
    HUTONG_TRY(made->add_places(parts));
    return made;
}

Result<void> EvidenceKeeping::load_keys(const Home& home, const KeyPlaces& places) {
    HUTONG_ASSIGN(security::SigningKeys keys, load_signing_keys(home, places));
    head_key_ = keys.p256;
    HUTONG_ASSIGN(auto timestamps, load_timestamps(home, places));
    authority_.store(std::move(timestamps));
    return {};
}

Result<Stamping> EvidenceKeeping::stamping(const Parts& parts) const {
    const config::JournalTimestamp& options = parts.options.timestamp;
    Stamping how{client_.get(), std::nullopt, {}, [this] { return authority(); }, &parts.threads.keys()};
    if (options.url.empty()) return how;
    auto url = http::parse_url(options.url);
    if (!url) return url.error().at("journal.timestamp.url");
    how.url = std::move(*url);
    for (const std::string& name : options.roots) {
        HUTONG_ASSIGN(const std::string pem, read_file(parts.home.root / name));
        auto root = certificate_from_pem(pem);
        if (!root) return root.error().at("journal.timestamp.roots: " + name);
        how.anchors.push_back(std::move(*root));
    }
    return how;
}

Result<void> EvidenceKeeping::add_places(const Parts& parts) {
    const auto& options = parts.options.heads;
    heads_->add("this node's disk", keep_on_own_disk(parts.home.journal(), parts.threads.blocking()));
    heads_->add("the database", keep_in_database(parts.pool));
    if (!options.folder.empty())
        heads_->add("the folder " + options.folder,
                    keep_in_folder(parts.home.root / options.folder, parts.node, parts.threads.blocking()));
    if (options.url.empty()) return {};
    auto url = http::parse_url(options.url);
    if (!url) return url.error().at("journal.heads.url");
    heads_->add(options.url, keep_by_post(*client_, std::move(*url)));
    return {};
}

Result<security::Stamped> EvidenceKeeping::stamp(const Sha256Digest& imprint) {
    return asio::co_spawn(control_, stamper_->stamp(imprint), asio::use_future).get();
}

Awaitable<> EvidenceKeeping::repeat_lost_trust(asio::steady_timer& timer) {
    for (bool go_on = true; go_on; go_on = co_await sleep_for(timer, repeat_interval)) trust_.repeat_lost();
}

void EvidenceKeeping::note_trust(const registry::Catalogue& catalogue,
                                 const security::evidence::Domains& domains) {
    security::evidence::TrustMaterial material;
    material.domains = domains;
    for (const registry::TrustedCa& ca : catalogue.cas) {
        material.cas.push_back(ca.der);
        if (ca.needs_answers) material.ocsp[ca.thumbprint] = ca.grace;
    }
    for (const registry::ForeignAnswer& answer : catalogue.foreign_answers)
        if (!answer.der.empty()) material.answers[answer.thumbprint] = answer.der;
    for (const registry::Crl& crl : catalogue.crls) material.crls.push_back(crl.der);
    material.crls.insert(material.crls.end(), catalogue.foreign_crls.begin(), catalogue.foreign_crls.end());
    for (const registry::Consumer& consumer : catalogue.consumers)
        material.certificates.insert(material.certificates.end(), consumer.certificates_der.begin(),
                                     consumer.certificates_der.end());
    material.certificates.insert(material.certificates.end(), head_key_->certificates().begin(),
                                 head_key_->certificates().end());
    const Result<void> noted = trust_.note(material);
    if (!noted) log(MessageId::HT6026, {{"reason", noted.error().detail}});
}

}  // namespace hutong::daemon
