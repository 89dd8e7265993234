#include "security/evidence/bundle_reader.hpp"

#include <algorithm>
#include <set>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include "security/evidence/zip.hpp"
#include "security/journal/record_codec.hpp"
#include "security/keys/pem.hpp"

namespace hutong::security::evidence {

namespace {

using namespace journal;
using Files = std::map<std::string, Bytes>;

// What becomes a tree in memory: some 20 bytes for each of its own.
constexpr std::size_t longest_json = 32u << 20;
constexpr std::size_t most_files = 100'000;

// The files that the manifest names, each with the digest it names.
class Manifest {
  public:
    Manifest(const ZipReader& zip, Checks& checks, std::uint64_t most_bytes)
        : zip_(zip), checks_(checks), most_(most_bytes), left_(most_bytes) {}

    bool read() {
        const auto text = zip_.read("manifest.json", longest_json);
        if (!text) return fail(text.error().detail);
        boost::system::error_code error;
        const auto json = boost::json::parse(as_text(*text), error);
        if (error || !json.is_object()) return fail("not JSON: " + error.message());
        const auto& object = json.get_object();
        const auto* const format = object.if_contains("format");
        if (!format || *format != boost::json::value(bundle_format))
            return fail("this program knows format 2 of exports only");
        const auto* const exchange = object.if_contains("exchange");
        const auto* const files = object.if_contains("files");
        if (!exchange || !exchange->is_string() || !files || !files->is_object() || object.size() != 3 ||
            boost::json::serialize(json) != as_text(*text))
            return fail("it is not written as an export's manifest is");
        exchange_ = std::string(exchange->get_string());
        return read_files(files->get_object());
    }

    const std::string& exchange() const { return exchange_; }
    const Files& files() const { return files_; }
    const std::vector<std::string>& mismatched() const { return mismatched_; }

  private:
    bool fail(const std::string& why) {
        checks_.broken("manifest", "manifest.json", why);
        return false;
    }

    Result<Bytes> read_file(const std::string& name) {
        const bool tree = name == "proofs.json";
        auto content = zip_.read(name, std::min<std::uint64_t>(left_, tree ? longest_json : left_));
        if (content) left_ -= content->size();
        return content;
    }

    // False: it is not to be unpacked any further.
    bool read_files(const boost::json::object& named) {
        const std::vector<std::string> names = zip_.names();
        const std::set<std::string> there(names.begin(), names.end());
        std::set<std::string> seen{"manifest.json"};
        for (const auto& [key, digest] : named) {
            const std::string name(key);
            seen.insert(name);
            if (!there.contains(name)) {
                fail("it names " + name + ", which is not in the zip: it was taken out, or this was changed");
                continue;
            }
            auto content = read_file(name);
            if (!content && content.error().code == ErrorCode::limit) {
                checks_.broken("file", name,
                               "unpacked, the zip is larger than the " + std::to_string(most_ >> 20) +
                                   " MiB that are allowed (proofs.json: 32 MiB): if it may be so large, "
                                   "give --most-mib");
                return false;
            }
            if (!content) {
                checks_.broken("file", name, content.error().detail);
                continue;
            }
            if (!digest.is_string() || digest.get_string() != to_hex(sha256(ByteView(*content))))
                mismatched_.push_back(name);
            files_.emplace(name, std::move(*content));
        }
        std::set<std::string> once;
        for (const std::string& name : names) {
            if (name.ends_with('/')) continue;  // a folder, as other programs pack them
            if (!seen.contains(name))
                checks_.broken("file", name,
                               "manifest.json does not name it: it was put in, or manifest.json was changed");
            if (!once.insert(name).second)
                checks_.broken("file", name, "the zip has two entries of this name");
        }
        return true;
    }

