#include "security/outbound/message_encrypter.hpp"

#include <algorithm>

#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include "base/ids.hpp"
#include "base/xml/outline.hpp"
#include "security/keys/pem.hpp"
#include "security/trust/usage.hpp"
#include "security/xmldsig/names.hpp"
#include "security/xmldsig/public_key.hpp"
#include "security/xmlenc/content_cipher.hpp"
#include "security/xmlenc/key_transport.hpp"
#include "security/xmlenc/names.hpp"

namespace hutong::security {

namespace {

std::string attribute(std::string_view name, std::string_view value) {
    return " " + std::string(name) + "=\"" + std::string(value) + "\"";
}

std::string method(std::string_view uri, const std::string& content = {}) {
    return "<xenc:EncryptionMethod" + attribute("Algorithm", uri) + ">" + content +
           "</xenc:EncryptionMethod>";
}

std::string cipher_data(const Bytes& octets) {
    return "<xenc:CipherData><xenc:CipherValue>" + to_base64(octets) +
           "</xenc:CipherValue></xenc:CipherData>";
}

const std::string declare_xenc = attribute("xmlns:xenc", names::xenc);
const std::string declare_ds = attribute("xmlns:ds", names::ds);

std::string transport_method(const KeyTransport& transport) {
    if (transport.digest.empty()) return method(transport.uri);
    std::string content =
        "<ds:DigestMethod" + declare_ds + attribute("Algorithm", transport.digest) + "></ds:DigestMethod>";
    if (!transport.mask.empty())
        content += "<xenc11:MGF" + attribute("xmlns:xenc11", names::xenc11) +
                   attribute("Algorithm", transport.mask) + "></xenc11:MGF>";
    return method(transport.uri, content);
}

// The receiver's certificate by its SHA-1 thumbprint, which every stack since WS-Security 1.1 can look up.
std::string recipient(ByteView certificate) {
    Bytes thumbprint(SHA_DIGEST_LENGTH);
    SHA1(certificate.data(), certificate.size(), thumbprint.data());
    return "<ds:KeyInfo" + declare_ds + "><wsse:SecurityTokenReference" +
           attribute("xmlns:wsse", soap::ns_wsse) + "><wsse:KeyIdentifier" +
           attribute("EncodingType", names::base64_binary) + attribute("ValueType", names::thumbprint_sha1) +
           ">" + to_base64(thumbprint) + "</wsse:KeyIdentifier></wsse:SecurityTokenReference></ds:KeyInfo>";
}

std::string key_reference(const std::string& key_id) {
    return "<ds:KeyInfo" + declare_ds + "><wsse:SecurityTokenReference" +
           attribute("xmlns:wsse", soap::ns_wsse) + attribute("xmlns:wsse11", names::wsse11) +
           attribute("wsse11:TokenType", names::encrypted_key_token) + "><wsse:Reference" +
           attribute("URI", "#" + key_id) + "/></wsse:SecurityTokenReference></ds:KeyInfo>";
}

// A range of the text and the EncryptedData that takes its place.
struct Replacement {
    soap::Range range;
    std::string id;
    std::string text;
};

class Encrypter {
  public:
    Encrypter(std::string_view text, const EncryptOptions& options)
        : text_(text), options_(options), content_key_(random_bytes(options.cipher->key_bytes)) {}
    ~Encrypter() { OPENSSL_cleanse(content_key_.data(), content_key_.size()); }

    Result<void> replace(soap::Range range, std::string_view type) {
        HUTONG_ASSIGN(const Bytes sealed, seal(*options_.cipher, content_key_,
                                               text_.substr(range.begin, range.end - range.begin)));
        std::string id = "ED-" + new_uuid();
        std::string data = "<xenc:EncryptedData" + declare_xenc + attribute("Id", id) +
                           attribute("Type", type) + ">" + method(options_.cipher->uri) +
                           key_reference(key_id_) + cipher_data(sealed) + "</xenc:EncryptedData>";
        replacements_.push_back({range, std::move(id), std::move(data)});
        return {};
    }

