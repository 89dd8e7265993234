// The whole configuration as one struct tree with defaults, read strictly from HOME/hutong.toml.
//
// An unknown key, a wrong type or a bad value is an error that names file, line and the nearest known key.
// Plain values: read at start and on SIGHUP, shared as immutable snapshots.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/xml/document.hpp"

namespace hutong::config {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Http {
    std::string http{"127.0.0.1:8080"};  // address:port, port 0 = any free one; empty: off
    std::string https{"0.0.0.0:8443"};
    std::string public_url;  // goes into WSDL addresses and CRL pointers; empty: the https address
    unsigned threads{0};     // 0: one per core
    std::uint64_t max_header_bytes{32u << 10};
    std::uint64_t max_body_bytes{1ull << 30};
    std::uint64_t buffer_bytes{
        256u << 10};  // of a body in memory; what outgrows it waits in an unlinked file
    unsigned max_connections{20000};
    milliseconds header_timeout{10'000};  // first byte of a request to the end of its headers
    milliseconds body_timeout{60'000};    // the whole body
    std::uint64_t min_body_rate{512};     // bytes per second, after the first ten seconds
    milliseconds idle_timeout{120'000};   // keep-alive connection without a request
    milliseconds write_timeout{60'000};
    milliseconds drain_timeout{30'000};  // for in-flight calls after SIGTERM
    std::uint64_t max_gzip_ratio{100};   // inflated / received, checked beyond 1 MiB
    unsigned max_mime_parts{64};
};

// Messages are read in one pass with memory that does not grow, so the limits are wide; the narrow one is for
// what has to be kept as a whole.
struct Xml {
    xml::Limits limits{.bytes = 1u << 30, .elements = 20'000'000};
    std::uint64_t max_root_bytes{8u << 20};  // SOAP root part that becomes a tree or is recoded
};

struct Database {
    std::string url;  // empty: embedded PostgreSQL under the home folder
    unsigned pool_size{8};
    milliseconds connect_timeout{5'000};
    milliseconds statement_timeout{30'000};
};

struct Backend {
    milliseconds connect_timeout{3'000};
    milliseconds response_timeout{30'000};
    unsigned max_idle_per_endpoint{64};
    seconds idle_timeout{30};
    unsigned max_connections_per_endpoint{256};
    unsigned failures_until_down{3};
    seconds down_time{10};
    std::uint64_t max_response_bytes{1ull << 30};
    std::string ca_file;  // for TLS backends; empty: the system's trust store
};

struct Security {
    seconds clock_skew{60};
    seconds freshness{300};                   // a Timestamp's longest life
    std::uint64_t replay_entries{1'000'000};  // a full table refuses
    unsigned max_references{10};
    unsigned max_transforms{5};
    std::vector<std::string> trusted_roles;  // further actor/role URIs that mean this gateway
    // Entity id of an issuer of SAML assertions → PEM files with its certificates, below the home folder.
    std::map<std::string, std::vector<std::string>> saml_issuers;
    std::string saml_audience;  // whom assertions must be meant for; empty: the public URL
    bool sm2{false};            // this node has SM2 keys, to sign and decrypt with
};

// Where this node's private keys lie (docs/keys.md).
struct Keys {
    std::string passphrase_file;   // below the home or absolute, 0600; empty: key files are not encrypted
    std::string pkcs11_module;     // the library of a token; empty: there is none
    std::string pin_file;          // of the token's user; likewise 0600
    unsigned pkcs11_sessions{8};   // with one token, at once
    milliseconds patience{2'000};  // for a free session
    std::map<std::string, std::string> uri;  // of a key by its name; not in it: a file in HOME/keys
    bool operator==(const Keys&) const = default;
};

// What the members of a trust domain have agreed: about SM2 (docs/national-algorithms.md), and what older
// stacks among them are allowed (docs/encryption.md).
struct TrustDomain {
    std::vector<std::string> issuers;  // of its CAs, as hutong trust list shows them; empty: all others
    std::string certificate_id{
        "1234567812345678"};                     // by which its CAs sign certificates, CRLs and OCSP answers
    std::string message_id{"1234567812345678"};  // by which its members sign messages
    std::vector<std::string> sm2_raw;            // URIs of SM2 with SM3, the value being r and s
    std::vector<std::string> sm2_der;            // likewise, the value being DER
    std::vector<std::string> sm3;                // URIs of the digest
    bool allow_oaep_sha1{false};  // its members may encrypt by RSA-OAEP with SHA-1; needs issuers
    bool operator==(const TrustDomain&) const = default;
};

struct Throttle {
    double calls_per_second{0};  // per consumer; 0: no limit
    unsigned burst{100};
    unsigned max_concurrent{0};  // calls in flight on this node; 0: 4096
};

// Who confirms when a segment was sealed (RFC 3161).
struct JournalTimestamp {
    std::string url;                 // of an authority outside; empty: the platform's own, self-attested
    std::vector<std::string> roots;  // PEM files that vouch for that authority, below the home folder
    milliseconds patience{15'000};   // for one answer
};

// Where signed heads go besides the database.
struct JournalHeads {
    seconds interval{5};
    std::string folder;  // empty: none
    std::string url;     // gets each head by POST; empty: none
};

struct Journal {
    std::uint64_t segment_bytes{64u << 20};
    seconds segment_time{3600};                // a segment with a record is sealed after that long; 0: never
    std::string level{"evidence"};             // default of services: full | evidence | metadata | none
    std::uint64_t min_free_bytes{256u << 20};  // below that, calls are refused
    std::uint64_t max_queued_bytes{64u << 20};
    milliseconds group_delay{0};  // wait for company before an fsync
    std::string keep;             // "365d": sealed segments older than that go to the archive; empty: never
    std::string archive;          // the folder they go to
    JournalTimestamp timestamp;
    JournalHeads heads;

    seconds keep_time() const;  // what `keep` says; 0: for ever
};

struct Snapshot {
    seconds max_age{3600};            // how long calls go on without the database
    milliseconds poll_interval{500};  // of the generation, beside LISTEN
};

struct Log {
    std::string file;            // empty: HOME/log/hutong.log when serving in the background, else stderr
    std::string format{"text"};  // text | json
    std::string level{"info"};
};

struct Wsdl {
    std::uint64_t max_bundle_bytes{64u << 20};
    unsigned max_files{512};
};

// Edits, and notifications of UDDI subscriptions (docs/registry.md).
struct Registry {
    bool require_if_match{false};        // an edit that does not say what it builds on is refused
    std::vector<std::string> listeners;  // networks where listeners may be, beside public addresses
    seconds notification_interval{60};   // the shortest that a subscription gets
    unsigned notification_attempts{24};  // in a row; then a listener is given up
};

// E-mail goes out through a relay.
struct Mail {
    std::string relay;    // smtp://host:port or smtps://host:port; empty: no e-mail is sent
    std::string from;     // the sender's address
    std::string ca_file;  // for TLS with the relay; empty: the system's trust store
};

// The officers' accounts (docs/security-officer-guide.md).
struct Officers {
    bool second_factor{true};  // one-time codes or a certificate beside the password
    unsigned lock_after{5};    // wrong tries in a row
    seconds lock_delay{30};    // the first time; then twice as long each time …
    seconds max_lock{900};     // … up to this
    seconds session_idle{600};
    seconds session_life{8 * 3600};
    seconds proposal_life{72 * 3600};
    seconds recovery_delay{24 * 3600};  // taken over by the separation; later changes do nothing
    bool api_on_http{false};            // the JSON API on the plain HTTP listener, to loopback callers
};

struct Config {
    std::vector<std::string> roles{"gateway", "registry", "process", "adapters", "exchange", "portal"};
    Http http;
    Xml xml;
    Database database;
    Backend backend;
    Security security;
    Keys keys;
    std::map<std::string, TrustDomain> trust_domains;
    Throttle throttle;
    Journal journal;
    Snapshot snapshot;
    Log log;
    Wsdl wsdl;
    Registry registry;
    Mail mail;
    Officers officers;

    // All rules that concern more than one key's type. Error: invalid, naming the key.
    Result<void> validate() const;
};

// Reads and validates. A missing file gives the defaults.
Result<Config> load(const std::filesystem::path& file);
Result<Config> parse(std::string_view text, std::string_view name);

// The commented default file that `hutong init` writes, with these values filled in.
std::string default_file(const Config& config);

}  // namespace hutong::config