    const ZipReader& zip_;
    Checks& checks_;
    const std::uint64_t most_;
    std::uint64_t left_;
    std::string exchange_;
    Files files_;
    std::vector<std::string> mismatched_;
};

Sha256Digest digest_from(std::string_view hex) {
    Sha256Digest digest{};
    const auto bytes = from_hex(hex);
    if (!bytes || bytes->size() != digest.size()) throw std::invalid_argument("not a SHA-256 in hex");
    std::ranges::copy(*bytes, digest.begin());
    return digest;
}

RootOf root_from(std::string_view text) {
    for (const RootOf root : {RootOf::seal, RootOf::head, RootOf::nothing})
        if (text == to_string(root)) return root;
    throw std::invalid_argument("unknown kind of root");
}

// One segment's part: leads every frame up to the root, and judges the root.
class SegmentReading {
  public:
    SegmentReading(const Files& files, Checks& checks, std::uint64_t number)
        : files_(files), checks_(checks) {
        segment_.number = number;
    }

    void take(const std::string& name, const boost::json::object& proof) {
        ProvenFrame frame;
        frame.index = boost::json::value_to<std::uint64_t>(proof.at("index"));
        for (const auto& hash : proof.at("path").as_array())
            frame.path.push_back(digest_from(hash.as_string()));
        const auto size = boost::json::value_to<std::uint64_t>(proof.at("size"));
        const RootOf root_of = root_from(proof.at("root").as_string());
        if (!named_.empty() && (size != segment_.size || root_of != segment_.root_of))
            checks_.broken("proof", name, "it leads to another root than the rest of its segment");
        segment_.size = size;
        segment_.root_of = root_of;
        named_.emplace_back(name, std::move(frame));
    }

    BundleSegment finish() {
        read_seal();
        read_head();
        if (const auto* stamp = find(timestamp_name(segment_.number))) segment_.timestamp = *stamp;
        const auto root = expected_root();
        for (auto& [name, proof] : named_) read_frame(name, std::move(proof), root);
        std::ranges::sort(segment_.records, {},
                          [](const BundleRecord& record) { return record.proof.index; });
        return std::move(segment_);
    }

  private:
    const Bytes* find(const std::string& name) const {
        const auto found = files_.find(name);
        return found == files_.end() ? nullptr : &found->second;
    }

    // A seal frame's checksum needs the salt, which the start frame has.
    std::uint32_t salt() const {
        const auto* const start = find(start_name(segment_.number));
        Frame frame;
        std::string why;
        if (!start || parse_frame(*start, 0, frame, why) != Parsed::whole) return 0;
        const auto decoded = decode_start(frame.body);
        return decoded ? decoded->salt : 0;
    }

    void read_seal() {
        const std::string name = seal_name(segment_.number);
        const auto* const bytes = find(name);
        if (!bytes) return;
        segment_.seal = *bytes;
        Frame frame;
        std::string why = "incomplete";
        if (parse_frame(*bytes, salt(), frame, why) != Parsed::whole || frame.type != FrameType::seal ||
            frame.size() != bytes->size())
            return checks_.broken("seal", name, "not a seal: " + why);
        const auto seal = decode_seal(frame.body);
        if (!seal) return checks_.broken("seal", name, seal.error().detail);
        if (extend_chain(seal->head, sha256(frame.bytes)) != frame.stored_chain)
            return checks_.broken("seal", name, "its chain value does not fit");
        if (seal->version < 2 || seal->segment != segment_.number || seal->records + 1 != segment_.size)
            return checks_.broken("seal", name, "it is another segment's");
        seal_ = *seal;
        seal_chain_ = frame.stored_chain;
        checks_.holds("seal", name,
                      std::to_string(seal->records) + " records of node " + seal->node + ", sealed " +
                          format_utc(from_nanoseconds(seal->created)));
    }

    void read_head() {
        const std::string name = head_name(segment_.number);
        const auto* const text = find(name);
        if (!text) return;
        SignedHead head{std::string(as_text(*text)), {}, {}};
        if (const auto* const signature = find(head_signature_name(segment_.number)))
            head.signature = *signature;
        if (const auto statement = head_from_text(head.text)) {
            head_ = *statement;
            if (seal_ && !fits(head_->head))
                checks_.broken("head", name, "it does not say what the seal says");
        }
        segment_.head = std::move(head);
    }

    // A head taken right before the seal, or right after it.
    bool fits(const JournalHead& head) const {
        if (head.frames == seal_->records + 1) return head.chain == seal_->head && head.root == seal_->root;
        if (head.frames == seal_->records + 2) return head.chain == seal_chain_;
        return head.frames < seal_->records + 1;  // an older one proves nothing here
    }

