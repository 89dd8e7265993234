// A platform with a journal in which an exchange is, to be exported and altered.
#pragma once

#include <cstdlib>
#include <map>

#include <cppunit/extensions/HelperMacros.h>

#include "security/evidence/container.hpp"
#include "security/evidence/export.hpp"
#include "security/evidence/verify_zip.hpp"
#include "security/journal/beside.hpp"
#include "security/journal/segment_walk.hpp"
#include "security/timestamp/authority.hpp"
#include "security/timestamp/timestamp.hpp"
#include "tests/unit/evidence/platform.hpp"

namespace hutong::security::test {

using namespace evidence;
using evidence::Outcome;

class ExportFixture : public CppUnit::TestFixture {
  public:
    void setUp() override {
        node_key_ = platform_.make_key("node", Profile::gateway_signing, "gateway node-1");
        tsa_key_ = platform_.make_key("tsa", Profile::tsa, "timestamps of node-1");
    }

  protected:
    TemporaryFolder folder_;
    const Home home_{folder_.path / "home"};
    const std::string request_ = "<Envelope>统一社会信用代码 91110000</Envelope>" + std::string(3000, ' ');
    const Platform platform_{home_};
    std::shared_ptr<const SigningKey> node_key_;
    std::shared_ptr<const SigningKey> tsa_key_;

    std::filesystem::path zip() const { return folder_.path / "export.zip"; }
    std::filesystem::path unpacked() const { return folder_.path / "unpacked"; }
    void shell(const std::string& command) const {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(command, 0, std::system((command + " >/dev/null 2>&1").c_str()));
    }

    // As the daemon does it: each sealed segment gets its timestamp and its head. `later`: the timestamp.
    void finish_segments(std::chrono::minutes later = std::chrono::minutes(0)) {
        const TimestampAuthority tsa = std::move(TimestampAuthority::make(tsa_key_).value());
        for (const auto& file : journal::list_segments(home_.journal()).value()) {
            auto reader = journal::SegmentReader::open(file).value();
            journal::Frame frame;
            Bytes seal;
            while (reader.next(frame) == journal::SegmentReader::Step::frame)
                if (frame.type == journal::FrameType::seal)
                    seal.assign(frame.bytes.data(), frame.bytes.data() + frame.size());
            const JournalHead head{file.number, reader.tree().size(), reader.sequence(), reader.chain(),
                                   reader.tree().root()};
            write_head(head);
            if (seal.empty()) continue;
            const Bytes query = timestamp_query(sha256(ByteView(seal)), random_bytes(8));
            journal::write_beside(journal::timestamp_path(home_.journal(), file.number),
                                  tsa.answer(query, system_clock().now() + later).value())
                .value();
        }
    }
    void write_head(const JournalHead& head) {
        const auto line = to_line(sign_head({"node-1", system_clock().now(), head}, *node_key_).value());
        journal::write_beside(journal::head_path(home_.journal(), head.segment), as_bytes(line)).value();
    }

    // The exchange's request in three records, others' records between them, its answer in a later segment;
    // and before it what was believed.
    void write_records(Journal& journal) {
        write_records(journal, platform_.authority().make_crl({}, 1).value());
    }
    void write_records(Journal& journal, const Bytes& crl) {
        TrustHistory trust(home_.journal(), journal);
        trust.note({{platform_.authority().root(), platform_.authority().issuing()}, {crl}, {}}).value();
        const auto others = [&](int count) {
            for (int i = 0; i < count; ++i)
                append(journal, make_record("other", "somebody else's secret")).value();
        };
        others(3);
        for (const std::size_t at : {0u, 1000u, 2000u}) {
            others(2);
            Record piece = make_record("mine", request_.substr(at, at == 2000u ? std::string::npos : 1000u));
            piece.kind = RecordKind::content;
            piece.outcome = "request";
            append(journal, piece).value();
        }
        Record head = make_record("mine", request_);
        head.content.clear();
        head.signer.clear();
        append(journal, head).value();
        others(20);
        Record answer = make_record("mine",
                                    "<Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\"><Body>"
                                    "answer</Body></Envelope>");
        answer.kind = RecordKind::response;
        answer.signer.clear();
        answer.reason = "\xff\xfe not UTF-8";
        append(journal, answer).value();
        others(1);
    }
    void make_export() {
        write_records(*open_journal(home_.journal()));
        finish_segments();
        write_zip(collect(home_.journal(), "mine").value(), zip()).value();
    }
    void unpack() const {
        shell("/usr/bin/python3 -m zipfile -e " + zip().string() + " " + unpacked().string());
    }
    // As the exporter packs it.
    void pack() const {
        auto writer = ContainerWriter::create(zip()).value();
        std::map<std::string, std::string> files;
        for (const auto& part : parts()) files[std::filesystem::relative(part, unpacked())] = read_file(part);
        const auto manifest = files.extract("manifest.json");
        writer.add(manifest.key(), as_bytes(manifest.mapped())).value();
        for (const auto& [name, content] : files) writer.add(name, as_bytes(content)).value();
        writer.finish().value();
    }
    // As any other program does.
    void pack_elsewhere() const {
        shell("cd " + unpacked().string() +
              " && rm -f ../export.zip && /usr/bin/python3 -m zipfile -c ../export.zip *");
    }
    Evidence verify() const { return verify_zip(zip(), {{platform_.authority().root()}, {}}).value(); }
    static std::string text_of(const Evidence& evidence) {
        std::string text;
        for (const Check& check : evidence.checks)
            text += std::to_string(static_cast<int>(check.outcome)) + " " + check.what + " " + check.part +
                    " " + check.detail + "\n";
        return text;
    }
    static std::size_t count(const Evidence& evidence, Outcome outcome, const std::string& what) {
        std::size_t found = 0;
        for (const Check& check : evidence.checks) found += check.outcome == outcome && check.what == what;
        return found;
    }
    std::vector<std::filesystem::path> parts() const {
        std::vector<std::filesystem::path> all;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(unpacked()))
            if (entry.is_regular_file()) all.push_back(entry.path());
        return all;
    }
};

}  // namespace hutong::security::test
