// The Merkle tree against the definition of RFC 9162, word by word, and its proofs against every change.
#include "security/journal/merkle.hpp"

#include <future>
#include <thread>

#include <cppunit/extensions/HelperMacros.h>

#include "fixture.hpp"
#include "security/journal/segment_reader.hpp"

using namespace hutong;
using namespace hutong::security;
using namespace hutong::security::journal;
using namespace hutong::security::test;

class MerkleTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MerkleTest);
    CPPUNIT_TEST(roots_are_those_of_the_definition);
    CPPUNIT_TEST(every_leaf_of_every_tree_is_proven);
    CPPUNIT_TEST(altered_proofs_lead_elsewhere);
    CPPUNIT_TEST(a_segment_is_sealed_with_its_root);
    CPPUNIT_TEST(sealing_on_request_by_age_at_the_end_and_after_a_crash);
    CPPUNIT_TEST(segments_of_version_1_are_read);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;

    static std::vector<Sha256Digest> digests(std::size_t count) {
        std::vector<Sha256Digest> all;
        for (std::size_t i = 0; i < count; ++i) all.push_back(sha256("frame " + std::to_string(i)));
        return all;
    }
    // MTH(D[n]) as the standard writes it, with strings.
    static std::string defined(const std::vector<Sha256Digest>& d, std::size_t first, std::size_t count) {
        const auto hash = [](const std::string& text) {
            const auto digest = sha256(text);
            return std::string(as_text(digest));
        };
        if (count == 0) return hash("");
        if (count == 1) return hash(std::string(1, '\0') + std::string(as_text(d[first])));
        std::size_t k = 1;
        while (k * 2 < count) k *= 2;
        return hash("\1" + defined(d, first, k) + defined(d, first + k, count - k));
    }

    void roots_are_those_of_the_definition() {
        const auto all = digests(70);
        MerkleTree tree;
        for (std::size_t size = 0; size <= all.size(); ++size) {
            CPPUNIT_ASSERT_EQUAL(std::uint64_t{size}, tree.size());
            CPPUNIT_ASSERT_EQUAL(to_hex(as_bytes(defined(all, 0, size))), to_hex(tree.root()));
            if (size < all.size()) tree.add(all[size]);
        }
    }

    void every_leaf_of_every_tree_is_proven() {
        const auto all = digests(40);
        MerkleTree tree;
        for (std::uint64_t size = 1; size <= all.size(); ++size) {
            tree.add(all[size - 1]);
            for (std::uint64_t index = 0; index < size; ++index) {
                const auto path = inclusion_path(all, index, size);
                CPPUNIT_ASSERT(root_by_path(all[index], index, size, path) == tree.root());
            }
        }
    }

    void altered_proofs_lead_elsewhere() {
        const auto all = digests(13);
        MerkleTree tree;
        for (const auto& digest : all) tree.add(digest);
        const std::uint64_t index = 6;
        const auto path = inclusion_path(all, index, all.size());
        CPPUNIT_ASSERT(root_by_path(all[7], index, all.size(), path) != tree.root());
        CPPUNIT_ASSERT(root_by_path(all[index], 7, all.size(), path) != tree.root());
        CPPUNIT_ASSERT(!root_by_path(all[index], 13, all.size(), path));
        CPPUNIT_ASSERT(!root_by_path(all[index], index, 40, path));
        auto longer = path, shorter = path, other = path;
        longer.push_back(all[0]);
        shorter.pop_back();
        other[1][5] ^= 1;
        CPPUNIT_ASSERT(!root_by_path(all[index], index, all.size(), longer));
        CPPUNIT_ASSERT(!root_by_path(all[index], index, all.size(), shorter));
        CPPUNIT_ASSERT(root_by_path(all[index], index, all.size(), other) != tree.root());
    }

    static Seal seal_of(const std::filesystem::path& folder, std::uint64_t number) {
        auto reader = SegmentReader::open({number, segment_path(folder, number)}).value();
        Frame frame;
        Seal seal;
        std::vector<Sha256Digest> leaves{sha256(reader.start_frame().bytes)};
        while (reader.next(frame) == SegmentReader::Step::frame) {
            if (frame.type == FrameType::seal)
                seal = decode_seal(frame.body).value();
            else
                leaves.push_back(sha256(frame.bytes));
        }
        CPPUNIT_ASSERT(reader.sealed());
        CPPUNIT_ASSERT_EQUAL(to_hex(as_bytes(defined(leaves, 0, leaves.size()))), to_hex(seal.root));
        return seal;
    }

    void a_segment_is_sealed_with_its_root() {
        fill(folder_.path, 20);
        const Seal seal = seal_of(folder_.path, 2);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, seal.segment);
        CPPUNIT_ASSERT_EQUAL(std::string("node-1"), seal.node);
        CPPUNIT_ASSERT(seal.records > 1);
    }

    void sealing_on_request_by_age_at_the_end_and_after_a_crash() {
        auto options = small_options();
        options.segment_time = std::chrono::seconds(1);
        const auto wait_for_seal = [](Journal& journal) {
            std::promise<Result<std::uint64_t>> done;
            journal.seal([&](Result<std::uint64_t> sealed) { done.set_value(std::move(sealed)); });
            return done.get_future().get();
        };
        {
            const auto journal = open_journal(folder_.path, options);
            CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, wait_for_seal(*journal).value());  // there is no record
            append(*journal, make_record("e1")).value();
            CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, journal->head().frames);
            CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, wait_for_seal(*journal).value());
            CPPUNIT_ASSERT_EQUAL(std::uint64_t{3}, journal->head().frames);
            seal_of(folder_.path, 1);
            append(*journal, make_record("e2")).value();
            CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, journal->head().segment);
            for (int i = 0; i < 500 && journal->head().frames < 3; ++i)
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
            seal_of(folder_.path, 2);
            append(*journal, make_record("e3")).value();
        }
        seal_of(folder_.path, 3);
        std::filesystem::remove_all(folder_.path);
        fill_and_crash(folder_.path, 2);
        open_journal(folder_.path, options);
        seal_of(folder_.path, 1);
        CPPUNIT_ASSERT(verify_journal(folder_.path).value().intact);
    }

    // A start frame and a seal as version 1 of the format had them, written field by field.
    void segments_of_version_1_are_read() {
        Bytes file;
        Sha256Digest chain{};
        const auto frame = [&](FrameType type, std::uint32_t salt, const auto& write) {
            Bytes bytes;
            const auto begin = begin_frame(bytes, type);
            write(bytes);
            end_frame(bytes, begin);
            stamp(bytes, 0, 0, salt, chain);
            file.insert(file.end(), bytes.begin(), bytes.end());
        };
        Start start;
        start.version = 1;
        start.created = 1;
        start.salt = 77;
        start.node = "node-1";
        frame(FrameType::start, 0, [&](Bytes& out) { encode(start, out); });
        const Sha256Digest head = chain;
        frame(FrameType::seal, 77, [&](Bytes& out) {
            encode(Seal{1, 0, 0, 1, head, {}, {}}, out);
            CPPUNIT_ASSERT_EQUAL(std::size_t{frame_header_bytes + 1 + 8 + 8 + 32}, out.size());
        });
        write_file(folder_.path / "00000001.seg", as_text(file));
        CPPUNIT_ASSERT_EQUAL(std::string(), verify_journal(folder_.path).value().first_fault);
        append(*open_journal(folder_.path), make_record("e1")).value();
        const auto report = verify_journal(folder_.path).value();
        CPPUNIT_ASSERT(report.intact);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, report.segments);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MerkleTest);
