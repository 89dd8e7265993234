#include "security/evidence/verify_zip.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "security/evidence/bundle_reader.hpp"
#include "security/evidence/message_check.hpp"
#include "security/timestamp/authority.hpp"
#include "security/timestamp/timestamp.hpp"
#include "security/trust/trust_store.hpp"
#include "security/trust/x509.hpp"

namespace hutong::security::evidence {

namespace {

std::vector<Bytes> values(const std::map<std::string, Bytes>& of) {
    std::vector<Bytes> all;
    for (const auto& [name, der] : of) all.push_back(der);
    return all;
}

class Examination {
  public:
    Examination(const Bundle& bundle, const VerifyInput& input, Checks& checks)
        : bundle_(bundle), input_(input), checks_(checks), certificates_(values(bundle.certificates)) {}

    void run() {
        for (const BundleSegment& segment : bundle_.segments) {
            examine_timestamp(segment);
            examine_head(segment);
        }
        const auto messages = messages_of(bundle_);
        for (const Message& message : messages) examine(message);
    }

  private:
    // The timestamp says when; without a seal or a root there is nothing it could be of.
    void examine_timestamp(const BundleSegment& segment) {
        const std::string name = timestamp_name(segment.number);
        if (segment.timestamp.empty()) {
            if (segment.root_of != RootOf::seal)
                checks_.unknown("timestamp", name, "the segment was not sealed yet when this was exported");
            else
                checks_.unknown("timestamp", name, "the seal was not timestamped yet when this was exported");
            return;
        }
        std::vector<Bytes> anchors = input_.roots;
        anchors.insert(anchors.end(), input_.tsa_roots.begin(), input_.tsa_roots.end());
        const auto stamp = read_timestamp(segment.timestamp, {sha256(ByteView(segment.seal)), std::nullopt,
                                                              anchors, certificates_, values(bundle_.crls)});
        if (!stamp) return checks_.broken("timestamp", name, stamp.error().detail);
        const bool own = stamp->policy == self_attested_policy;
        const std::string said = "sealed before " + format_utc(stamp->time) + ", says " + stamp->tsa;
        if (!stamp->trusted && stamp->distrust.find("revoked") != std::string::npos)
            checks_.broken("timestamp", name, said + ": " + stamp->distrust);
        else if (!stamp->trusted)
            checks_.unknown(
                "timestamp", name,
                said + ", whom no given root vouches for (" + stamp->distrust + "); give --tsa-root");
        else
            checks_.holds("timestamp", name,
                          said + (own ? " (self-attested: the platform's own authority)" : ""));
    }

    void examine_head(const BundleSegment& segment) {
        if (!segment.head) {
            checks_.unknown("head", head_name(segment.number),
                            "the node had not signed a head of this segment");
            return;
        }
        const std::string name = head_name(segment.number);
        const auto statement = head_from_text(segment.head->text);
        if (!statement) return checks_.broken("head", name, statement.error().detail);
        if (statement->head.segment != segment.number)
            return checks_.broken("head", name,
                                  "it is of segment " + std::to_string(statement->head.segment));
        // Whose signature it is, is found among the certificates that are here.
        for (const Bytes& der : certificates_) {
            if (!signature_holds({segment.head->text, segment.head->signature, {der}})) continue;
            const auto verdict = judge(der, statement->time);
            const std::string said = "signed by " + verdict.subject + " at " + format_utc(statement->time);
            if (verdict) return checks_.holds("head", name, said);
            return checks_.broken("head", name, said + ", who is not trusted: " + verdict.reason);
        }
        checks_.broken("head", head_signature_name(segment.number),
                       "no certificate in here made this signature");
    }

    // CRLs of other times say nothing about that one.
    TrustVerdict judge(const Bytes& certificate, TimePoint time) const {
        TrustInput input;
        input.anchors = input_.roots;
        input.intermediates = certificates_;
        for (const auto& [digest, der] : bundle_.crls) {
            const auto crl = read_crl(der);
            if (!crl) continue;
            const auto from = to_time(X509_CRL_get0_lastUpdate(crl->get()));
            const auto to = to_time(X509_CRL_get0_nextUpdate(crl->get()));
            if (from && *from <= time && (!to || time <= *to)) input.crls.push_back(der);
        }
        const auto store = TrustStore::make(input);
        if (!store) return {TrustStatus::malformed, store.error().detail, "", "", ""};
        return (*store)->judge(certificate, {}, Usage::message_signing, time);
    }