    std::optional<Sha256Digest> expected_root() {
        if (segment_.root_of == RootOf::seal) {
            if (seal_) return seal_->root;
            checks_.broken("seal", seal_name(segment_.number), "the proofs lead to it and it is not good");
            return std::nullopt;
        }
        if (segment_.root_of == RootOf::head) {
            if (head_ && head_->head.frames == segment_.size) return head_->head.root;
            checks_.broken("head", head_name(segment_.number), "the proofs lead to it and it is not good");
            return std::nullopt;
        }
        checks_.unknown("proof", start_name(segment_.number),
                        "the segment is neither sealed nor under a signed head: nothing proves its records");
        return std::nullopt;
    }

    void read_frame(const std::string& name, ProvenFrame proof, const std::optional<Sha256Digest>& root) {
        const auto* const bytes = find(name);
        if (!bytes) return;  // said already
        proof.frame = *bytes;
        const bool is_start = name == start_name(segment_.number);
        Frame frame;
        std::string why = "incomplete";
        if (parse_frame(*bytes, is_start ? 0 : salt(), frame, why) != Parsed::whole ||
            frame.size() != bytes->size() || frame.type != (is_start ? FrameType::start : FrameType::record))
            return checks_.broken("proof", name, "not the frame it should be: " + why);
        if (root) {
            if (root_by_path(sha256(frame.bytes), proof.index, segment_.size, proof.path) != root)
                return checks_.broken("proof", name,
                                      "its path in proofs.json does not lead to the segment's root");
            checks_.holds("proof", name,
                          "frame " + std::to_string(proof.index) + " of " + std::to_string(segment_.size) +
                              " under the root of the " + std::string(to_string(segment_.root_of)));
        }
        if (is_start) return read_start(name, frame, std::move(proof));
        auto record = decode_record(frame.body);
        if (!record) return checks_.broken("proof", name, record.error().detail);
        if (name != frame_name(frame.sequence)) return checks_.broken("proof", name, "it has another number");
        segment_.records.push_back(
            {{{segment_.number, 0, frame.sequence}, frame.stored_chain, std::move(*record)},
             std::move(proof)});
    }

    void read_start(const std::string& name, const Frame& frame, ProvenFrame proof) {
        const auto start = decode_start(frame.body);
        if (!start) return checks_.broken("proof", name, start.error().detail);
        if (start->segment != segment_.number || proof.index != 0 || (seal_ && seal_->node != start->node) ||
            (head_ && head_->node != start->node))
            checks_.broken("proof", name, "it is another segment's or node's");
        segment_.start = std::move(proof);
    }

