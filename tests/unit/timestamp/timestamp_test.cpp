// What the built-in authority stamps, the openssl command verifies; what the openssl command stamps is read
// here.
#include "security/timestamp/timestamp.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <cppunit/extensions/HelperMacros.h>

#include "base/ids.hpp"
#include "security/keys/pem.hpp"
#include "security/timestamp/authority.hpp"

using namespace hutong;
using namespace hutong::security;
namespace fs = std::filesystem;

class TimestampTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TimestampTest);
    CPPUNIT_TEST(openssl_verifies_what_the_authority_stamps);
    CPPUNIT_TEST(our_own_check_agrees);
    CPPUNIT_TEST(openssl_stamps_are_read);
    CPPUNIT_TEST(bad_queries_are_refused_with_a_reason);
    CPPUNIT_TEST(a_flipped_byte_changes_nothing_that_is_believed);
    CPPUNIT_TEST(an_authority_is_believed_by_its_root_its_purpose_and_its_crl);
    CPPUNIT_TEST(a_certificate_that_may_not_stamp_is_refused);
    CPPUNIT_TEST_SUITE_END();

    const fs::path folder_ = fs::temp_directory_path() / ("hutong-tsa-" + new_uuid());
    const std::string data_ = "a seal, or anything else";
    const Sha256Digest imprint_ = sha256(data_);
    const Bytes nonce_ = from_hex("00ab12").value();

    std::string at(const std::string& name) const { return (folder_ / name).string(); }
    int shell(const std::string& command) const {
        return std::system(
            ("cd " + folder_.string() + " && umask 077 && (" + command + ") >>log 2>&1").c_str());
    }
    void must(const std::string& command) const {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(command + "\n" + read("log"), 0, shell(command));
    }
    std::string read(const std::string& name) const {
        std::ifstream in(folder_ / name, std::ios::binary);
        std::stringstream text;
        text << in.rdbuf();
        return text.str();
    }
    Bytes bytes(const std::string& name) const {
        const std::string text = read(name);
        return {text.begin(), text.end()};
    }
    void write(const std::string& name, std::string_view text) const {
        std::ofstream(folder_ / name, std::ios::binary)
            .write(text.data(), static_cast<std::streamsize>(text.size()));
    }
    Bytes der(const std::string& name) const {
        return to_der(certificates_from_pem(read(name), name).value().front().get());
    }

    // A root and, below it, NAME.key and NAME.pem with this extendedKeyUsage.
    void make_root() const {
        must(
            "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=root -keyout "
            "root.key "
            "-out root.pem -days 30");
    }
    void make(const std::string& name, const std::string& algorithm,
              const std::string& usage = "critical,timeStamping") const {
        write(name + ".ext",
              "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
              "extendedKeyUsage=" +
                  usage + "\n");
        must("openssl req -nodes -newkey " + algorithm + " -subj /CN=" + name + " -keyout " + name +
             ".key -out " + name + ".csr && openssl x509 -req -in " + name +
             ".csr -CA root.pem -CAkey root.key "
             "-CAcreateserial -days 20 -extfile " +
             name + ".ext -out " + name + ".pem");
    }
    TimestampAuthority authority(const std::string& name) const {
        return std::move(
            TimestampAuthority::make(load_pem_key(at(name + ".key"), at(name + ".pem")).value()).value());
    }
    TimestampInput input() const { return {imprint_, nonce_, {der("root.pem")}, {}, {}}; }
    Bytes stamped() const {
        return authority("tsa").answer(timestamp_query(imprint_, nonce_), system_clock().now()).value();
    }

  public:
    void setUp() override {
        fs::create_directory(folder_);
        make_root();
        make("tsa", "ec -pkeyopt ec_paramgen_curve:P-256");
    }
    void tearDown() override { fs::remove_all(folder_); }

    void openssl_verifies_what_the_authority_stamps() {
        make("rsa", "rsa:2048");
        write("data", data_);
        for (const std::string name : {"tsa", "rsa"})
            for (const std::string option : {"-cert", "", "-cert -no_nonce", "-sha512 -cert"}) {
                must("openssl ts -query -data data " + option + " -out query");
                const Bytes answer = authority(name).answer(bytes("query"), system_clock().now()).value();
                write("answer", as_text(answer));
                const std::string untrusted =
                    option.find("-cert") == std::string::npos ? " -untrusted " + name + ".pem" : "";
                must("openssl ts -verify -queryfile query -in answer -CAfile root.pem" + untrusted);
                must("openssl ts -verify -data data -in answer -CAfile root.pem" + untrusted);
                must("openssl ts -reply -in answer -text");
                must("test $(openssl asn1parse -inform DER -in answer | grep -c Error) = 0");
            }
        write("data", data_ + "!");
        CPPUNIT_ASSERT(shell("openssl ts -verify -data data -in answer -CAfile root.pem") != 0);
    }

    void our_own_check_agrees() {
        const auto stamp = read_timestamp(stamped(), input()).value();
        CPPUNIT_ASSERT_EQUAL(std::string(), stamp.distrust);
        CPPUNIT_ASSERT(stamp.trusted);
        CPPUNIT_ASSERT_EQUAL(std::string("CN=tsa"), stamp.tsa);
        CPPUNIT_ASSERT_EQUAL(std::string(self_attested_policy), stamp.policy);
        const auto age = system_clock().now() - stamp.time;
        CPPUNIT_ASSERT(age > std::chrono::seconds(-2) && age < std::chrono::seconds(60));
        auto other = input();
        other.nonce = from_hex("ab13").value();
        CPPUNIT_ASSERT(read_timestamp(stamped(), other).error().detail.find("nonce") != std::string::npos);
        other = input();
        other.imprint = sha256("something else");
        CPPUNIT_ASSERT(read_timestamp(stamped(), other).error().code == ErrorCode::corrupt);
    }

    void openssl_stamps_are_read() {
        write("conf",
              "[tsa]\nserial=serial\ncrypto_device=builtin\nsigner_digest=sha256\ndefault_policy=1.2.3.4\n"
              "digests=sha256\naccuracy=secs:1\n");
        write("query", as_text(timestamp_query(imprint_, nonce_)));
        must(
            "openssl ts -reply -config conf -section tsa -queryfile query -signer tsa.pem -inkey tsa.key "
            "-out answer");
        const auto stamp = read_timestamp(bytes("answer"), input()).value();
        CPPUNIT_ASSERT(stamp.trusted);
        CPPUNIT_ASSERT_EQUAL(std::string("1.2.3.4"), stamp.policy);
    }

    std::string refusal(const Bytes& query) const {
        const Bytes answer = authority("tsa").answer(query, system_clock().now()).value();
        const auto read_back = read_timestamp(answer, input());
        CPPUNIT_ASSERT(read_back.has_error() && read_back.error().code == ErrorCode::refused);
        write("answer", as_text(answer));
        must("openssl ts -reply -in answer -text");
        return read_back.error().detail;
    }
    void bad_queries_are_refused_with_a_reason() {
        CPPUNIT_ASSERT(refusal({1, 2, 3}).find("no TimeStampReq") != std::string::npos);
        write("data", data_);
        must("openssl ts -query -data data -sha1 -out query");
        CPPUNIT_ASSERT(refusal(bytes("query")).find("SHA-256") != std::string::npos);
        must("openssl ts -query -data data -sha256 -tspolicy 1.2.3.4 -out query");
        CPPUNIT_ASSERT(refusal(bytes("query")).find("its own policy only") != std::string::npos);
        Bytes longer = timestamp_query(imprint_, nonce_);
        longer.push_back(0);
        CPPUNIT_ASSERT(refusal(longer).find("no TimeStampReq") != std::string::npos);
        CPPUNIT_ASSERT(refusal(Bytes(longest_timestamp + 1, 0x30)).find("no TimeStampReq") !=
                       std::string::npos);
    }

    // A few bytes around what is signed are not: the status, the versions. They may change; what is proven
    // not.
    void a_flipped_byte_changes_nothing_that_is_believed() {
        const Bytes answer = stamped();
        const Timestamp original = read_timestamp(answer, input()).value();
        std::size_t harmless = 0;
        for (std::size_t i = 0; i < answer.size(); ++i) {
            Bytes altered = answer;
            altered[i] ^= 1;
            const auto stamp = read_timestamp(altered, input());
            if (stamp.has_error() || !stamp->trusted) continue;
            ++harmless;
            CPPUNIT_ASSERT(stamp->time == original.time && stamp->certificate == original.certificate &&
                           stamp->policy == original.policy);
        }
        CPPUNIT_ASSERT(harmless < 12);
    }

    void an_authority_is_believed_by_its_root_its_purpose_and_its_crl() {
        const Bytes answer = stamped();
        auto other = input();
        other.anchors.clear();
        auto stamp = read_timestamp(answer, other).value();
        CPPUNIT_ASSERT(!stamp.trusted && !stamp.distrust.empty());
        write("ca.conf",
              "[ca]\ndefault_ca=c\n[c]\ndatabase=index\ncrlnumber=number\ndefault_md=sha256\n"
              "default_crl_days=3\n");
        write("index", "");
        write("number", "01\n");
        must(
            "openssl ca -config ca.conf -cert root.pem -keyfile root.key -revoke tsa.pem && openssl ca "
            "-config "
            "ca.conf -cert root.pem -keyfile root.key -gencrl -out crl.pem && openssl crl -in crl.pem "
            "-outform DER "
            "-out crl.der");
        other = input();
        other.crls.push_back(bytes("crl.der"));
        stamp = read_timestamp(answer, other).value();
        CPPUNIT_ASSERT_EQUAL(std::string("the authority's certificate is revoked"), stamp.distrust);
    }

    void a_certificate_that_may_not_stamp_is_refused() {
        make("tls", "ec -pkeyopt ec_paramgen_curve:P-256", "serverAuth");
        make("both", "ec -pkeyopt ec_paramgen_curve:P-256", "critical,timeStamping,serverAuth");
        make("weak", "ec -pkeyopt ec_paramgen_curve:P-256", "timeStamping");
        for (const std::string name : {"tls", "both", "weak"}) {
            const auto made =
                TimestampAuthority::make(load_pem_key(at(name + ".key"), at(name + ".pem")).value());
            CPPUNIT_ASSERT_MESSAGE(name, made.has_error() && made.error().code == ErrorCode::invalid);
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TimestampTest);
