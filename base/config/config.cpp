// The rules that concern a value's meaning.
#include "base/config/config.hpp"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

#include "base/addresses.hpp"

namespace hutong::config {

namespace {

template <std::size_t N>
bool one_of(std::string_view value, const std::array<std::string_view, N>& allowed) {
    return std::find(allowed.begin(), allowed.end(), value) != allowed.end();
}

bool is_ip_address(std::string text) {
    if (text.front() == '[' && text.back() == ']') {
        in6_addr v6{};
        return inet_pton(AF_INET6, text.substr(1, text.size() - 2).c_str(), &v6) == 1;
    }
    in_addr v4{};
    return inet_pton(AF_INET, text.c_str(), &v4) == 1;
}

// "address:port" with a port of 0 to 65535; an IPv6 address stands in brackets.
bool is_listen_address(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size() || text.size() - colon > 6)
        return false;
    unsigned port = 0;
    for (const char c : text.substr(colon + 1)) {
        if (c < '0' || c > '9') return false;
        port = port * 10 + static_cast<unsigned>(c - '0');
    }
    return port <= 65535 && is_ip_address(std::string(text.substr(0, colon)));
}

bool is_web_url(std::string_view text) {
    return (text.starts_with("http://") && text.size() > 7) ||
           (text.starts_with("https://") && text.size() > 8);
}

}  // namespace

namespace {

Result<void> check_trust_domains(const std::map<std::string, TrustDomain>& domains) {
    std::map<std::string, std::string> owners;  // of issuers
    for (const auto& [name, domain] : domains) {
        const std::string where = "trust_domains." + name;
        std::vector<std::string> issuers = domain.issuers;
        if (issuers.empty()) issuers.emplace_back();
        for (const std::string& issuer : issuers) {
            const auto [known, added] = owners.emplace(issuer, name);
            if (added) continue;
            return invalid(
                where + ".issuers: " +
                (issuer.empty() ? "only one domain can be that of all other CAs" : "\"" + issuer + "\"") +
                ", and trust_domains." + known->second + " has it already");
        }
        // Of a CA that nobody named, nothing was agreed.
        if (domain.allow_oaep_sha1 && domain.issuers.empty())
            return invalid(where +
                           ".allow_oaep_sha1 needs issuers: name the CAs whose members may encrypt so, as "
                           "hutong trust list shows them");
        for (const std::string& id : {domain.certificate_id, domain.message_id})
            if (id.empty() || id.size() > 8191) return invalid(where + ": an SM2 id has 1 to 8191 bytes");
        for (const auto* uris : {&domain.sm2_raw, &domain.sm2_der, &domain.sm3})
            if (std::find(uris->begin(), uris->end(), "") != uris->end())
                return invalid(where + ": a name of an algorithm is empty");
        for (const std::string& uri : domain.sm2_der)
            if (std::find(domain.sm2_raw.begin(), domain.sm2_raw.end(), uri) != domain.sm2_raw.end())
                return invalid(where + ": \"" + uri +
                               "\" is in sm2_raw and in sm2_der; its value has one form");
    }
    return {};
}

// A century: what is longer would not fit where times are reckoned in nanoseconds.
constexpr seconds longest_keep = std::chrono::hours(24) * 36500;

// "365d", "12h" or "90s"; 0 when it is none of them.
seconds length_of(std::string_view text) {
    std::uint32_t number = 0;
    if (text.size() < 2 || text.size() > 7) return seconds(0);
    for (const char c : text.substr(0, text.size() - 1)) {
        if (c < '0' || c > '9') return seconds(0);
        number = number * 10 + static_cast<std::uint32_t>(c - '0');
    }
    switch (text.back()) {
        case 'd':
            return std::chrono::hours(24) * number;
        case 'h':
            return std::chrono::hours(number);
        case 's':
            return seconds(number);
        default:
            return seconds(0);
    }
}

Result<void> check(const Registry& registry) {
    for (const std::string& one : registry.listeners)
        if (const auto network = Network::parse(one); network.has_error())
            return network.error().at("registry.listeners");
    if (registry.notification_interval.count() == 0)
        return invalid("registry.notification_interval must be at least 1 second");
    if (registry.notification_attempts == 0 || registry.notification_attempts > 1000)
        return invalid("registry.notification_attempts must be 1 to 1000");
    return {};
}

Result<void> check(const Mail& mail) {
    const auto is_relay = [](std::string_view url) {
        for (const std::string_view scheme : {"smtp://", "smtps://"}) {
            if (!url.starts_with(scheme)) continue;
            const std::string_view place = url.substr(scheme.size());
            return !place.empty() && place.find_first_of("/@?# \t\r\n") == std::string_view::npos;
        }
        return false;
    };
    if (!mail.relay.empty() && !is_relay(mail.relay))
        return invalid("mail.relay: \"" + mail.relay +
                       "\" is not smtp://host:port or smtps://host:port, without anything after it");
    if (mail.relay.empty() != mail.from.empty())
        return invalid("mail.relay and mail.from go together: who passes mail on, and whose it is");
    if (!mail.from.empty() && !is_mailbox(mail.from))
        return invalid("mail.from: \"" + mail.from + "\" is no address such as registry@example.gov.cn");
    return {};
}

Result<void> check(const Journal& journal) {
    if (!journal.keep.empty() && length_of(journal.keep).count() == 0)
        return invalid("journal.keep: \"" + journal.keep +
                       "\" is no length of time such as \"365d\", \"12h\" or \"90s\"");
    if (length_of(journal.keep) > longest_keep)
        return invalid("journal.keep: \"" + journal.keep + "\" is longer than 36500d");
    if (journal.keep.empty() != journal.archive.empty())
        return invalid("journal.keep and journal.archive go together: how long, and where to then");
    if (!journal.timestamp.url.empty() && !is_web_url(journal.timestamp.url))
        return invalid("journal.timestamp.url: \"" + journal.timestamp.url + "\" is no http(s) URL");
    if (journal.timestamp.url.empty() != journal.timestamp.roots.empty())
        return invalid(
            "journal.timestamp.url and journal.timestamp.roots go together: an authority, and who vouches "
            "for it");
    if (journal.heads.interval.count() == 0)
        return invalid("journal.heads.interval must be at least 1 second");
    if (!journal.heads.url.empty() && !is_web_url(journal.heads.url))
        return invalid("journal.heads.url: \"" + journal.heads.url + "\" is no http(s) URL");
    return {};
}

}  // namespace

