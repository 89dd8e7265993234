// Keys on a real SoftHSM2 token sign here; the openssl command verifies, and pkcs11-tool looks at the token.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <cppunit/extensions/HelperMacros.h>
#include <openssl/pem.h>

#include "base/ids.hpp"
#include "base/log.hpp"
#include "security/keys/ecdsa_value.hpp"
#include "security/keys/key_providers.hpp"
#include "security/keys/pem.hpp"
#include "security/keys/private_file.hpp"

using namespace hutong;
using namespace hutong::security;
namespace fs = std::filesystem;

class TokenTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TokenTest);
    CPPUNIT_TEST(rsa_signatures_verify_elsewhere);
    CPPUNIT_TEST(p256_signatures_verify_elsewhere);
    CPPUNIT_TEST(a_key_cannot_be_taken_out);
    CPPUNIT_TEST(many_threads_share_few_sessions);
    CPPUNIT_TEST(a_token_that_was_away_serves_again);
    CPPUNIT_TEST(another_key_in_its_place_is_refused);
    CPPUNIT_TEST(of_two_keys_of_one_label_the_certificates_is_used);
    CPPUNIT_TEST(two_names_of_one_token_leave_each_other_in_peace);
    CPPUNIT_TEST(a_wrong_pin_is_tried_once);
    CPPUNIT_TEST(a_wrong_pin_is_tried_once_by_whatever_name);
    CPPUNIT_TEST(a_missing_pin_says_what_to_do);
    CPPUNIT_TEST(what_soft_hsm_decrypts);
    CPPUNIT_TEST(what_a_token_cannot_make_is_refused);
    CPPUNIT_TEST_SUITE_END();

    static constexpr const char* module_ = "/usr/lib/softhsm/libsofthsm2.so";
    const fs::path folder_ = fs::temp_directory_path() / ("hutong-token-" + new_uuid());
    const Home home_{folder_ / "home"};
    KeyProvidersPtr providers_;

    std::string output(const std::string& command) const {
        const std::string all = "cd " + folder_.string() + " && umask 077 && (" + command + ") >out 2>&1";
        const int code = std::system(all.c_str());
        std::ifstream in(folder_ / "out");
        const std::string text(std::istreambuf_iterator<char>(in), {});
        CPPUNIT_ASSERT_EQUAL_MESSAGE(command + "\n" + text, 0, code);
        return text;
    }
    std::string tool(const std::string& what) const {
        return output(std::string("pkcs11-tool --module ") + module_ +
                      " --token-label hutong --login --pin 1234 " + what);
    }
    void write(const char* name, ByteView bytes) const {
        std::ofstream(folder_ / name, std::ios::binary)
            .write(as_text(bytes).data(), static_cast<std::streamsize>(bytes.size()));
    }
    config::Keys options() const {
        config::Keys keys;
        keys.pkcs11_module = module_;
        keys.pin_file = (folder_ / "pin").string();
        keys.pkcs11_sessions = 2;
        return keys;
    }
    void open(const config::Keys& keys) { providers_ = KeyProviders::make(home_, keys).value(); }

    PrivateKeyPtr make(const char* name, KeyKind kind, KeyUse use = KeyUse::sign) const {
        const auto made = providers_->make_key(folder_ / (std::string(name) + ".key"),
                                               std::string("pkcs11:token=hutong;object=") + name, kind, use);
        CPPUNIT_ASSERT_MESSAGE(made ? "" : made.error().detail, made);
        return *made;
    }
    void write_public_key(const PrivateKeyPtr& key) const {
        const BioPtr out(BIO_new(BIO_s_mem()));
        CPPUNIT_ASSERT_EQUAL(1, PEM_write_bio_PUBKEY(out.get(), key->public_key()));
        write("key.pub", as_bytes(written(out)));
    }
    // Makes a key and lets go of the token, whose login ends with whoever has it last; the key's public half.
    KeyPtr make_and_log_out() {
        KeyPtr key = public_half(make("sign-p256", KeyKind::p256)->public_key()).value();
        providers_.reset();
        return key;
    }
    // The key's URI by the token's serial number beside its label.
    KeyUri serial_uri(const std::string& object) const {
        const std::string slots = output(std::string("pkcs11-tool --module ") + module_ + " --list-slots");
        const std::string title = "serial num";
        auto at = slots.find(title);
        CPPUNIT_ASSERT_MESSAGE(slots, at != std::string::npos);
        at = slots.find_first_not_of(" :", at + title.size());
        const std::string serial = slots.substr(at, slots.find('\n', at) - at);
        return parse_key_uri("pkcs11:token=hutong;serial=" + serial + ";object=" + object).value();
    }
    // As a look-after of the daemon, until the token is taken for what it is.
    void look_after_until(bool there) const {
        for (int i = 0; i < 400 && providers_->troubles().empty() != there; ++i) {
            providers_->look_after();
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        CPPUNIT_ASSERT_EQUAL(there, providers_->troubles().empty());
    }

  public:
    void setUp() override {
        fs::create_directories(folder_ / "tokens");
        fs::create_directories(home_.keys());
        std::ofstream(folder_ / "softhsm2.conf")
            << "directories.tokendir = " << (folder_ / "tokens").string() << "\nobjectstore.backend = file\n"
            << "log.level = ERROR\n";
        ::setenv("SOFTHSM2_CONF", (folder_ / "softhsm2.conf").c_str(), 1);
        output("softhsm2-util --init-token --free --label hutong --so-pin 56789 --pin 1234");
        write_private_file(folder_ / "pin", "1234\n").value();
        open(options());
    }
    void tearDown() override {
        providers_.reset();
        fs::remove_all(folder_);
    }

    void rsa_signatures_verify_elsewhere() {
        const auto key = make("sign-rsa", KeyKind::rsa);
        write_public_key(key);
        write("data", as_bytes("what is signed"));
        write("value", key->sign(as_bytes("what is signed")).value());
        output("openssl dgst -sha256 -verify key.pub -signature value data");
    }

    void p256_signatures_verify_elsewhere() {
        const auto key = make("sign-p256", KeyKind::p256);
        write_public_key(key);
        write("data", as_bytes("what is signed"));
        const Bytes value = key->sign(as_bytes("what is signed")).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{64}, value.size());
        write("value", der_from_raw(value));
        output("openssl dgst -sha256 -verify key.pub -signature value data");
    }

    void a_key_cannot_be_taken_out() {
        make("sign-rsa", KeyKind::rsa);
        const std::string seen = tool("--list-objects --type privkey");
        CPPUNIT_ASSERT_MESSAGE(seen, seen.find("sensitive") != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(seen, seen.find("never extractable") != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(seen, seen.find("decrypt") == std::string::npos);
        const std::string file = read_private_file(folder_ / "sign-rsa.key").value();
        CPPUNIT_ASSERT_MESSAGE(file, file.starts_with("pkcs11:"));
        CPPUNIT_ASSERT(file.find("1234") == std::string::npos);
    }

    void many_threads_share_few_sessions() {
        const auto key = make("sign-p256", KeyKind::p256);
        std::vector<int> wrong(8, 0);
        std::vector<std::thread> threads;
        for (auto& count : wrong)
            threads.emplace_back([&] {
                for (int i = 0; i < 25; ++i)
                    if (!key->sign(as_bytes("data"))) ++count;
            });
        for (auto& thread : threads) thread.join();
        for (const int count : wrong) CPPUNIT_ASSERT_EQUAL(0, count);
    }

    void a_token_that_was_away_serves_again() {
        const auto key = make("sign-p256", KeyKind::p256);
        CPPUNIT_ASSERT(key->sign(as_bytes("data")));
        fs::rename(folder_ / "tokens", folder_ / "gone");
        for (int i = 0; i < 5; ++i) {
            const auto none = key->sign(as_bytes("data"));
            CPPUNIT_ASSERT(none.has_error());
            CPPUNIT_ASSERT_MESSAGE(none.error().detail, none.error().code == ErrorCode::unavailable);
            CPPUNIT_ASSERT_MESSAGE(none.error().detail,
                                   none.error().detail.find("the token hutong is away") == 0);
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, providers_->troubles().size());
        CPPUNIT_ASSERT(!key->trouble().empty());
        fs::rename(folder_ / "gone", folder_ / "tokens");
        look_after_until(true);
        const auto value = key->sign(as_bytes("data"));
        CPPUNIT_ASSERT_MESSAGE(value ? "" : value.error().detail, value);
        CPPUNIT_ASSERT_EQUAL(std::string(), key->trouble());
    }

    // A token of the same name with a key of the same label and id, but not the key.
    void another_key_in_its_place_is_refused() {
        const auto key = make("sign-p256", KeyKind::p256);
        CPPUNIT_ASSERT(key->sign(as_bytes("data")));
        const KeyUri uri = parse_key_uri(uri_in(folder_ / "sign-p256.key")).value();
        const std::string id = to_hex(as_bytes(uri.attributes.at("id")));
        fs::rename(folder_ / "tokens", folder_ / "gone");
        CPPUNIT_ASSERT(!key->sign(as_bytes("data")));
        fs::create_directories(folder_ / "tokens");
        output("softhsm2-util --init-token --free --label hutong --so-pin 56789 --pin 1234");
        tool("--keypairgen --key-type EC:prime256v1 --label sign-p256 --id " + id);
        for (int i = 0; i < 400; ++i) {
            providers_->look_after();
            if (key->trouble().find("another key than the certificate's") != std::string::npos) break;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        const auto none = key->sign(as_bytes("data"));
        CPPUNIT_ASSERT(none.has_error());
        CPPUNIT_ASSERT_MESSAGE(none.error().detail, none.error().code == ErrorCode::refused);
        CPPUNIT_ASSERT_MESSAGE(none.error().detail,
                               none.error().detail.find("another key") != std::string::npos);
        CPPUNIT_ASSERT(!providers_->troubles().empty());
    }

    // The login is the token's, whoever names it: nobody's sessions end because another one comes or goes.
    void two_names_of_one_token_leave_each_other_in_peace() {
        const auto log = folder_ / "log";
        configure_log({log.string(), false, LogLevel::info});
        {
            const auto by_label = make("sign-p256", KeyKind::p256);
            CPPUNIT_ASSERT(by_label->sign(as_bytes("data")));
            for (int i = 0; i < 3; ++i) {
                const auto others = KeyProviders::make(home_, options()).value();
                const auto by_serial = others->open(serial_uri("sign-p256"), by_label->public_key()).value();
                for (const auto& key : {by_serial, by_label, by_serial}) {
                    const auto value = key->sign(as_bytes("data"));
                    CPPUNIT_ASSERT_MESSAGE(value ? "" : value.error().detail, value);
                }
                others->look_after();
                providers_->look_after();
            }
            CPPUNIT_ASSERT(by_label->sign(as_bytes("data")));
            CPPUNIT_ASSERT(providers_->troubles().empty());
        }
        configure_log({});
        std::ifstream in(log);
        const std::string said(std::istreambuf_iterator<char>(in), {});
        CPPUNIT_ASSERT_MESSAGE(said, said.find("HT4091") == std::string::npos);
    }

    // As after a renewal: the old key stays on the token.
    void of_two_keys_of_one_label_the_certificates_is_used() {
        const auto old_key = make("sign-p256", KeyKind::p256);
        const auto new_key = make("sign-p256", KeyKind::p256);
        const KeyUri by_label = parse_key_uri("pkcs11:token=hutong;object=sign-p256").value();
        for (const auto& made : {old_key, new_key}) {
            const auto found = providers_->open(by_label, made->public_key()).value();
            const auto value =
                found->sign(as_bytes("data"));  // checked by this public key before it is given out
            CPPUNIT_ASSERT_MESSAGE(value ? "" : value.error().detail, value);
        }
    }

    void a_wrong_pin_is_tried_once() {
        const KeyPtr key = make_and_log_out();
        write_private_file(folder_ / "pin", "9999\n").value();
        open(options());
        const auto found = providers_->open(folder_ / "sign-p256.key", key.get()).value();
        const auto first = found->sign(as_bytes("data"));
        CPPUNIT_ASSERT_MESSAGE(first.error().detail,
                               first.error().detail.find("is not its PIN") != std::string::npos);
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        const auto second = found->sign(as_bytes("data"));
        CPPUNIT_ASSERT_MESSAGE(
            second.error().detail,
            second.error().detail.find("tried again when that changes") != std::string::npos);
        write_private_file(folder_ / "pin", "1234\n").value();
        look_after_until(true);
        CPPUNIT_ASSERT(found->sign(as_bytes("data")));
    }

    // SoftHSM2 does not lock; others do after three.
    void a_wrong_pin_is_tried_once_by_whatever_name() {
        const KeyPtr key = make_and_log_out();
        const KeyUri by_serial = serial_uri("sign-p256");
        write_private_file(folder_ / "pin", "9999\n").value();
        open(options());
        const auto one = providers_->open(folder_ / "sign-p256.key", key.get()).value();
        CPPUNIT_ASSERT(one->sign(as_bytes("data")).has_error());
        const auto other = providers_->open(by_serial, key.get()).value();
        const auto none = other->sign(as_bytes("data"));
        CPPUNIT_ASSERT_MESSAGE(
            none.error().detail,
            none.error().detail.find("tried again when that changes") != std::string::npos);
    }

    void a_missing_pin_says_what_to_do() {
        config::Keys keys = options();
        keys.pin_file.clear();
        open(keys);
        const auto made = providers_->make_key(folder_ / "x.key", "pkcs11:token=hutong;object=x",
                                               KeyKind::p256, KeyUse::sign);
        CPPUNIT_ASSERT(made.has_error());
        CPPUNIT_ASSERT_MESSAGE(made.error().detail,
                               made.error().detail.find("keys.pin_file") != std::string::npos);
        CPPUNIT_ASSERT(!fs::exists(folder_ / "x.key"));
    }

    // Its RSA-OAEP knows SHA-1 only, so a key for callers who encrypt as they should stays in a file.
    void what_soft_hsm_decrypts() {
        const auto key = make("box", KeyKind::rsa, KeyUse::decrypt);
        write_public_key(key);
        write("secret", as_bytes("content key"));
        for (const char* digest : {"SHA1", "SHA256"}) {
            const std::string name(digest);
            output(
                "openssl pkeyutl -encrypt -pubin -inkey key.pub -in secret -out wrapped -pkeyopt "
                "rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:" +
                name + " -pkeyopt rsa_mgf1_md:" + name);
            std::ifstream in(folder_ / "wrapped", std::ios::binary);
            const std::string wrapped(std::istreambuf_iterator<char>(in), {});
            const auto opened = key->decrypt({digest, digest}, as_bytes(wrapped));
            if (name == "SHA1")
                CPPUNIT_ASSERT_EQUAL(std::string("content key"), std::string(as_text(opened.value())));
            else
                CPPUNIT_ASSERT(opened.has_error() && opened.error().code == ErrorCode::refused);
        }
    }

    void what_a_token_cannot_make_is_refused() {
        const auto sm2 = providers_->make_key(folder_ / "x.key", "pkcs11:token=hutong;object=x", KeyKind::sm2,
                                              KeyUse::sign);
        CPPUNIT_ASSERT(sm2.has_error() && sm2.error().code == ErrorCode::refused);
        const auto nowhere = providers_->make_key(folder_ / "x.key", "pkcs11:token=other;object=x",
                                                  KeyKind::p256, KeyUse::sign);
        CPPUNIT_ASSERT(nowhere.has_error() && nowhere.error().code == ErrorCode::unavailable);
        CPPUNIT_ASSERT(!fs::exists(folder_ / "x.key"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TokenTest);
