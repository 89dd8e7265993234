#include "security/evidence/verify_zip.hpp"

#include <algorithm>

#include "security/evidence/container.hpp"
#include "security/evidence/digest_check.hpp"
#include "security/evidence/message_check.hpp"
#include "security/timestamp/authority.hpp"
#include "security/timestamp/timestamp.hpp"
#include "security/trust/trust_domains.hpp"
#include "security/trust/trust_store.hpp"
#include "security/trust/x509.hpp"
#include "security/xmldsig/algorithm_names.hpp"

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
        : bundle_(bundle),
          input_(input),
          checks_(checks),
          certificates_(values(bundle.certificates)),
          trust_(trust_of(bundle)) {
        // A process knows the names of one configuration only; with those of another already in use, what
        // depends on them is not checked.
        if (trust_ && trust_->domains && use_algorithm_names(*trust_->domains))
            domains_.emplace(*trust_->domains);
    }

    // What nobody vouches for; empty: nothing. A timestamp says when and not who: anybody can make a chain
    // with a seal and have it stamped.
    std::string run() {
        std::string unproven;
        for (const BundleSegment& segment : bundle_.segments) {
            const auto stamped = examine_timestamp(segment);
            if (examine_head(segment, stamped) && segment.root_of != RootOf::nothing) continue;
            if (unproven.empty())
                unproven = "segment " + std::to_string(segment.number) +
                           " is not under its node's signature, so anybody could have made it";
        }
        for (const Message& message : messages_of(bundle_)) examine(message);
        return unproven;
    }

  private:
    // Without a seal there is nothing it could be of. The time, where an authority that counts vouches for
    // it.
    std::optional<TimePoint> examine_timestamp(const BundleSegment& segment) {
        const std::string name = timestamp_name(segment.number);
        if (segment.timestamp.empty()) {
            if (segment.root_of != RootOf::seal)
                checks_.unknown("timestamp", name, "the segment was not sealed yet when this was exported");
            else
                checks_.unknown("timestamp", name, "the seal was not timestamped yet when this was exported");
            return std::nullopt;
        }
        const auto read = [&](const std::vector<Bytes>& anchors) {
            return read_timestamp(segment.timestamp, {sha256(ByteView(segment.seal)), std::nullopt, anchors,
                                                      certificates_, values(bundle_.crls)});
        };
        // Who may speak for the platform is the platform's root's to say, and nobody else's.
        auto stamp = read(input_.roots);
        const bool own = stamp && stamp->policy == self_attested_policy;
        if (stamp && !own) stamp = read(input_.tsa_roots);
        if (!stamp) {
            checks_.broken("timestamp", name, stamp.error().detail);
            return std::nullopt;
        }
        const std::string said = "sealed before " + format_utc(stamp->time) + ", says " + stamp->tsa;
        if (stamp->trusted)
            checks_.holds("timestamp", name,
                          said + (own ? " (self-attested: the platform's own authority)" : ""));
        else if (stamp->distrust.find("revoked") != std::string::npos)
            checks_.broken("timestamp", name, said + ": " + stamp->distrust);
        else
            checks_.unknown("timestamp", name,
                            said + ", whom no given root vouches for (" + stamp->distrust + "); give " +
                                (own ? "--root" : "--tsa-root"));
        return stamp->trusted ? std::optional(stamp->time) : std::nullopt;
    }

    // Whether the node's signature stands under all that is proven of this segment. `stamped`: when its seal
    // was, which is not the node's to say.
    bool examine_head(const BundleSegment& segment, std::optional<TimePoint> stamped) {
        if (!segment.head) {
            checks_.unknown("head", head_name(segment.number),
                            "the node had not signed a head of this segment");
            return false;
        }
        const std::string name = head_name(segment.number);
        const auto statement = head_from_text(segment.head->text);
        if (!statement) {
            checks_.broken("head", name, statement.error().detail);
            return false;
        }
        if (statement->head.segment != segment.number) {
            checks_.broken("head", name, "it is of segment " + std::to_string(statement->head.segment));
            return false;
        }
        const auto signer = find_signer(*segment.head, *statement, stamped);
        if (!signer) {
            checks_.broken(
                "head",
                signer.error().code == ErrorCode::not_found ? head_signature_name(segment.number) : name,
                signer.error().detail);
            return false;
        }
        const std::string said = "signed by " + *signer + " at " + format_utc(statement->time);
        if (statement->head.frames < segment.size) {
            checks_.unknown("head", name,
                            said + ", when the segment had " + std::to_string(statement->head.frames) +
                                " frames: it says nothing of the " + std::to_string(segment.size) +
                                " that are proven here");
            return false;
        }
        if (node_.empty()) node_ = statement->node;
        if (statement->node != node_) {
            checks_.broken("head", name,
                           "it is node " + statement->node + "'s, others here are " + node_ + "'s");
            return false;
        }
        checks_.holds("head", name, said);
        if (stamped && std::chrono::abs(*stamped - statement->time) > clock_differences)
            checks_.unknown("head", name,
                            "it says that it was signed at " + format_utc(statement->time) +
                                ", and the timestamp of the seal is of " + format_utc(*stamped) +
                                ": nothing proves the time that it says");
        return true;
    }

    // The subject of the node's certificate that made the signature, found among those that are here. Errors:
    // not_found: none made it; refused: who made it is not this node, or not to be believed. Who has a key
    // that was revoked can date his signature back, but not the timestamp: so it must have been good then
    // too.
    Result<std::string> find_signer(const SignedHead& head, const HeadStatement& statement,
                                    std::optional<TimePoint> stamped) const {
        Error why{ErrorCode::not_found, "no certificate in here made this signature"};
        for (const Bytes& der : certificates_) {
            if (!signature_holds({head.text, head.signature, {der}})) continue;
            const auto verdict = judge(der, statement.time, input_.roots);
            if (const auto speaks = speaks_for_node(statement, der, verdict); !speaks)
                why = speaks.error();
            else if (stamped && judge(der, *stamped, input_.roots).status == TrustStatus::revoked)
                why = refused("signed by " + verdict.subject + ", it says at " + format_utc(statement.time) +
                              ", and revoked when the seal was timestamped at " + format_utc(*stamped));
            else
                return verdict.subject;
        }
        return why;
    }

    static bool in_force(const X509_CRL* crl, TimePoint time) {
        const auto from = to_time(X509_CRL_get0_lastUpdate(crl)), to = to_time(X509_CRL_get0_nextUpdate(crl));
        return from && *from <= time + clock_differences && (!to || time <= *to);
    }

    // CRLs of other times say nothing about that one.
    TrustVerdict judge(const Bytes& certificate, TimePoint time, const std::vector<Bytes>& anchors) const {
        TrustInput input;
        input.anchors = anchors;
        input.intermediates = certificates_;
        if (trust_ && trust_->domains) input.domains = *trust_->domains;
        for (const auto& [digest, der] : bundle_.crls) {
            const auto crl = read_crl(der);
            if (crl && in_force(crl->get(), time)) input.crls.push_back(der);
        }
        const auto store = TrustStore::make(input);
        if (!store) return {TrustStatus::malformed, store.error().detail, "", "", ""};
        return (*store)->judge(certificate, {}, Usage::message_signing, time);
    }

    // Signed with SM2 by an id that the journal of then does not name.
    bool by_unknown_id(const Bytes& der, const TrustVerdict& verdict) const {
        const bool by_signature =
            verdict.status == TrustStatus::bad_signature || verdict.status == TrustStatus::revoked;
        const auto certificate = read_certificate(der);
        return by_signature && !(trust_ && trust_->domains) && certificate &&
               X509_get_signature_nid(certificate->get()) == NID_SM2_with_SM3 && !verdict.revoked_at;
    }

    bool holds_crl_of(const Bytes& der, TimePoint time, std::string& name) const {
        const auto certificate = read_certificate(der);
        for (const auto& [digest, bytes] : bundle_.crls) {
            const auto crl = read_crl(bytes);
            if (!crl || !certificate ||
                X509_NAME_cmp(X509_CRL_get_issuer(crl->get()), X509_get_issuer_name(certificate->get())) != 0)
                continue;
            name = crl_name(digest);
            if (in_force(crl->get(), time)) return true;
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

    MessageFinding checked(const Message& message, const std::optional<TrustDomains>& domains) const {
        return check_message(message.content, message.time, KnownCertificates(certificates_),
                             domains ? &*domains : nullptr);
    }

    // An answer is written as the trust domain of its receiver has agreed; older versions wrote all alike.
    MessageFinding checked_answer(const Message& answer) const {
        MessageFinding finding = checked(answer, domains_);
        if (finding.claims || finding.undecidable || !domains_) return finding;
        for (const Message& request : messages_of(bundle_)) {
            const auto signer = bundle_.certificates.find(request.signer);
            if (request.kind != RecordKind::request || signer == bundle_.certificates.end()) continue;
            const auto domain = domains_->of_certificate(signer->second);
            if (domain.has_error()) continue;
            config::TrustDomain of_all = **domain;
            of_all.issuers.clear();
            MessageFinding found = checked(answer, TrustDomains({{"receiver", of_all}}));
            if (found.claims) return found;
        }
        return finding;
    }

    void examine_signature(const Message& message, const std::string& name) {
        const bool from_caller = message.kind == RecordKind::request;
        if (!from_caller && message.kind != RecordKind::response) return;  // it is no SOAP message
        if (from_caller && message.signer.empty())
            return checks_.unknown("signature", name, "the record names no signer");
        const auto finding = from_caller ? checked(message, domains_) : checked_answer(message);
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
        std::vector<Bytes> anchors = input_.roots;
        const bool from_caller = message.kind == RecordKind::request;
        if (from_caller)
            anchors.insert(anchors.end(), input_.caller_roots.begin(), input_.caller_roots.end());
        const TrustVerdict verdict = judge(signer, message.time, anchors);
        const std::string at = " at " + format_utc(message.time);
        if (verdict.status == TrustStatus::no_path)
            checks_.unknown("certificate", name,
                            verdict.subject + ": no given root vouches for it (" + verdict.reason +
                                "); give " + (from_caller ? "--caller-root" : "--root"));
        else if (!verdict && by_unknown_id(signer, verdict))
            checks_.unknown("certificate", name,
                            verdict.subject +
                                ": its CA signs with SM2, and the journal does not say by which "
                                "id: " +
                                verdict.reason);
        else if (!verdict)
            checks_.broken("certificate", name, verdict.subject + at + ": " + verdict.reason);
        else
            checks_.holds("certificate", name, verdict.subject + ", trusted" + at);
        if (!verdict) return;
        const bool answered = from_caller && examine_answer(signer, message, name);
        std::string crl;
        if (holds_crl_of(signer, message.time, crl))
            checks_.holds("revocation", crl, "in force" + at + ", does not list " + verdict.serial);
        else if (!answered)
            checks_.unknown("revocation", name,
                            "no CRL of its issuer that was in force" + at + " is in here");
    }

    // The signer's CA where it had to answer by OCSP, and how long an answer counted beyond its end.
    struct Responder {
        Bytes ca;
        std::chrono::hours grace;
        std::string sm2_id;
    };
    std::optional<Responder> responder_for(const Bytes& signer) const {
        if (!trust_) return std::nullopt;
        for (const auto& [thumbprint, grace] : trust_->ocsp) {
            const auto ca = bundle_.certificates.find(thumbprint);
            if (ca == bundle_.certificates.end()) continue;
            const TrustDomains& domains = domains_ ? *domains_ : default_trust_domains();
            const auto id = domains.id_of_authority(ca->second);
            if (id && issued_by(signer, ca->second, *id)) return Responder{ca->second, grace, *id};
        }
        return std::nullopt;
    }

    // False: nobody had to answer by OCSP.
    bool examine_answer(const Bytes& signer, const Message& message, const std::string& name) {
        const auto responder = responder_for(signer);
        if (!responder) return false;
        const std::string thumbprint = to_hex(sha256(ByteView(signer)));
        const auto answers = answers_of(bundle_);
        const auto answer = answers.find(thumbprint);
        if (answer == answers.end()) {
            checks_.unknown("revocation", name, "its CA had to answer by OCSP, and no answer is in here");
            return true;
        }
        const auto found =
            check_foreign_answer(answer->second, signer, responder->ca, message.time, {},
                                 crl_of(responder->ca, message.time), responder->sm2_id, responder->grace);
        const std::string part = answer_name(thumbprint);
        if (!found)
            checks_.broken("revocation", part, found.error().detail);
        else if (found->state != ForeignState::good)
            checks_.broken("revocation", part,
                           "its CA answered by OCSP: " + std::string(to_string(found->state)));
        else
            checks_.holds("revocation", part,
                          "its CA answered by OCSP at " + format_utc(found->this_update) + ": good");
        return true;
    }

    // The CA's own list that was in force; empty: none is here.
    Bytes crl_of(const Bytes& ca, TimePoint time) const {
        const auto issuer = read_certificate(ca);
        for (const auto& [digest, der] : bundle_.crls) {
            const auto crl = read_crl(der);
            if (issuer && crl && in_force(crl->get(), time) &&
                X509_NAME_cmp(X509_CRL_get_issuer(crl->get()), X509_get_subject_name(issuer->get())) == 0)
                return der;
        }
        return {};
    }

    const Bundle& bundle_;
    const VerifyInput& input_;
    Checks& checks_;
    const std::vector<Bytes> certificates_;
    const std::optional<TrustStatement> trust_;
    std::optional<TrustDomains> domains_;
    std::string node_;  // whose journal it is, once a head says so
};

}  // namespace

