// Every row of the algorithm table with signatures that others made: the openssl command line, python
// cryptography, Node's crypto and, sharing no code with OpenSSL, the JDK.
#include "security/xmldsig/signature_value.hpp"

#include <map>
#include <ranges>
#include <thread>

#include <cppunit/extensions/HelperMacros.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include "security/xmldsig/names.hpp"
#include "tests/unit/xmldsig/wss_template.hpp"

namespace hutong::security {

namespace {

using test::Identity;

const std::string text = "<ds:SignedInfo>政务信息共享</ds:SignedInfo>";
const std::string makers = HUTONG_SOURCE_DIR "/tests/unit/xmldsig/makers/";

const Identity& owner(KeyKind kind, const std::string& name = "agency") {
    static std::map<std::pair<KeyKind, std::string>, Identity> all;
    static const std::map<KeyKind, std::string> recipes{{KeyKind::rsa, "RSA:2048"},
                                                        {KeyKind::p256, "EC:P-256"},
                                                        {KeyKind::p384, "EC:P-384"},
                                                        {KeyKind::p521, "EC:P-521"},
                                                        {KeyKind::ed25519, "ED25519:"}};
    return all.try_emplace({kind, name}, test::signer_recipe(name, recipes.at(kind))).first->second;
}

// The rows that every maker knows; SM2 has a test of its own (sm2_test.cpp).
auto common_rows() {
    return signature_algorithms() |
           std::views::filter([](const SignatureAlgorithm& row) { return row.key != KeyKind::sm2; });
}
const std::ptrdiff_t common_count = std::ranges::distance(common_rows());

PublicKey public_key(KeyKind kind, const std::string& name = "agency") {
    return PublicKey::of_certificate(owner(kind, name).der()).value();
}

std::string name_of(const SignatureAlgorithm& row) {
    return std::string(row.uri.substr(row.uri.find('#') + 1));
}

// A folder with one signature task for each row, given to one maker.
class Made {
  public:
    explicit Made(const std::string& command, const std::string& ours = "") {
        for (const SignatureAlgorithm& row : common_rows()) {
            test::write_file(file(row, "text"), text);
            test::write_file(file(row, "pem"), owner(row.key).key_pem());
            test::write_file(file(row, "method"), std::string(row.uri));
            if (!ours.empty()) test::write_file(file(row, ours), std::string(as_text(own(row))));
        }
        const auto [good, output] = test::run_command(command + " " + folder_.folder().string());
        CPPUNIT_ASSERT_MESSAGE(output, good);
        CPPUNIT_ASSERT_EQUAL(std::to_string(common_count) + "\n", output);
    }

    Bytes value(const SignatureAlgorithm& row, const std::string& ending) const {
        const std::string read = test::read_file(file(row, ending));
        return {read.begin(), read.end()};
    }

  private:
    std::filesystem::path file(const SignatureAlgorithm& row, const std::string& ending) const {
        return folder_.folder() / (name_of(row) + "." + ending);
    }
    static Bytes own(const SignatureAlgorithm& row) {
        return ReadyKey::to_sign(row, owner(row.key).key()).value().sign(as_bytes(text)).value();
    }
    test::ForeignSigner folder_;
};

const Made& cryptography() {
    static const Made made("/usr/bin/python3 " + makers + "sign.py cryptography");
    return made;
}

class SignatureValueTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SignatureValueTest);
    CPPUNIT_TEST(verifies_what_openssl_signed);
    CPPUNIT_TEST(verifies_what_cryptography_signed);
    CPPUNIT_TEST(verifies_what_node_signed);
    CPPUNIT_TEST(verifies_what_java_signed);
    CPPUNIT_TEST(cryptography_verifies_what_we_sign);
    CPPUNIT_TEST(refuses_a_changed_text_or_value);
    CPPUNIT_TEST(refuses_another_key);
    CPPUNIT_TEST(refuses_another_row);
    CPPUNIT_TEST(refuses_another_length);
    CPPUNIT_TEST(reads_ecdsa_numbers_without_their_zeros);
    CPPUNIT_TEST(refuses_pss_with_other_parameters);
    CPPUNIT_TEST(refuses_ecdsa_numbers_out_of_range);
    CPPUNIT_TEST(refuses_an_ed25519_scalar_out_of_range);
    CPPUNIT_TEST(tells_an_ecdsa_replay_with_the_other_s);
    CPPUNIT_TEST(has_no_row_that_is_weak);
    CPPUNIT_TEST(says_what_to_use_instead);
    CPPUNIT_TEST(serves_many_threads);
    CPPUNIT_TEST_SUITE_END();