    Result<std::string> encrypted_key(ByteView certificate) const {
        HUTONG_ASSIGN(const PublicKey key, PublicKey::of_certificate(certificate));
        HUTONG_ASSIGN(const Bytes wrapped, wrap_key(*options_.transport, key.raw(), content_key_));
        std::string text = "<xenc:EncryptedKey" + declare_xenc + attribute("Id", key_id_) + ">" +
                           transport_method(*options_.transport) + recipient(certificate) +
                           cipher_data(wrapped) + "<xenc:ReferenceList>";
        for (const Replacement& one : replacements_)
            text += "<xenc:DataReference" + attribute("URI", "#" + one.id) + "/>";
        return text + "</xenc:ReferenceList></xenc:EncryptedKey>";
    }

    // The text with all replacements in place and `key` put in at `key_at`, which is before all of them.
    std::string finish(std::size_t key_at, const std::string& key) {
        std::sort(replacements_.begin(), replacements_.end(),
                  [](const auto& a, const auto& b) { return a.range.begin < b.range.begin; });
        std::string result(text_.substr(0, key_at));
        result += key;
        std::size_t at = key_at;
        for (const Replacement& one : replacements_) {
            result.append(text_.substr(at, one.range.begin - at)).append(one.text);
            at = one.range.end;
        }
        return result.append(text_.substr(at));
    }

  private:
    std::string_view text_;
    const EncryptOptions& options_;
    Bytes content_key_;
    const std::string key_id_{"EK-" + new_uuid()};
    std::vector<Replacement> replacements_;
};

// What was made or let in by the gateway has passed its limits already.
xml::Limits limits_of_our_own_text(std::string_view text) {
    xml::Limits limits;
    limits.bytes = std::max(limits.bytes, text.size());
    limits.depth = 1024;
    limits.elements = limits.bytes;
    return limits;
}

const xml::Extent* extent_at(const std::vector<xml::Extent>& extents, std::size_t begin) {
    const auto found = std::find_if(extents.begin(), extents.end(),
                                    [&](const xml::Extent& one) { return one.begin == begin; });
    return found == extents.end() ? nullptr : &*found;
}

// Our own Security header: the last one, since that is where the signer puts it.
const soap::HeaderBlock* our_header(const soap::Layout& layout) {
    const auto found = std::find_if(layout.blocks.rbegin(), layout.blocks.rend(), [](const auto& block) {
        return block.role.empty() && block.name.ns == soap::ns_wsse && block.name.local == "Security";
    });
    return found == layout.blocks.rend() ? nullptr : &*found;
}

}  // namespace

Result<KeyKind> check_encryption_certificate(ByteView der) {
    HUTONG_ASSIGN(const PublicKey key, PublicKey::of_certificate(der));
    if (key.kind() != KeyKind::rsa && key.kind() != KeyKind::sm2)
        return refused("its key is neither RSA nor SM2, and encryption for other curves is not supported");
    HUTONG_ASSIGN(const X509Ptr certificate, read_certificate(der));
    if (const std::string reason = misuse(certificate.get(), Usage::encryption); !reason.empty())
        return refused(reason);
    return key.kind();
}

Result<std::string> encrypt_message(std::string_view utf8, const soap::Layout& layout, ByteView certificate,
                                    const EncryptOptions& options) {
    HUTONG_ASSIGN(const KeyKind kind, check_encryption_certificate(certificate));
    if (options.transport->key != kind)
        return invalid("the key transport does not go with the certificate's kind of key");
    const soap::HeaderBlock* const header = our_header(layout);
    if (header == nullptr) return invalid("a message must be signed before it is encrypted");
    // Envelope, Header, Security, Signature.
    HUTONG_ASSIGN(const auto extents, xml::outline(utf8, 4, limits_of_our_own_text(utf8)));
    const xml::Extent* const body = extent_at(extents, layout.body.begin);
    const xml::Extent* const security = extent_at(extents, header->range.begin);
    if (body == nullptr || security == nullptr)
        return internal("the message to encrypt is not laid out as its layout says");
    Encrypter encrypter(utf8, options);
    for (const xml::Extent& child : extents) {
        const bool inside =
            child.depth == security->depth + 1 && child.begin > security->begin && child.end < security->end;
        if (inside && utf8.substr(child.begin).starts_with("<ds:Signature "))
            HUTONG_TRY(encrypter.replace({child.begin, child.end}, names::type_element));
    }
    if (body->self_closed) return invalid("a Body without content cannot be encrypted");
    HUTONG_TRY(encrypter.replace({body->content_begin, body->content_end}, names::type_content));
    HUTONG_ASSIGN(const std::string key, encrypter.encrypted_key(certificate));
    return encrypter.finish(security->content_begin, key);
}

}  // namespace hutong::security
