// What an attacker may do to an encrypted message without the keys: one named case each, and variants that
// are made mechanically. Every one must be refused, and all in the same way.
//
// Encryption is for the tree; that the gateway hands each of these messages over, and decides none in one
// pass, is part of every case.
#include <cppunit/TestCase.h>
#include <cppunit/TestSuite.h>
#include <cppunit/extensions/AutoRegisterSuite.h>
#include <cppunit/extensions/HelperMacros.h>

#include "security/trust/trust_store.hpp"
#include "security/xmlenc/decryption_key.hpp"
#include "security/xmlenc/names.hpp"
#include "tests/attack/meaning.hpp"
#include "tests/attack/table/table.hpp"
#include "tests/unit/xmlenc/foreign_encrypter.hpp"

namespace hutong::attack {

namespace {

using security::Rejection;
using test::Identity;
namespace names = security::names;

std::string data_of(const std::string& text) {
    const std::string body = piece(text, "<soap:Body", "</soap:Body>");
    return piece(body, "<xenc:EncryptedData", "</xenc:EncryptedData>");
}
std::string key_of(const std::string& text) {
    return piece(text, "<xenc:EncryptedKey", "</xenc:EncryptedKey>");
}

struct Envelopes {
    Identity ca{test::ca_recipe("ca")};
    Identity agency{test::signer_recipe("agency"), &ca};
    Identity gateway{test::signer_recipe("gateway encryption", "RSA:2048"), &ca};
    Identity other{test::signer_recipe("other gateway", "RSA:2048"), &ca};
    Identity stranger{test::signer_recipe("agency")};  // self-signed
    std::shared_ptr<const security::DecryptionKey> key =
        security::DecryptionKey::make(gateway.key(), gateway.der()).value();
    std::map<std::string, std::string> messages;