    static Result<void> check(const SignatureAlgorithm& row, const Bytes& value, std::string_view of = text) {
        return verify_value(row, public_key(row.key), as_bytes(of), value);
    }
    static void good(const SignatureAlgorithm& row, const Bytes& value) {
        const auto checked = check(row, value);
        CPPUNIT_ASSERT_MESSAGE(name_of(row) + ": " + (checked.has_error() ? checked.error().detail : ""),
                               checked.has_value());
    }
    static void bad(const SignatureAlgorithm& row, const Bytes& value, const std::string& what,
                    std::string_view of = text) {
        const auto checked = check(row, value, of);
        CPPUNIT_ASSERT_MESSAGE(name_of(row) + ": accepted with " + what, checked.has_error());
        CPPUNIT_ASSERT_EQUAL(ErrorCode::refused, checked.error().code);
    }
    static void verifies(const std::string& command, const std::string& ending) {
        const Made made(command);
        for (const SignatureAlgorithm& row : common_rows()) {
            good(row, made.value(row, ending));
            bad(row, made.value(row, ending), "another text", text + " ");
        }
    }

    void verifies_what_openssl_signed() {
        verifies("/usr/bin/python3 " + makers + "sign.py openssl", "openssl");
    }
    void verifies_what_cryptography_signed() {
        verifies("/usr/bin/python3 " + makers + "sign.py cryptography", "cryptography");
    }
    void verifies_what_node_signed() { verifies("node " + makers + "sign.js", "node"); }
    void verifies_what_java_signed() { verifies("java " + makers + "Sign.java", "java"); }

    void cryptography_verifies_what_we_sign() {
        const Made made("/usr/bin/python3 " + makers + "sign.py check", "ours");
        for (const SignatureAlgorithm& row : common_rows()) good(row, made.value(row, "ours"));
    }

    void refuses_a_changed_text_or_value() {
        for (const SignatureAlgorithm& row : common_rows()) {
            const Bytes value = cryptography().value(row, "cryptography");
            good(row, value);
            bad(row, value, "an empty text", "");
            bad(row, value, "a shorter text", std::string_view(text).substr(1));
            for (std::size_t i = 0; i < value.size(); i += 5) {
                Bytes changed = value;
                changed[i] ^= static_cast<std::uint8_t>(1u << (i % 8));
                bad(row, changed, "a bit changed in byte " + std::to_string(i));
            }
        }
    }

    void refuses_another_key() {
        for (const SignatureAlgorithm& row : common_rows())
            CPPUNIT_ASSERT(verify_value(row, public_key(row.key, "other"), as_bytes(text),
                                        cryptography().value(row, "cryptography"))
                               .has_error());
    }

    // Neither another digest, nor another scheme of the same key, nor another kind of key.
    void refuses_another_row() {
        for (const SignatureAlgorithm& row : common_rows())
            for (const SignatureAlgorithm& other : common_rows()) {
                if (&other == &row) continue;
                const auto checked = verify_value(other, public_key(row.key), as_bytes(text),
                                                  cryptography().value(row, "cryptography"));
                CPPUNIT_ASSERT_MESSAGE(name_of(row) + " as " + name_of(other), checked.has_error());
                if (other.key != row.key)
                    CPPUNIT_ASSERT(checked.error().detail.find("kind of key") != std::string::npos);
            }
    }

    void refuses_another_length() {
        for (const SignatureAlgorithm& row : common_rows()) {
            const Bytes value = cryptography().value(row, "cryptography");
            Bytes longer = value;
            longer.push_back(0);
            Bytes zero_first = value;
            zero_first.insert(zero_first.begin(), 0);
            bad(row, longer, "a byte more");
            bad(row, zero_first, "a zero before it");
            bad(row, Bytes(value.begin(), value.end() - 1), "a byte less");
            bad(row, {}, "nothing");
        }
    }

