// SM2 with SM3 by the standards' own examples, and both ways with the openssl command.
#include "security/keys/sm2.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "security/keys/ecdsa_value.hpp"
#include "security/xmldsig/digest.hpp"
#include "security/xmldsig/names.hpp"
#include "security/xmldsig/signature_value.hpp"
#include "tests/unit/xmldsig/wss_template.hpp"

namespace hutong::security {

namespace {

using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

const SignatureAlgorithm& row() {
    return *find_signature_algorithm(names::sm2_sm3);
}

// GB/T 32918.5-2017 annex A (GM/T 0003.5): the public key of its examples.
constexpr std::string_view standard_key =
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";

KeyPtr public_point(std::string_view hex) {
    Bytes point = from_hex(hex).value();
    char group[] = "SM2";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
        OSSL_PARAM_construct_end()};
    EVP_PKEY* key = nullptr;
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new_from_name(nullptr, "SM2", nullptr), EVP_PKEY_CTX_free);
    EVP_PKEY_fromdata_init(context.get());
    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, const_cast<OSSL_PARAM*>(parameters));
    CPPUNIT_ASSERT(key != nullptr);
    return {key, EVP_PKEY_free};
}

bool verifies(EVP_PKEY* key, std::string_view text, const Bytes& value,
              std::string_view id = sm2_default_id) {
    return ReadyKey::to_verify(row(), key, id).value().verify(as_bytes(text), value);
}