Standing Evidence::standing() const {
    if (first_fault()) return Standing::broken;
    if (!unproven.empty()) return Standing::not_proven;
    return container.empty() ? Standing::intact : Standing::repacked;
}

const Check* Evidence::first_fault() const {
    const auto found = std::ranges::find(checks, Outcome::broken, &Check::outcome);
    return found == checks.end() ? nullptr : &*found;
}

Result<Evidence> verify_zip(const std::filesystem::path& zip, const VerifyInput& input) {
    Evidence evidence;
    Checks checks;
    HUTONG_ASSIGN(const BundleReading reading, read_bundle(zip, checks, input.most_bytes));
    HUTONG_ASSIGN(const auto deviation, check_container(zip));
    if (deviation) {
        const std::string part = deviation->part.empty() ? zip.filename().string() : deviation->part;
        checks.differs("container", part, deviation->detail);
        evidence.container = part + ": " + deviation->detail;
    }
    if (const auto& bundle = reading.bundle) {
        evidence.exchange = bundle->exchange;
        for (const BundleSegment& segment : bundle->segments) evidence.records += segment.records.size();
        evidence.unproven = Examination(*bundle, input, checks).run();
    }
    check_digests(reading.mismatched, checks);
    evidence.checks = checks.all();
    return evidence;
}

}  // namespace hutong::security::evidence