    // Apache Santuario leaves out the zeros that both numbers begin with, which for P-521 is one time in
    // four.
    void reads_ecdsa_numbers_without_their_zeros() {
        const SignatureAlgorithm& row = *find_signature_algorithm(names::ecdsa_sha512);
        Bytes value;
        do value = cryptography_again(row);
        while (value[0] != 0 || value[66] != 0);
        Bytes cut = value;
        cut.erase(cut.begin() + 66);
        cut.erase(cut.begin());
        good(row, cut);
        bad(row, cut, "another text", "another");
        CPPUNIT_ASSERT_EQUAL(lasting_part(row.uri, to_base64(value)), lasting_part(row.uri, to_base64(cut)));
        Bytes one_cut = value;
        one_cut.erase(one_cut.begin());
        bad(row, one_cut, "only one zero left out");
        for (const SignatureAlgorithm& other : common_rows()) {
            if (other.scheme != Scheme::ecdsa) continue;
            bad(other, {0, 0}, "two zeros");
            bad(other, {1, 1}, "two bytes");
            Bytes longer = cryptography().value(other, "cryptography");
            longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(longer.size() / 2), 0);
            longer.insert(longer.begin(), 0);
            bad(other, longer, "more zeros than the order has");
        }
    }

    void refuses_pss_with_other_parameters() {
        for (const SignatureAlgorithm& row : common_rows()) {
            if (row.scheme != Scheme::rsa_pss) continue;
            for (const char* other : {"salt0", "salt20", "mgf1sha1"})
                bad(row, cryptography().value(row, other), other);
        }
    }

    static Bytes padded(const BIGNUM* number, std::size_t bytes) {
        Bytes result(bytes);
        CPPUNIT_ASSERT(BN_bn2binpad(number, result.data(), static_cast<int>(bytes)) >= 0);
        return result;
    }
    static Bytes joined(Bytes r, const Bytes& s) {
        r.insert(r.end(), s.begin(), s.end());
        return r;
    }
    struct Order {
        explicit Order(KeyKind kind) {
            static const std::map<KeyKind, int> curves{{KeyKind::p256, NID_X9_62_prime256v1},
                                                       {KeyKind::p384, NID_secp384r1},
                                                       {KeyKind::p521, NID_secp521r1}};
            const std::unique_ptr<EC_GROUP, decltype(&EC_GROUP_free)> group(
                EC_GROUP_new_by_curve_name(curves.at(kind)), EC_GROUP_free);
            number.reset(BN_dup(EC_GROUP_get0_order(group.get())));
        }
        std::unique_ptr<BIGNUM, decltype(&BN_free)> number{nullptr, BN_free};
    };

    void refuses_ecdsa_numbers_out_of_range() {
        for (const SignatureAlgorithm& row : common_rows()) {
            if (row.scheme != Scheme::ecdsa) continue;
            const Bytes value = cryptography().value(row, "cryptography");
            const std::size_t half = value.size() / 2;
            const Bytes r(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(half));
            const Bytes s(value.begin() + static_cast<std::ptrdiff_t>(half), value.end());
            const Order order(row.key);
            const Bytes zero(half);
            const Bytes n = padded(order.number.get(), half);
            Bytes one(half);
            one.back() = 1;
            bad(row, joined(zero, zero), "r = s = 0");
            bad(row, joined(r, zero), "s = 0");
            bad(row, joined(zero, s), "r = 0");
            bad(row, joined(n, n), "r = s = n");
            bad(row, joined(r, n), "s = n");
            bad(row, joined(n, s), "r = n");
            bad(row, joined(one, one), "r = s = 1");
            bad(row, Bytes(2 * half, 0xff), "all ones");
            // The same residue once more, where the field has room for it.
            const std::unique_ptr<BIGNUM, decltype(&BN_free)> beyond(BN_new(), BN_free);
            BN_bin2bn(s.data(), static_cast<int>(half), beyond.get());
            BN_add(beyond.get(), beyond.get(), order.number.get());
            if (static_cast<std::size_t>(BN_num_bytes(beyond.get())) <= half)
                bad(row, joined(r, padded(beyond.get(), half)), "s + n");
            bad(row, joined(s, r), "r and s exchanged");
        }
    }

    // RFC 8032 section 5.1.7: S must be below the order, else everyone could make a second signature.
    void refuses_an_ed25519_scalar_out_of_range() {
        const SignatureAlgorithm& row = *find_signature_algorithm(names::eddsa_ed25519);
        Bytes value = cryptography().value(row, "cryptography");
        const Bytes order =
            from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").value();
        unsigned carry = 0;
        for (std::size_t i = 0; i < order.size(); ++i) {
            carry += value[32 + i] + order[i];
            value[32 + i] = static_cast<std::uint8_t>(carry);
            carry >>= 8;
        }
        bad(row, value, "S + L");
    }

    void tells_an_ecdsa_replay_with_the_other_s() {
        for (const SignatureAlgorithm& row : common_rows()) {
            const Bytes value = cryptography().value(row, "cryptography");
            const std::string base64 = to_base64(value);
            if (row.scheme != Scheme::ecdsa) {
                CPPUNIT_ASSERT_EQUAL(base64, lasting_part(row.uri, base64));
                continue;
            }
            const std::size_t half = value.size() / 2;
            const Order order(row.key);
            const std::unique_ptr<BIGNUM, decltype(&BN_free)> s(BN_new(), BN_free);
            BN_bin2bn(value.data() + half, static_cast<int>(half), s.get());
            BN_sub(s.get(), order.number.get(), s.get());
            const Bytes other =
                joined(Bytes(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(half)),
                       padded(s.get(), half));
            good(row, other);  // which is the danger
            CPPUNIT_ASSERT_EQUAL(lasting_part(row.uri, base64), lasting_part(row.uri, to_base64(other)));
            CPPUNIT_ASSERT(lasting_part(row.uri, base64) !=
                           lasting_part(row.uri, to_base64(cryptography_again(row))));
        }
    }
    static Bytes cryptography_again(const SignatureAlgorithm& row) {
        return ReadyKey::to_sign(row, owner(row.key).key()).value().sign(as_bytes(text)).value();
    }

    void has_no_row_that_is_weak() {
        for (const char* uri :
             {"http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
              "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
              "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
              "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
              "http://www.w3.org/2001/04/xmldsig-more#rsa-sha224",
              "http://www.w3.org/2001/04/xmldsig-more#rsa-ripemd160",
              "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
              "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha224",
              "http://www.w3.org/2007/05/xmldsig-more#sha1-rsa-MGF1",
              "http://www.w3.org/2007/05/xmldsig-more#sha224-rsa-MGF1",
              "http://www.w3.org/2007/05/xmldsig-more#md5-rsa-MGF1",
              "http://www.w3.org/2007/05/xmldsig-more#rsa-pss",
              "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519ph", ""})
            CPPUNIT_ASSERT_MESSAGE(uri, find_signature_algorithm(uri) == nullptr);
        for (const SignatureAlgorithm& row : common_rows())
            CPPUNIT_ASSERT(row.digest == nullptr || (row.digest->bytes >= 32 && row.digest->md != nullptr));
    }

    void says_what_to_use_instead() {
        const auto says = [](std::string_view uri, const char* words) {
            return refusal_of_signature_method(uri).find(words) != std::string::npos;
        };
        CPPUNIT_ASSERT(says(names::pss_with_parameters, "#sha256-rsa-MGF1"));
        CPPUNIT_ASSERT(says("urn:x", "\"urn:x\" is not allowed"));
        CPPUNIT_ASSERT(says("urn:x", "SHA-256"));
    }

    void serves_many_threads() {
        for (const SignatureAlgorithm& row : common_rows()) {
            const PublicKey key = public_key(row.key);  // made ready by whichever thread comes first
            const Bytes value = cryptography().value(row, "cryptography");
            std::vector<int> right(4, 0);
            std::vector<std::thread> threads;
            for (int& count : right)
                threads.emplace_back([&] {
                    for (int i = 0; i < 10; ++i) {
                        const bool honest = i % 2 == 0;
                        const std::string_view of = honest ? std::string_view(text) : "forged";
                        if (verify_value(row, key, as_bytes(of), value).has_value() == honest) ++count;
                    }
                });
            for (auto& thread : threads) thread.join();
            for (const int count : right) CPPUNIT_ASSERT_EQUAL_MESSAGE(name_of(row), 10, count);
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(SignatureValueTest);

}  // namespace

}  // namespace hutong::security