    Envelopes() {
        const test::WssTemplate plain = test::template_for(agency);
        test::EncryptionJob job;
        job.recipient = &gateway;
        job.key_info = "token";
        // Encrypted first.
        test::ForeignEncrypter first;
        job.message = plain.text();
        job.append = true;
        first.add("encrypted-signed", job);
        job.cipher = str(names::aes128_cbc);
        first.add("encrypted-signed-cbc", job);
        first.run();
        test::ForeignSigner signer;
        signer.add("signed", plain.text(), agency.key_pem());
        for (const char* name : {"encrypted-signed", "encrypted-signed-cbc"})
            signer.add(name, first.encrypted(name), agency.key_pem());
        test::WssTemplate with_header = plain;
        with_header.headers = "<t:secret xmlns:t=\"urn:t\">1</t:secret>";
        signer.add("signed-header", with_header.text(), agency.key_pem());
        signer.run();
        for (const char* name : {"signed", "signed-header", "encrypted-signed", "encrypted-signed-cbc"})
            messages[name] = signer.signed_message(name);
        // Signed first.
        test::ForeignEncrypter second;
        job = test::EncryptionJob{};
        job.recipient = &gateway;
        job.key_info = "token";
        test::WssTemplate guess = test::template_for(stranger);
        test::ForeignSigner guesser;
        guesser.add("guessed", guess.text(), stranger.key_pem());
        guess.created = "2026-01-01T00:00:00Z";
        guess.expires = "2026-01-01T00:05:00Z";
        guesser.add("guessed-stale", guess.text(), stranger.key_pem());
        guesser.run();
        for (const char* name : {"guessed", "guessed-stale"}) {
            job.message = guesser.signed_message(name);
            second.add(name, job);
        }
        job = test::EncryptionJob{};
        job.message = messages["signed"];
        job.recipient = &gateway;
        job.key_info = "token";
        second.add("signed-encrypted", job);
        job.cipher = str(names::aes128_cbc);
        second.add("cbc", job);
        job.cipher = str(names::aes256_gcm);
        job.recipient = &other;
        second.add("other", job);
        job.recipient = &gateway;
        job.transport = str(names::rsa_1_5);
        job.digest = job.mgf = "";
        second.add("rsa-1.5", job);
        job = test::EncryptionJob{};
        job.message = messages["signed-header"];
        job.recipient = &gateway;
        job.parts = {"header:secret", "body"};
        second.add("two-parts", job);
        second.run();
        for (const char* name :
             {"signed-encrypted", "cbc", "other", "rsa-1.5", "two-parts", "guessed", "guessed-stale"})
            messages[name] = second.encrypted(name);
    }
};
const Envelopes& envelopes() {
    static const Envelopes all;
    return all;
}

Receiver receiver() {
    Receiver made;
    made.policy.encrypt_body = true;
    config::TrustDomain older;
    older.issuers = {"CN=ca"};
    older.allow_oaep_sha1 = true;
    made.settings->domains = security::TrustDomains({{"older", older}});
    made.settings->keys.decryption.rsa = envelopes().key;
    return made;
}

struct Tampering {
    std::string name;
    std::string message;  // of the envelopes
    Change change{};
    std::string reason{};  // part of the officer's; empty: a control, to be accepted
};

// One bit of the value after `mark`, at this octet (from the end where negative).
Change flip(const std::string& mark, int octet) {
    return [=](const std::string& text) {
        const std::string begin = "<xenc:CipherValue>";
        const auto from = text.find(begin, text.find(mark)) + begin.size();
        const auto to = text.find('<', from);
        Bytes octets = from_base64(text.substr(from, to - from)).value();
        const auto at =
            octet >= 0 ? static_cast<std::size_t>(octet) : octets.size() - static_cast<std::size_t>(-octet);
        octets.at(at) ^= 0x40;
        return text.substr(0, from) + to_base64(octets) + text.substr(to);
    };
}

std::vector<Tampering> tamperings() {
    const std::string type = "xmlenc#Content";
    const auto put = [](const std::string& from, const std::string& to) {
        return [=](std::string text) { return replaced(std::move(text), from, to); };
    };
    const std::string data = "<xenc:EncryptedData";
    const std::string key = "<xenc:EncryptedKey";
    const std::string ciphertext = "the ciphertext of #ED-1 does not open with its key";
    const std::string wrapped = "the EncryptedKey does not open with our key";
    return {
        {"control: signed, then encrypted", "signed-encrypted"},
        {"control: encrypted, then signed", "encrypted-signed"},
        {"control: CBC ciphertext that was signed", "encrypted-signed-cbc"},
        {"Type swapped to Element", "signed-encrypted", put(type, "xmlenc#Element"), "has the wrong Type"},
        {"Type swapped to nothing known", "signed-encrypted", put(type, "xmlenc#Any"), "Type is neither"},
        {"RSA 1.5", "rsa-1.5", {}, "is not allowed"},
        {"OAEP told to be RSA 1.5", "signed-encrypted", put(str(names::rsa_oaep), str(names::rsa_1_5)),
         "is not allowed"},
        {"OAEP with another mask", "signed-encrypted", put("#mgf1sha256", "#mgf1sha1"), wrapped},
        {"unsigned CBC", "cbc", {}, "only where its ciphertext was signed"},
        {"GCM told to be CBC", "signed-encrypted", put(str(names::aes256_gcm), str(names::aes256_cbc)),
         "only where its ciphertext was signed"},
        {"signed CBC altered", "encrypted-signed-cbc", flip(data, 20), "digest of #Body"},
        {"signed GCM altered", "encrypted-signed", flip(data, 20), "digest of #Body"},
        {"bit of the wrapped key", "signed-encrypted", flip(key, 100), wrapped},
        {"bit of the wrapped key of signed ciphertext", "encrypted-signed", flip(key, 100), wrapped},
        {"bit of the IV", "signed-encrypted", flip(data, 0), ciphertext},
        {"bit of the ciphertext", "signed-encrypted", flip(data, 20), ciphertext},
        {"bit of the tag", "signed-encrypted", flip(data, -1), ciphertext},
        {"an EncryptedKey for another receiver", "other", {}, "for another certificate than ours"},
        {"another receiver's EncryptedKey said to be ours", "other",
         [](const std::string& text) {
             return replaced(text, to_base64(envelopes().other.der()), to_base64(envelopes().gateway.der()));
         },
         wrapped},
        {"the EncryptedKey of another message", "signed-encrypted",
         [](const std::string& text) {
             return replaced(text, key_of(text), key_of(envelopes().messages.at("encrypted-signed")));
         },
         ciphertext},
        {"ciphertext cut short", "signed-encrypted",
         [](const std::string& text) {
             const std::string value = piece(data_of(text), "<xenc:CipherValue>", "</xenc:CipherValue>");
             return replaced(text, value, "<xenc:CipherValue>AAAA</xenc:CipherValue>");
         },
         ciphertext},
        {"encryption taken off and the ciphertext dropped", "signed-encrypted",
         [](const std::string& text) {
             return replaced(replaced(text, key_of(text), ""), data_of(text), "");
         },
         "digest of #Body"},
        {"encryption moved behind the signature", "signed-encrypted",
         [](const std::string& text) {
             const std::string moved = key_of(text);
             return replaced(replaced(text, moved, ""), "</wsse:Security>", moved + "</wsse:Security>");
         },
         "digest of #Body"},
        {"encryption moved before the signature", "encrypted-signed",
         [](const std::string& text) {
             const std::string moved = key_of(text);
             return replaced(replaced(text, moved, ""), "<wsu:Timestamp", moved + "<wsu:Timestamp");
         },
         "digest of #Body"},
        {"control: an encrypted header block", "two-parts"},
        {"one content key used with two algorithms", "two-parts",
         [](const std::string& text) {
             const std::string header = data_of(text);
             return replaced(text, header, replaced(header, str(names::aes256_gcm), str(names::aes128_gcm)));
         },
         "one content key is used with two algorithms"},
        {"an encrypted header block said to be for another role", "two-parts",
         put("<wsse11:EncryptedHeader ",
             "<wsse11:EncryptedHeader soap:actor=\"http://schemas.xmlsoap.org/soap/actor/next\" "),
         "another role than its EncryptedHeader"},
        {"an encrypted header block said to be for somebody else", "two-parts",
         put("<wsse11:EncryptedHeader ", "<wsse11:EncryptedHeader soap:actor=\"urn:else\" "),
         "names 2 parts, but 1"},
        {"encryption between two signatures", "signed-encrypted",
         [](const std::string& text) {
             const std::string moved = key_of(text);
             return replaced(text, moved, piece(text, "<ds:Signature ", "</ds:Signature>") + moved);
         },
         "between two signatures"},
        {"CipherReference", "signed-encrypted",
         [](const std::string& text) {
             const std::string value = piece(data_of(text), "<xenc:CipherValue>", "</xenc:CipherValue>");
             return replaced(text, value, "<xenc:CipherReference URI=\"http://attacker.example/\"/>");
         },
         "by value only"},
        {"seventeen encrypted parts", "signed-encrypted",
         [](const std::string& text) {
             std::string more;
             for (int i = 2; i < 19; ++i)
                 more += "<w>" + replaced(data_of(text), "ED-1", "ED-" + std::to_string(i)) + "</w>";
             return replaced(text, "</soap:Header>", more + "</soap:Header>");
         },
         "more than 16 parts"},
    };
}

// EncryptedData and EncryptedKey put where they do not belong, with something else, nothing or themselves
// left behind.
std::vector<std::pair<std::string, std::string>> variants(const std::string& text) {
    const std::string forged = "<po:order xmlns:po=\"urn:po\"><po:item>forged</po:item></po:order>";
    const auto as_element = [](const std::string& data) {
        return replaced(data, "xmlenc#Content", "xmlenc#Element");
    };
    const std::vector<std::string> wrappers{
        "", "w", "soap:Body", "soap:Header", "ds:Object", "wsse11:EncryptedHeader"};
    const std::vector<std::string> places{"</soap:Header>",  "</wsse:Security>", "<soap:Body",
                                          "</soap:Body>",    "</soap:Envelope>", "<wsu:Timestamp",
                                          "<wsu:Created",    "</ds:Signature>",  "<ds:SignedInfo",
                                          "<wsse:Security ", "</ds:KeyInfo>"};
    const std::string data = data_of(text);
    std::vector<std::pair<std::string, std::string>> made;
    for (const std::string& left :
         {std::string(), forged, data, "<w>" + data + "</w>", data + forged, forged + data})
        for (const std::string& moved : {data, as_element(data), replaced(data, "ED-1", "ED-2")})
            for (const std::string& wrapper : wrappers)
                for (const std::string& place : places) {
                    const std::string open =
                        wrapper.empty()
                            ? ""
                            : "<" + wrapper +
                                  " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" xmlns:wsse11=\"" +
                                  str(names::wsse11) + "\">";
                    const std::string close = wrapper.empty() ? "" : "</" + wrapper + ">";
                    std::string changed = replaced(text, data, left);
                    changed = replaced(changed, place, open + moved + close + place);
                    made.emplace_back(
                        "left \"" + left.substr(0, 20) + "\", in <" + wrapper + "> before " + place, changed);
                }
    // The key takes along what its place declared.
    const std::string key =
        replaced(key_of(text), "<wsse:SecurityTokenReference>",
                 "<wsse:SecurityTokenReference xmlns:wsse=\"" + str(soap::ns_wsse) + "\">");
    const std::string in_place = key_of(text);
    for (const std::string& left : {std::string(), key, replaced(key, "EK-1", "EK-2")})
        for (const std::string& place : places) {
            std::string changed = replaced(text, in_place, left);
            if (left == key && place == "<wsse:Security ") continue;
            made.emplace_back("EncryptedKey before " + place, replaced(changed, place, key + place));
        }
    return made;
}

Judgement judged(const Path& path, const std::string& text, const Receiver& by) {
    Judgement judgement = path.judge(text, by);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(judgement.rejection.reason, std::string("tree"), judgement.decided_by);
    return judgement;
}

class EncryptionCase : public CppUnit::TestCase {
  public:
    EncryptionCase(const Tampering& row, const Path& path)
        : TestCase("encryption: " + row.name + " [" + path.name + "]"), row_(row), path_(path) {}
    void runTest() override {
        const std::string& message = envelopes().messages.at(row_.message);
        const Receiver by = receiver();
        const Judgement judgement = judged(path_, row_.change ? row_.change(message) : message, by);
        if (row_.reason.empty()) {
            CPPUNIT_ASSERT_MESSAGE(judgement.rejection.reason, judgement.accepted);
            CPPUNIT_ASSERT(judgement.claims.encrypted && judgement.claims.encrypted->body);
            CPPUNIT_ASSERT(judgement.text.find("税务") != std::string::npos);
            return;
        }
        CPPUNIT_ASSERT_MESSAGE("the attack was accepted", !judgement.accepted);
        CPPUNIT_ASSERT_MESSAGE("refused for another reason: " + judgement.rejection.reason,
                               says(judgement.rejection.reason, row_.reason));
        // The kind alone decides what the caller is told.
        CPPUNIT_ASSERT(judgement.rejection.kind == Rejection::Kind::not_verified);
    }