seconds Journal::keep_time() const {
    return length_of(keep);
}

Result<void> Config::validate() const {
    static constexpr std::array<std::string_view, 6> known_roles{"gateway",  "registry", "process",
                                                                 "adapters", "exchange", "portal"};
    static constexpr std::array<std::string_view, 4> levels{"full", "evidence", "metadata", "none"};
    static constexpr std::array<std::string_view, 4> log_levels{"debug", "info", "warning", "error"};
    static constexpr std::array<std::string_view, 2> log_formats{"text", "json"};

    if (roles.empty()) return invalid("roles must name at least one role");
    for (const std::string& role : roles)
        if (!one_of(role, known_roles))
            return invalid("roles: \"" + role +
                           "\" is no role; known are gateway, registry, process, adapters, exchange, portal");
    if (http.http.empty() && http.https.empty())
        return invalid("http.http and http.https are both empty: nothing would listen");
    for (const auto& [key, value] : {std::pair{"http.http", http.http}, std::pair{"http.https", http.https}})
        if (!value.empty() && !is_listen_address(value))
            return invalid(std::string(key) + ": \"" + value +
                           "\" is not an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080");
    if (!http.public_url.empty() && (!is_web_url(http.public_url) || http.public_url.ends_with('/')))
        return invalid("http.public_url: \"" + http.public_url +
                       "\" must start with http:// or https:// and not end with '/'");
    if (http.max_header_bytes < 1024) return invalid("http.max_header_bytes must be at least 1024");
    if (http.buffer_bytes < 4096) return invalid("http.buffer_bytes must be at least 4096");
    if (http.max_connections == 0) return invalid("http.max_connections must be at least 1");
    if (xml.limits.depth < 8) return invalid("xml.max_depth must be at least 8");
    if (xml.max_root_bytes > xml.limits.bytes)
        return invalid("xml.max_root_bytes must not exceed xml.max_bytes");
    if (xml.limits.bytes > (1u << 30)) return invalid("xml.max_bytes must not exceed 1073741824");
    if (database.pool_size == 0) return invalid("database.pool_size must be at least 1");
    if (security.freshness.count() == 0) return invalid("security.freshness must be at least 1 second");
    if (security.replay_entries == 0) return invalid("security.replay_entries must be at least 1");
    if (security.max_references == 0) return invalid("security.max_references must be at least 1");
    if (keys.pkcs11_sessions == 0) return invalid("keys.pkcs11_sessions must be at least 1");
    HUTONG_TRY(check_trust_domains(trust_domains));
    if (journal.segment_bytes < (64u << 10)) return invalid("journal.segment_bytes must be at least 65536");
    if (auto sound = check(journal); sound.has_error()) return sound;
    if (auto sound = check(registry); sound.has_error()) return sound;
    if (auto sound = check(mail); sound.has_error()) return sound;
    if (!one_of(journal.level, levels))
        return invalid("journal.level: \"" + journal.level + "\" is none of full, evidence, metadata, none");
    if (!one_of(log.level, log_levels))
        return invalid("log.level: \"" + log.level + "\" is none of debug, info, warning, error");
    if (!one_of(log.format, log_formats))
        return invalid("log.format: \"" + log.format + "\" is neither text nor json");
    if (officers.lock_after == 0) return invalid("officers.lock_after must be at least 1");
    if (officers.session_idle.count() <= 0 || officers.session_life < officers.session_idle)
        return invalid("officers.session_idle must be more than 0 and not longer than officers.session_life");
    if (officers.proposal_life.count() <= 0) return invalid("officers.proposal_life must be more than 0");
    return {};
}

}  // namespace hutong::config
