// The one list of configuration keys: section, key, member, comment. Reading and writing both walk it.
#pragma once

#include "base/config/config.hpp"

namespace hutong::config {

// Calls visitor.section(name, comment) and visitor.field(key, member, comment) for everything in `c`, and
// visitor.moved(key, where) for what earlier versions had.
template <class Visitor, class AnyConfig>
void walk(Visitor& v, AnyConfig& c) {
    v.section("", "What this node does.");
    v.field("roles", c.roles, "any of gateway, registry, process, adapters, exchange, portal");

    v.section("http", "Listeners and the limits of their connections.");
    v.field("http", c.http.http,
            "address:port of plain HTTP; port 0 takes any free one; empty switches it off");
    v.field("https", c.http.https, "address:port of HTTPS");
    v.field("public_url", c.http.public_url,
            "as callers see this platform; goes into WSDLs and certificate pointers");
    v.field("threads", c.http.threads, "0: one per core");
    v.field("max_header_bytes", c.http.max_header_bytes, "of one request");
    v.field("max_body_bytes", c.http.max_body_bytes, "of one request, after decompression");
    v.field("buffer_bytes", c.http.buffer_bytes,
            "of a body kept in memory; the rest waits in an unlinked file");
    v.field("max_connections", c.http.max_connections, "open at once");
    v.field("header_timeout", c.http.header_timeout,
            "milliseconds from a request's first byte to its last header");
    v.field("body_timeout", c.http.body_timeout, "milliseconds for a whole body");
    v.field("min_body_rate", c.http.min_body_rate, "bytes per second a sender must keep up");
    v.field("idle_timeout", c.http.idle_timeout, "milliseconds a connection may be kept without a request");
    v.field("write_timeout", c.http.write_timeout, "milliseconds for a response to be taken");
    v.field("drain_timeout", c.http.drain_timeout, "milliseconds that calls in flight get at shutdown");
    v.field("max_gzip_ratio", c.http.max_gzip_ratio, "inflated to received bytes, beyond 1 MiB");
    v.field("max_mime_parts", c.http.max_mime_parts, "attachments of one message, root included");

    v.section("xml", "What an XML parser accepts before it gives up.");
    v.field("max_bytes", c.xml.limits.bytes, "of one SOAP envelope or other text, attachments not counted");
    v.field("max_depth", c.xml.limits.depth, "nested elements");
    v.field("max_attributes", c.xml.limits.attributes, "of one element, namespace declarations included");
    v.field("max_name_bytes", c.xml.limits.name_bytes, "of an element or attribute name");
    v.field("max_attribute_bytes", c.xml.limits.attribute_bytes, "of one attribute value");
    v.field("max_elements", c.xml.limits.elements,
            "in one text; a tree may have one for each 8 bytes of max_root_bytes");
    v.field("max_root_bytes", c.xml.max_root_bytes,
            "of a SOAP envelope that cannot be read in one pass (encrypted, unusual transforms, not UTF-8)");

    v.section("database", "PostgreSQL.");
    v.field("url", c.database.url, "empty: a private server under this home");
    v.field("pool_size", c.database.pool_size, "connections of this node");
    v.field("connect_timeout", c.database.connect_timeout, "milliseconds");
    v.field("statement_timeout", c.database.statement_timeout, "milliseconds");

    v.section("backend", "Calls to the agencies' systems.");
    v.field("connect_timeout", c.backend.connect_timeout, "milliseconds");
    v.field("response_timeout", c.backend.response_timeout, "milliseconds until the whole answer is here");
    v.field("max_idle_per_endpoint", c.backend.max_idle_per_endpoint, "kept connections");
    v.field("idle_timeout", c.backend.idle_timeout, "seconds a kept connection may wait");
    v.field("max_connections_per_endpoint", c.backend.max_connections_per_endpoint, "at once, per thread");
    v.field("failures_until_down", c.backend.failures_until_down, "in a row");
    v.field("down_time", c.backend.down_time, "seconds before a failed endpoint is tried again");
    v.field("max_response_bytes", c.backend.max_response_bytes, "of one answer");
    v.field("ca_file", c.backend.ca_file, "PEM file that vouches for TLS backends; empty: the system's");

    v.section("security", "WS-Security.");
    v.field("clock_skew", c.security.clock_skew, "seconds a caller's clock may be ahead");
    v.field("freshness", c.security.freshness, "seconds a wsu:Timestamp may live");
    v.field("replay_entries", c.security.replay_entries, "remembered; a full table refuses calls");
    v.field("max_references", c.security.max_references, "of one signature");
    v.field("max_transforms", c.security.max_transforms, "of one reference");
    v.field("trusted_roles", c.security.trusted_roles, "further SOAP actor/role URIs that mean this gateway");
    v.field("saml_issuers", c.security.saml_issuers,
            "trusted issuers of SAML assertions: { \"entity id\" = [\"certificate.pem\"] }, files below the "
            "home");
    v.field("saml_audience", c.security.saml_audience,
            "whom SAML assertions must be meant for; empty: the public URL");
    v.field("sm2", c.security.sm2,
            "this node has SM2 keys of its own; the founding node makes them at its next start");
    v.moved("allow_oaep_sha1", "trust_domains.NAME.allow_oaep_sha1, beside the issuers it is meant for");

    v.section("keys", "Where this node's private keys lie (docs/keys.md).");
    v.field("passphrase_file", c.keys.passphrase_file,
            "its content encrypts key files; below the home or absolute, mode 0600; empty: not encrypted");
    v.field("pkcs11_module", c.keys.pkcs11_module, "library of a token; empty: no token");
    v.field("pin_file", c.keys.pin_file, "holds the token's user PIN; below the home or absolute, mode 0600");
    v.field("pkcs11_sessions", c.keys.pkcs11_sessions, "with one token, at once");
    v.field("patience", c.keys.patience, "milliseconds a call waits for a free session");
    v.field("uri", c.keys.uri,
            "keys that lie elsewhere than in files: { sign-rsa = \"pkcs11:token=LABEL;object=sign-rsa\" }");

    v.tables("trust_domains", c.trust_domains, "What each trust domain has agreed, by its name.",
             [](auto& d, auto& domain) {
                 d.field("issuers", domain.issuers,
                         "names of its CAs, as hutong trust list shows them; none: all others");
                 d.field("certificate_id", domain.certificate_id, "SM2 id of its CAs");
                 d.field("message_id", domain.message_id, "SM2 id of its members");
                 d.field("sm2_raw", domain.sm2_raw,
                         "URIs of SM2 with SM3, the value being r and s of 32 bytes");
                 d.field("sm2_der", domain.sm2_der, "URIs of SM2 with SM3, the value being DER");
                 d.field("sm3", domain.sm3, "URIs of SM3 as a digest");
                 d.field("allow_oaep_sha1", domain.allow_oaep_sha1,
                         "members may encrypt by RSA-OAEP with SHA-1, all that older Java stacks have; "
                         "needs issuers");
             });

    v.section("throttle", "Protection of this node and of consumers from each other.");
    v.field("calls_per_second", c.throttle.calls_per_second, "of one consumer; 0: no limit");
    v.field("burst", c.throttle.burst, "calls above the rate at once");
    v.field("max_concurrent", c.throttle.max_concurrent, "calls in flight; 0: 4096");

    v.section("journal", "Evidence.");
    v.field("segment_bytes", c.journal.segment_bytes, "of one file before the next is begun");
    v.field("segment_time", c.journal.segment_time,
            "seconds until a file with a record in it is sealed all the same; 0: never");
    v.field("level", c.journal.level, "full, evidence, metadata or none, where a service does not say");
    v.field("min_free_bytes", c.journal.min_free_bytes, "of disk; below it calls are refused");
    v.field("max_queued_bytes", c.journal.max_queued_bytes, "waiting for the disk");
    v.field("group_delay", c.journal.group_delay, "milliseconds a record may wait for company");
    v.field("keep", c.journal.keep,
            "\"365d\": sealed files older than that move to the archive; empty: they stay for ever");
    v.field("archive", c.journal.archive, "folder they move to; nothing is ever deleted");

    v.section("journal.timestamp", "RFC 3161 timestamps of sealed files.");
    v.field("url", c.journal.timestamp.url,
            "of an authority outside; empty: the platform's own, which is self-attested");
    v.field("roots", c.journal.timestamp.roots, "PEM files that vouch for it, below the home");
    v.field("patience", c.journal.timestamp.patience, "milliseconds for one answer");

    v.section("journal.heads", "Signed heads that leave the node, besides those in the database.");
    v.field("interval", c.journal.heads.interval, "seconds between two");
    v.field("folder", c.journal.heads.folder, "a folder on another machine's disk; empty: none");
    v.field("url", c.journal.heads.url, "gets each by POST as JSON; empty: none");

    v.section("snapshot", "Routing without the database.");
    v.field("max_age", c.snapshot.max_age, "seconds calls go on without the database");
    v.field("poll_interval", c.snapshot.poll_interval, "milliseconds between looks at the generation");

    v.section("log", "The log.");
    v.field("file", c.log.file, "empty: standard error");
    v.field("format", c.log.format, "text or json");
    v.field("level", c.log.level, "debug, info, warning or error");

    v.section("wsdl", "Uploaded contracts.");
    v.field("max_bundle_bytes", c.wsdl.max_bundle_bytes, "of all files together");
    v.field("max_files", c.wsdl.max_files, "in one contract");

    v.section("registry", "Edits, and notifications of UDDI subscriptions.");
    v.field("require_if_match", c.registry.require_if_match,
            "refuse an edit that does not say which revision it builds on");
    v.field("listeners", c.registry.listeners,
            "networks such as \"10.20.0.0/16\" where listeners may be; public addresses are allowed");
    v.field("notification_interval", c.registry.notification_interval,
            "seconds; a subscription that asks for a shorter one gets this");
    v.field("notification_attempts", c.registry.notification_attempts,
            "in a row before a listener is given up");

    v.section("mail", "E-mail, to listeners of UDDI subscriptions.");
    v.field("relay", c.mail.relay, "smtp://host:port or smtps://host:port; empty: none is sent");
    v.field("from", c.mail.from, "address of the sender");
    v.field("ca_file", c.mail.ca_file, "PEM file that vouches for the relay; empty: the system's");

    v.section("officers", "The accounts of system administrator, security officer and auditor.");
    v.field("second_factor", c.officers.second_factor,
            "an account needs one-time codes or a certificate beside its password");
    v.field("lock_after", c.officers.lock_after, "wrong tries in a row lock an account for a while");
    v.field("lock_delay", c.officers.lock_delay, "seconds of the first lock; then twice as long each time");
    v.field("max_lock", c.officers.max_lock, "seconds a lock lasts at most");
    v.field("session_idle", c.officers.session_idle, "seconds without a command that end a session");
    v.field("session_life", c.officers.session_life, "seconds after which a session ends in any case");
    v.field("proposal_life", c.officers.proposal_life, "seconds a command waits for its second person");
    v.field("recovery_delay", c.officers.recovery_delay,
            "seconds an owner's recovery waits; as it is at the separation, not later");
    v.field("api_on_http", c.officers.api_on_http,
            "the JSON API on the plain HTTP listener too, for callers on this machine");
}

}  // namespace hutong::config
