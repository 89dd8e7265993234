// Keys made by the openssl command sign here, and the openssl command verifies what they signed.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>

#include "base/ids.hpp"
#include "security/keys/ecdsa_value.hpp"
#include "security/keys/private_file.hpp"
#include "security/keys/signing_key.hpp"

using namespace hutong;
using namespace hutong::security;
namespace fs = std::filesystem;

class PemKeyTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PemKeyTest);
    CPPUNIT_TEST(rsa_signatures_verify_elsewhere);
    CPPUNIT_TEST(p256_signatures_verify_elsewhere);
    CPPUNIT_TEST(sm2_signatures_verify_elsewhere);
    CPPUNIT_TEST(a_key_to_encrypt_for_never_signs);
    CPPUNIT_TEST(every_kind_of_caller_has_a_key_to_be_answered_with);
    CPPUNIT_TEST(many_threads_sign_with_one_key);
    CPPUNIT_TEST(a_readable_key_is_refused);
    CPPUNIT_TEST(what_is_no_key_of_ours_is_refused);
    CPPUNIT_TEST(the_root_is_left_out_of_the_chain);
    CPPUNIT_TEST(private_files_are_replaced_whole);
    CPPUNIT_TEST_SUITE_END();

    const fs::path folder_ = fs::temp_directory_path() / ("hutong-keys-" + new_uuid());

    std::string at(const char* name) const { return (folder_ / name).string(); }
    void shell(const std::string& command) const {
        const std::string all =
            "cd " + folder_.string() + " && umask 077 && (" + command + ") >/dev/null 2>&1";
        CPPUNIT_ASSERT_EQUAL_MESSAGE(command, 0, std::system(all.c_str()));
    }
    void make(const std::string& name, const std::string& algorithm) const {
        shell("openssl req -x509 -nodes -newkey " + algorithm + " -subj /CN=" + name + " -keyout " + name +
              ".key -out " + name + ".pem && openssl x509 -in " + name + ".pem -noout -pubkey -out " + name +
              ".pub");
    }
    void write(const char* name, ByteView bytes) const {
        std::ofstream(folder_ / name, std::ios::binary)
            .write(as_text(bytes).data(), static_cast<std::streamsize>(bytes.size()));
    }
    Error failure(const char* key, const char* chain) const {
        const auto loaded = load_pem_key(at(key), at(chain));
        CPPUNIT_ASSERT(loaded.has_error());
        return loaded.error();
    }

  public:
    void setUp() override { fs::create_directory(folder_); }
    void tearDown() override { fs::remove_all(folder_); }

    void rsa_signatures_verify_elsewhere() {
        make("rsa", "rsa:2048");
        const auto key = load_pem_key(at("rsa.key"), at("rsa.pem")).value();
        CPPUNIT_ASSERT(key->kind() == KeyKind::rsa);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, key->certificates().size());
        write("data", as_bytes("what is signed"));
        write("signature", key->sign(as_bytes("what is signed")).value());
        shell("openssl dgst -sha256 -verify rsa.pub -signature signature data");
        write("data", as_bytes("what is signeD"));
        shell("! openssl dgst -sha256 -verify rsa.pub -signature signature data");
    }

    void p256_signatures_verify_elsewhere() {
        make("ec", "ec -pkeyopt ec_paramgen_curve:P-256");
        const auto key = load_pem_key(at("ec.key"), at("ec.pem")).value();
        CPPUNIT_ASSERT(key->kind() == KeyKind::p256);
        write("data", as_bytes("what is signed"));
        // Often enough that a short r or s, which must be padded, comes up.
        for (int i = 0; i < 600; ++i)
            CPPUNIT_ASSERT_EQUAL(std::size_t{64}, key->sign(as_bytes("what is signed")).value().size());
        write("raw", key->sign(as_bytes("what is signed")).value());
        shell(
            "/usr/bin/python3 -c \"from cryptography.hazmat.primitives.asymmetric.utils import "
            "encode_dss_signature as e; "
            "raw = open('raw', 'rb').read(); "
            "open('der', 'wb').write(e(int.from_bytes(raw[:32], 'big'), int.from_bytes(raw[32:], 'big')))\"");
        shell("openssl dgst -sha256 -verify ec.pub -signature der data");
    }

    void sm2_signatures_verify_elsewhere() {
        make("sm2", "SM2 -sm3 -sigopt distid:1234567812345678");
        const auto key = load_pem_key(at("sm2.key"), at("sm2.pem")).value();
        CPPUNIT_ASSERT(key->kind() == KeyKind::sm2);
        write("data", as_bytes("what is signed"));
        write("der", der_from_raw(key->sign(as_bytes("what is signed")).value()));
        const std::string verify =
            "openssl pkeyutl -verify -rawin -digest sm3 -pubin -inkey sm2.pub -sigfile der -in data "
            "-pkeyopt distid:";
        shell(verify + "1234567812345678");
        shell("! " + verify + "other");
        // SEC1's older form, as other programs write it.
        shell("openssl ec -in sm2.key -out old.key");
        CPPUNIT_ASSERT(load_pem_key(at("old.key"), at("sm2.pem")).value()->kind() == KeyKind::sm2);
    }

    void a_key_to_encrypt_for_never_signs() {
        make("pair",
             "SM2 -sm3 -sigopt distid:1234567812345678 -addext keyUsage=keyEncipherment,dataEncipherment");
        CPPUNIT_ASSERT(failure("pair.key", "pair.pem").detail.find("its key never signs") !=
                       std::string::npos);
        make("rsa-pair", "rsa:2048 -addext keyUsage=keyEncipherment");
        CPPUNIT_ASSERT(failure("rsa-pair.key", "rsa-pair.pem").detail.find("its key never signs") !=
                       std::string::npos);
    }

    void every_kind_of_caller_has_a_key_to_be_answered_with() {
        make("sm2", "SM2 -sm3 -sigopt distid:1234567812345678");
        make("rsa", "rsa:2048");
        make("ec", "ec -pkeyopt ec_paramgen_curve:P-256");
        const SigningKeys keys{load_pem_key(at("rsa.key"), at("rsa.pem")).value(),
                               load_pem_key(at("ec.key"), at("ec.pem")).value()};
        CPPUNIT_ASSERT(keys.of(KeyKind::rsa).kind() == KeyKind::rsa);
        for (const KeyKind kind : {KeyKind::p256, KeyKind::p384, KeyKind::p521, KeyKind::ed25519})
            CPPUNIT_ASSERT(keys.of(kind).kind() == KeyKind::p256);
        CPPUNIT_ASSERT(keys.of(KeyKind::sm2).kind() == KeyKind::p256);
        SigningKeys with = keys;
        with.sm2 = load_pem_key(at("sm2.key"), at("sm2.pem")).value();
        CPPUNIT_ASSERT(with.of(KeyKind::sm2).kind() == KeyKind::sm2);
        CPPUNIT_ASSERT(with.of(KeyKind::p521).kind() == KeyKind::p256);
    }

    void many_threads_sign_with_one_key() {
        make("rsa", "rsa:2048");
        const auto key = load_pem_key(at("rsa.key"), at("rsa.pem")).value();
        const Bytes expected = key->sign(as_bytes("data")).value();  // RSASSA-PKCS1-v1_5 is deterministic
        std::vector<int> wrong(8, 0);
        std::vector<std::thread> threads;
        for (auto& count : wrong)
            threads.emplace_back([&] {
                for (int i = 0; i < 50; ++i) {
                    const auto signature = key->sign(as_bytes("data"));
                    if (!signature || *signature != expected) ++count;
                }
            });
        for (auto& thread : threads) thread.join();
        for (const int count : wrong) CPPUNIT_ASSERT_EQUAL(0, count);
    }

    void a_readable_key_is_refused() {
        make("rsa", "rsa:2048");
        for (const mode_t mode : {0640, 0604, 0660}) {
            CPPUNIT_ASSERT_EQUAL(0, chmod(at("rsa.key").c_str(), mode));
            const Error error = failure("rsa.key", "rsa.pem");
            CPPUNIT_ASSERT(error.code == ErrorCode::refused);
            CPPUNIT_ASSERT(error.detail.find("chmod 600 " + at("rsa.key")) != std::string::npos);
        }
    }

    void what_is_no_key_of_ours_is_refused() {
        make("rsa", "rsa:2048");
        make("other", "rsa:2048");
        make("weak", "rsa:1024");
        make("p384", "ec -pkeyopt ec_paramgen_curve:P-384");
        shell("openssl rsa -aes256 -passout pass:x -in rsa.key -out locked.key; touch empty.pem empty.key");
        CPPUNIT_ASSERT(failure("rsa.key", "other.pem").detail.find("not that of the key") !=
                       std::string::npos);
        CPPUNIT_ASSERT(failure("weak.key", "weak.pem").detail.find("1024 bits") != std::string::npos);
        CPPUNIT_ASSERT(
            failure("p384.key", "p384.pem").detail.find("neither an RSA nor a P-256 nor an SM2 key") !=
            std::string::npos);
        CPPUNIT_ASSERT(failure("locked.key", "rsa.pem").detail.find("unencrypted") != std::string::npos);
        CPPUNIT_ASSERT(failure("empty.key", "rsa.pem").code == ErrorCode::invalid);
        CPPUNIT_ASSERT(failure("rsa.key", "empty.pem").code == ErrorCode::invalid);
        CPPUNIT_ASSERT(failure("absent.key", "rsa.pem").code == ErrorCode::not_found);
    }

    void the_root_is_left_out_of_the_chain() {
        make("root", "ec -pkeyopt ec_paramgen_curve:P-256");
        shell(
            "openssl req -nodes -newkey rsa:2048 -subj /CN=leaf -keyout leaf.key -out leaf.csr && "
            "openssl x509 -req -in leaf.csr -CA root.pem -CAkey root.key -out leaf.crt && cat leaf.crt "
            "root.pem > leaf.pem");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1},
                             load_pem_key(at("leaf.key"), at("leaf.pem")).value()->certificates().size());
    }

    void private_files_are_replaced_whole() {
        write_private_file(at("secret"), "one").value();
        write_private_file(at("secret"), "two").value();
        CPPUNIT_ASSERT_EQUAL(std::string("two"), read_private_file(at("secret")).value());
        struct stat status {};
        CPPUNIT_ASSERT_EQUAL(0, stat(at("secret").c_str(), &status));
        CPPUNIT_ASSERT_EQUAL(mode_t{0600}, static_cast<mode_t>(status.st_mode & 0777));
        CPPUNIT_ASSERT(!fs::exists(at("secret.new")));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PemKeyTest);