    const Files& files_;
    Checks& checks_;
    BundleSegment segment_;
    std::vector<std::pair<std::string, ProvenFrame>> named_;
    std::optional<Seal> seal_;
    Sha256Digest seal_chain_{};
    std::optional<HeadStatement> head_;
};

void read_objects(const Files& files, Bundle& bundle, Checks& checks) {
    for (const auto& [name, content] : files) {
        if (name.starts_with("certificates/")) {
            auto read = certificates_from_pem(as_text(content), name);
            const Bytes der = read && read->size() == 1 ? to_der(read->front().get()) : Bytes();
            const std::string thumbprint = to_hex(sha256(ByteView(der)));
            if (name != certificate_name(thumbprint) || as_text(content) != to_pem(der))
                checks.broken("certificate", name,
                              "it is not the certificate whose thumbprint it is named by, or not as it was "
                              "written");
            else
                bundle.certificates.emplace(thumbprint, der);
        } else if (name.starts_with("crls/")) {
            const std::string digest = to_hex(sha256(ByteView(content)));
            if (name != crl_name(digest))
                checks.broken("revocation", name, "it is not the CRL whose SHA-256 it is named by");
            else
                bundle.crls.emplace(digest, content);
        }
    }
}

// What the record of then names must be here, and nothing else may pass for it.
void check_trust(const Bundle& bundle, Checks& checks) {
    const auto trust = trust_of(bundle);
    if (!trust) {
        checks.unknown("revocation", "", "the journal does not say which CAs and CRLs were believed then");
        return;
    }
    for (const std::string& digest : trust->crls)
        if (!bundle.crls.contains(digest))
            checks.unknown("revocation", crl_name(digest), "it was believed then, and is not in here");
    for (const auto& [digest, der] : bundle.crls)
        if (std::ranges::find(trust->crls, digest) == trust->crls.end())
            checks.broken("revocation", crl_name(digest), "the journal does not name it as believed then");
}

// The parts that say again what the frames say, must say the same.
void check_copies(const Files& files, const Bundle& bundle, Checks& checks) {
    std::map<std::string, std::string> copies;
    copies["README.txt"] = readme(bundle);
    copies["proofs.json"] = boost::json::serialize(proofs_json(bundle));
    copies["records.json"] = boost::json::serialize(records_json(bundle));
    for (const Message& message : messages_of(bundle))
        if (!message.content.empty()) copies[message_name(message)] = message.content;
    for (const auto& [thumbprint, der] : answers_of(bundle))
        copies[answer_name(thumbprint)] = std::string(as_text(der));
    for (const auto& [name, content] : copies) {
        const auto found = files.find(name);
        if (found == files.end() || as_text(found->second) != content)
            checks.broken("copy", name, "it does not say what the records' frames say");
    }
    for (const auto& [name, content] : files)
        if ((name.starts_with("messages/") || name.starts_with("ocsp/")) && !copies.contains(name))
            checks.broken("copy", name, "there is no such message or answer in the records");
}

void read_segments(const Files& files, Bundle& bundle, Checks& checks) {
    const auto proofs = files.find("proofs.json");
    if (proofs == files.end()) return checks.broken("proof", "proofs.json", "it is missing");
    std::map<std::uint64_t, SegmentReading> segments;
    const auto json = boost::json::parse(as_text(proofs->second));
    std::set<std::string> proven;
    for (const auto& entry : json.as_array()) {
        const auto& proof = entry.as_object();
        const auto number = boost::json::value_to<std::uint64_t>(proof.at("segment"));
        const std::string name(proof.at("frame").as_string());
        segments.try_emplace(number, files, checks, number).first->second.take(name, proof);
        if (!proven.insert(name).second || !files.contains(name))
            checks.broken("proof", name, "proofs.json names it twice, or it is not in the zip");
    }
    for (auto& [number, reading] : segments) bundle.segments.push_back(reading.finish());
    for (const auto& [name, content] : files)
        if ((name.starts_with("records/") || name.ends_with(".start")) && !proven.contains(name))
            checks.broken("proof", name, "proofs.json has no path for it");
}

}  // namespace

Result<BundleReading> read_bundle(const std::filesystem::path& file, Checks& checks,
                                  std::uint64_t most_bytes) {
    const auto zip = ZipReader::open(file);
    if (!zip && zip.error().code == ErrorCode::unavailable) return zip.error();
    if (!zip) {
        checks.broken("file", file.filename().string(), zip.error().detail);
        return BundleReading();
    }
    Manifest manifest(*zip, checks, most_bytes);
    if (zip->names().size() > most_files || !manifest.read()) {
        if (checks.all().empty())
            checks.broken("file", file.filename().string(), "it has impossibly many entries");
        return BundleReading{std::nullopt, manifest.mismatched()};
    }
    Bundle bundle;
    bundle.exchange = manifest.exchange();
    try {
        read_segments(manifest.files(), bundle, checks);
    } catch (const std::exception& error) {  // Boost.JSON's word for a missing field or another type
        checks.broken("proof", "proofs.json",
                      std::string("a field is missing or of the wrong type: ") + error.what());
        return BundleReading{std::nullopt, manifest.mismatched()};
    }
    if (messages_of(bundle).empty())
        checks.broken("manifest", "manifest.json", "there is no record of exchange " + bundle.exchange);
    read_objects(manifest.files(), bundle, checks);
    check_trust(bundle, checks);
    check_copies(manifest.files(), bundle, checks);
    return BundleReading{std::move(bundle), manifest.mismatched()};
}

}  // namespace hutong::security::evidence