class Sm2Test : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(Sm2Test);
    CPPUNIT_TEST(digests_the_standard_s_examples);
    CPPUNIT_TEST(digests_the_standard_s_id);
    CPPUNIT_TEST(verifies_the_standard_s_signature);
    CPPUNIT_TEST(openssl_verifies_what_we_sign);
    CPPUNIT_TEST(verifies_what_openssl_signs);
    CPPUNIT_TEST(agrees_with_bouncy_castle);
    CPPUNIT_TEST(refuses_another_id);
    CPPUNIT_TEST(refuses_an_id_too_long_for_its_length);
    CPPUNIT_TEST(refuses_numbers_out_of_range);
    CPPUNIT_TEST(refuses_der_where_numbers_belong);
    CPPUNIT_TEST(reads_der_one_way_only);
    CPPUNIT_TEST_SUITE_END();

    const std::string text_ = "<ds:SignedInfo>政务信息共享</ds:SignedInfo>";
    const test::Identity signer_{test::signer_recipe("sm2", "SM2:")};

    static std::string sm3(std::string_view text) {
        Digest digest(*find_digest_algorithm(names::sm3));
        digest.write(text);
        return to_hex(digest.finish());
    }

    // GB/T 32905-2016 annex A.
    void digests_the_standard_s_examples() {
        CPPUNIT_ASSERT_EQUAL(std::string("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
                             sm3("abc"));
        std::string long_one;
        for (int i = 0; i < 16; ++i) long_one += "abcd";
        CPPUNIT_ASSERT_EQUAL(std::string("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
                             sm3(long_one));
    }

    // GB/T 32918.5 annex A.2.
    void digests_the_standard_s_id() {
        const auto identity = sm2_identity(public_point(standard_key).get(), sm2_default_id).value();
        CPPUNIT_ASSERT_EQUAL(std::string("b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3"),
                             to_hex(identity));
    }
    void verifies_the_standard_s_signature() {
        const KeyPtr key = public_point(standard_key);
        const Bytes value = from_hex(
                                "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
                                "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa")
                                .value();
        CPPUNIT_ASSERT(verifies(key.get(), "message digest", value));
        CPPUNIT_ASSERT(!verifies(key.get(), "message digesT", value));
        for (std::size_t i = 0; i < value.size(); ++i) {
            Bytes changed = value;
            changed[i] ^= static_cast<std::uint8_t>(1u << (i % 8));
            CPPUNIT_ASSERT(!verifies(key.get(), "message digest", changed));
        }
    }

    static std::pair<bool, std::string> openssl(const test::ForeignSigner& in, const std::string& arguments) {
        return test::run_command("cd " + in.folder().string() + " && openssl " + arguments);
    }

    void openssl_verifies_what_we_sign() {
        for (const std::string& id : {std::string(sm2_default_id), std::string("tax@beijing.gov.cn")}) {
            const test::ForeignSigner folder;
            const Bytes value =
                ReadyKey::to_sign(row(), signer_.key(), id).value().sign(as_bytes(text_)).value();
            CPPUNIT_ASSERT_EQUAL(std::size_t{64}, value.size());
            test::write_file(folder.folder() / "text", text_);
            test::write_file(folder.folder() / "key.pem", signer_.key_pem());
            test::write_file(folder.folder() / "value", std::string(as_text(der_from_raw(value))));
            const std::string verify = "pkeyutl -verify -rawin -digest sm3 -inkey key.pem -sigfile value ";
            const auto [good, output] = openssl(folder, verify + "-in text -pkeyopt distid:" + id);
            CPPUNIT_ASSERT_MESSAGE(output, good);
            CPPUNIT_ASSERT(!openssl(folder, verify + "-in text -pkeyopt distid:another").first);
        }
    }

    void verifies_what_openssl_signs() {
        const test::ForeignSigner folder;
        test::write_file(folder.folder() / "text", text_);
        test::write_file(folder.folder() / "key.pem", signer_.key_pem());
        for (const std::string& command :
             {std::string("pkeyutl -sign -rawin -digest sm3 -inkey key.pem -in text -out value "
                          "-pkeyopt distid:1234567812345678"),
              std::string("dgst -sm3 -sign key.pem -sigopt distid:1234567812345678 -out value text")}) {
            const auto [good, output] = openssl(folder, command);
            CPPUNIT_ASSERT_MESSAGE(output, good);
            const std::string der = test::read_file(folder.folder() / "value");
            const Bytes value = raw_from_der(as_bytes(der), 32).value();
            CPPUNIT_ASSERT(verifies(signer_.key(), text_, value));
            CPPUNIT_ASSERT(!verifies(signer_.key(), text_ + " ", value));
        }
    }

    void agrees_with_bouncy_castle() {
        const std::string id = "税务局@beijing.gov.cn";
        const test::ForeignSigner folder;
        const auto file = [&](const char* name) { return folder.folder() / name; };
        const ReadyKey ready = ReadyKey::to_sign(row(), signer_.key(), id).value();
        test::write_file(file("text"), text_);
        test::write_file(file("id"), id);
        test::write_file(file("key.pem"), signer_.key_pem());
        test::write_file(file("ours"),
                         std::string(as_text(der_from_raw(ready.sign(as_bytes(text_)).value()))));
        const auto [good, output] = test::run_command("java -cp /usr/share/java/bcprov.jar " HUTONG_SOURCE_DIR
                                                      "/tests/unit/xmldsig/makers/Sm2.java " +
                                                      folder.folder().string());
        CPPUNIT_ASSERT_MESSAGE(output, good);
        CPPUNIT_ASSERT_EQUAL(std::string("true\n"), output);
        const std::string der = test::read_file(file("bouncycastle"));
        const Bytes value = raw_from_der(as_bytes(der), 32).value();
        CPPUNIT_ASSERT(verifies(signer_.key(), text_, value, id));
        CPPUNIT_ASSERT(!verifies(signer_.key(), text_, value));
    }

    void refuses_another_id() {
        const Bytes value = ReadyKey::to_sign(row(), signer_.key()).value().sign(as_bytes(text_)).value();
        CPPUNIT_ASSERT(verifies(signer_.key(), text_, value));
        for (const char* id : {"", "1234567812345679", "12345678123456781", "123456781234567"})
            CPPUNIT_ASSERT_MESSAGE(id, !verifies(signer_.key(), text_, value, id));
    }

    void refuses_an_id_too_long_for_its_length() {
        CPPUNIT_ASSERT(sm2_identity(signer_.key(), std::string(8191, 'x')).has_value());
        CPPUNIT_ASSERT(sm2_identity(signer_.key(), std::string(8192, 'x')).has_error());
    }

    void refuses_numbers_out_of_range() {
        const Bytes value = ReadyKey::to_sign(row(), signer_.key()).value().sign(as_bytes(text_)).value();
        const Bytes order =
            from_hex("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123").value();
        const Bytes r(value.begin(), value.begin() + 32);
        const Bytes s(value.begin() + 32, value.end());
        Bytes one(32);
        one.back() = 1;
        Bytes rest = order;  // of n - r: with it r + s = 0, which the standard refuses
        int borrow = 0;
        for (int i = 31; i >= 0; --i) {
            int digit = order[i] - r[i] - borrow;
            borrow = digit < 0 ? 1 : 0;
            rest[i] = static_cast<std::uint8_t>(digit + 256 * borrow);
        }
        const Bytes zero(32);
        const std::vector<std::pair<Bytes, Bytes>> pairs{
            {zero, zero}, {zero, s},  {r, zero}, {order, order}, {order, s},
            {r, order},   {one, one}, {s, r},    {r, rest},      {Bytes(32, 0xff), Bytes(32, 0xff)}};
        for (const auto& [first, second] : pairs) {
            Bytes both = first;
            both.insert(both.end(), second.begin(), second.end());
            CPPUNIT_ASSERT_MESSAGE(to_hex(both), !verifies(signer_.key(), text_, both));
        }
    }

    void refuses_der_where_numbers_belong() {
        const PublicKey key = PublicKey::of_certificate(signer_.der()).value();
        const Bytes value = ReadyKey::to_sign(row(), signer_.key()).value().sign(as_bytes(text_)).value();
        CPPUNIT_ASSERT(verify_value(row(), key, as_bytes(text_), value).has_value());
        CPPUNIT_ASSERT(verify_value(row(), key, as_bytes(text_), der_from_raw(value)).has_error());
        CPPUNIT_ASSERT(verify_value(row(), key, as_bytes(text_), ByteView(value).first(63)).has_error());
        CPPUNIT_ASSERT(verify_value(row(), key, as_bytes(text_), ByteView(value).first(62)).has_error());
    }

    void reads_der_one_way_only() {
        const Bytes one = from_hex("3006020101020102").value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{64}, raw_from_der(one, 32).value().size());
        for (const char* hex :
             {"", "30", "300602010102010200", "308106020101020102", "30070201010202000f", "3006020101020182",
              "30800201010201020000", "3003020101", "3009020101020102020103", "31060201010201020a"})
            CPPUNIT_ASSERT_MESSAGE(hex, raw_from_der(from_hex(hex).value(), 32).has_error());
        CPPUNIT_ASSERT(raw_from_der(der_from_raw(Bytes(66, 0x7f)), 32).has_error());  // numbers too long
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(Sm2Test);

}  // namespace

}  // namespace hutong::security