    bool holds_crl_of(const Bytes& der, TimePoint time, std::string& name) const {
        const auto certificate = read_certificate(der);
        for (const auto& [digest, bytes] : bundle_.crls) {
            const auto crl = read_crl(bytes);
            if (!crl || !certificate ||
                X509_NAME_cmp(X509_CRL_get_issuer(crl->get()), X509_get_issuer_name(certificate->get())) != 0)
                continue;
            const auto from = to_time(X509_CRL_get0_lastUpdate(crl->get()));
            const auto to = to_time(X509_CRL_get0_nextUpdate(crl->get()));
            name = crl_name(digest);
            if (from && *from <= time && (!to || time <= *to)) return true;
        }
        return false;
    }

    void examine(const Message& message) {
        const std::string name = message_name(message);
        if (message.content.empty()) {
            if (message.bytes > 0)
                checks_.unknown("message", name,
                                "the journal kept its digest only: who has the message compares SHA-256 " +
                                    to_hex(message.digest));
            return;
        }
        if (!message.whole()) {
            if (message.content.size() >= message.bytes)
                return checks_.broken("message", name, "it is not the message whose digest was recorded");
            checks_.unknown(
                "message", name,
                "the journal kept its Security header only: who has the message compares SHA-256 " +
                    to_hex(message.digest));
            return;
        }
        checks_.holds("message", name, "as recorded, SHA-256 " + to_hex(message.digest));
        examine_signature(message, name);
    }

    void examine_signature(const Message& message, const std::string& name) {
        const bool from_caller = message.kind == RecordKind::request;
        if (!from_caller && message.kind != RecordKind::response) return;  // it is no SOAP message
        if (from_caller && message.signer.empty())
            return checks_.unknown("signature", name, "the record names no signer");
        const auto finding = check_message(message.content, message.time, KnownCertificates(certificates_));
        if (finding.undecidable) return checks_.unknown("signature", name, finding.problem);
        if (!finding.claims) return checks_.broken("signature", name, finding.problem);
        const Bytes& signer = finding.claims->certificate;
        const std::string thumbprint = to_hex(sha256(ByteView(signer)));
        if (from_caller && thumbprint != message.signer)
            return checks_.broken(
                "signature", name,
                "signed by certificate " + thumbprint + ", the record names " + message.signer);
        checks_.holds("signature", name,
                      finding.claims->signature_algorithm + " by certificate " + thumbprint);
        examine_signer(signer, message, name);
    }

    void examine_signer(const Bytes& signer, const Message& message, const std::string& name) {
        const TrustVerdict verdict = judge(signer, message.time);
        const std::string at = " at " + format_utc(message.time);
        std::string crl;
        const bool current = holds_crl_of(signer, message.time, crl);
        if (verdict.status == TrustStatus::no_path)
            checks_.unknown(
                "certificate", name,
                verdict.subject + ": no given root vouches for it (" + verdict.reason + "); give --root");
        else if (!verdict)
            checks_.broken("certificate", name, verdict.subject + at + ": " + verdict.reason);
        else
            checks_.holds("certificate", name, verdict.subject + ", trusted" + at);
        if (!verdict) return;
        if (current)
            checks_.holds("revocation", crl, "in force" + at + ", does not list " + verdict.serial);
        else
            checks_.unknown("revocation", name,
                            "no CRL of its issuer that was in force" + at + " is in here");
    }

    const Bundle& bundle_;
    const VerifyInput& input_;
    Checks& checks_;
    const std::vector<Bytes> certificates_;
};

}  // namespace

bool Evidence::intact() const {
    return first_fault() == nullptr;
}

const Check* Evidence::first_fault() const {
    const auto found = std::ranges::find(checks, Outcome::broken, &Check::outcome);
    return found == checks.end() ? nullptr : &*found;
}

Result<Evidence> verify_zip(const std::filesystem::path& zip, const VerifyInput& input) {
    Evidence evidence;
    Checks checks;
    HUTONG_ASSIGN(const auto bundle, read_bundle(zip, checks));
    if (bundle) {
        evidence.exchange = bundle->exchange;
        for (const BundleSegment& segment : bundle->segments) evidence.records += segment.records.size();
        Examination(*bundle, input, checks).run();
    }
    evidence.checks = checks.all();
    return evidence;
}

}  // namespace hutong::security::evidence