  private:
    Tampering row_;
    const Path& path_;
};

class EncryptedWrapping : public CppUnit::TestCase {
  public:
    EncryptedWrapping(const std::string& message, const Path& path)
        : TestCase("encryption: wrapping by machine, " + message + " [" + path.name + "]"),
          message_(message),
          path_(path) {}
    void runTest() override {
        const std::string& original = envelopes().messages.at(message_);
        const auto all = variants(original);
        CPPUNIT_ASSERT(all.size() > 1000);
        const Receiver by = receiver();
        const Judgement control = judged(path_, original, by);
        CPPUNIT_ASSERT_MESSAGE(control.rejection.reason, control.accepted);
        const Meaning meant = meaning_of(control);
        WellFormed checker;
        for (const auto& [name, text] : all) {
            checker.add(text);
            const Judgement judgement = path_.judge(text, by);
            // With more ciphertext where nothing reads it, it is what its sender said.
            CPPUNIT_ASSERT_MESSAGE("accepted: " + name + "\n" + text,
                                   !judgement.accepted || meaning_of(judgement) == meant);
        }
        CPPUNIT_ASSERT(checker.all());
    }

  private:
    std::string message_;
    const Path& path_;
};

// A stranger signs his guess at what another encrypted. What he is told when it is right, by a signature of
// now or of another day, is what he is told when it is wrong.
class GuessedPlaintext : public CppUnit::TestCase {
  public:
    explicit GuessedPlaintext(const Path& path)
        : TestCase("encryption: a guess at the plaintext that a stranger signed [" + std::string(path.name) +
                   "]"),
          path_(path) {}
    void runTest() override {
        Receiver by = receiver();
        by.table->trust =
            security::TrustStore::make({.anchors = {envelopes().ca.der()}, .intermediates = {}}).value();
        const std::string& right = envelopes().messages.at("guessed");
        const Judgement wrong = judged(path_, flip("<xenc:EncryptedData", 20)(right), by);
        CPPUNIT_ASSERT(!wrong.accepted && wrong.rejection.kind == Rejection::Kind::not_verified);
        for (const char* name : {"guessed", "guessed-stale"}) {
            const Judgement judgement = judged(path_, envelopes().messages.at(name), by);
            CPPUNIT_ASSERT(!judgement.accepted);
            CPPUNIT_ASSERT_MESSAGE(judgement.rejection.reason,
                                   judgement.rejection.kind == Rejection::Kind::not_verified);
            // Empty: the tree reader's own refusal, which the gateway tells as this one too.
            for (const std::string& fault : {wrong.fault, judgement.fault})
                if (!fault.empty()) CPPUNIT_ASSERT_EQUAL(std::string("FailedCheck"), fault);
        }
        // It was right: only trust, which he must not hear of, was missing.
        CPPUNIT_ASSERT(says(judged(path_, right, by).rejection.reason, "not issued by a CA"));
    }

  private:
    const Path& path_;
};

class EncryptionAttacks {
  public:
    static CppUnit::TestSuite* suite() {
        auto* const suite = new CppUnit::TestSuite("encryption attacks");
        for (const Path& path : paths()) {
            for (const Tampering& row : tamperings()) suite->addTest(new EncryptionCase(row, path));
            suite->addTest(new GuessedPlaintext(path));
            for (const char* message : {"signed-encrypted", "encrypted-signed", "encrypted-signed-cbc"})
                suite->addTest(new EncryptedWrapping(message, path));
        }
        return suite;
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(EncryptionAttacks);

}  // namespace

}  // namespace hutong::attack
