#include "tests/oracle/stock_verifier.hpp"

#include <algorithm>
#include <stdexcept>

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
// errors.h does not compile before xmlsec.h.
// clang-format off
#include <xmlsec/xmlsec.h>
#include <xmlsec/errors.h>
#include <xmlsec/keys.h>
#include <xmlsec/list.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmltree.h>
// clang-format on

#include "tests/oracle/message_tree.hpp"

namespace hutong::test {

namespace {

void silent(const char*, int, const char*, const char*, const char*, int, const char*) {}

// Once in a process, whoever is first.
bool set_up() {
    if (xmlSecPtrListGetSize(xmlSecTransformIdsGet()) > 0) return true;
    xmlInitParser();
    if (xmlSecInit() < 0 || xmlSecOpenSSLInit() < 0) throw std::runtime_error("xmlsec1 cannot be set up");
    xmlSecErrorsSetCallback(silent);
    return true;
}

void get_ready() {
    static const bool ready = set_up();
    static_cast<void>(ready);
}

// The signature methods of which the oracle knows what key they are for.
struct Method {
    std::string_view uri;
    const char* key;
    const char* digest;
    bool pss;  // xmlsec1 has none
};
constexpr Method methods[] = {
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "RSA", "SHA256", false},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", "RSA", "SHA384", false},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", "RSA", "SHA512", false},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", "EC", "SHA256", false},
    {"http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", "RSA", "SHA256", true},
    {"http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1", "RSA", "SHA384", true},
    {"http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1", "RSA", "SHA512", true},
};

const Method* method_of(const xmlNode* signature) {
    const xmlNode* const info = child_of(signature, ds_ns, "SignedInfo");
    const std::string uri = attribute_of(child_of(info, ds_ns, "SignatureMethod"), "Algorithm");
    const auto found = std::ranges::find(methods, uri, &Method::uri);
    return found == std::end(methods) ? nullptr : found;
}

const EVP_MD* digest_method(const xmlNode* reference) {
    const std::string uri = attribute_of(child_of(reference, ds_ns, "DigestMethod"), "Algorithm");
    if (uri == "http://www.w3.org/2001/04/xmlenc#sha256") return EVP_sha256();
    if (uri == "http://www.w3.org/2001/04/xmldsig-more#sha384") return EVP_sha384();
    if (uri == "http://www.w3.org/2001/04/xmlenc#sha512") return EVP_sha512();
    return nullptr;
}

struct KeyDeleter {
    void operator()(xmlSecKeyPtr key) const { xmlSecKeyDestroy(key); }
};
struct ContextDeleter {
    void operator()(xmlSecDSigCtxPtr context) const { xmlSecDSigCtxDestroy(context); }
};

xmlSecKeyPtr make_key(EVP_PKEY* key) {
    EVP_PKEY_up_ref(key);
    std::unique_ptr<xmlSecKey, KeyDeleter> result(xmlSecKeyCreate());
    if (result != nullptr && xmlSecKeySetValue(result.get(), xmlSecOpenSSLEvpKeyAdopt(key)) == 0)
        return result.release();
    throw std::runtime_error("xmlsec1 does not take the key");
}

void collect_signatures(xmlNode* node, std::vector<xmlNode*>& found) {
    for (; node != nullptr; node = node->next) {
        if (found.size() < 6 && named(node, ds_ns, "Signature"))
            found.push_back(node);
        else
            collect_signatures(node->children, found);
    }
}

std::vector<xmlNode*> signatures_of(xmlDoc* document) {
    std::vector<xmlNode*> all;
    if (document != nullptr) collect_signatures(xmlDocGetRootElement(document), all);
    return all;
}

bool in_header(const xmlNode* signature) {
    const xmlNode* const security = signature->parent;
    return named(security, "Security") && named(security->parent, "Header") &&
           security->parent->parent == xmlDocGetRootElement(signature->doc);
}

std::vector<xmlNode*> references_of(const xmlNode* signature) {
    return children_of(child_of(signature, ds_ns, "SignedInfo"), ds_ns, "Reference");
}

// A ds:Transform among a reference's own that names this algorithm.
const xmlNode* transform_of(const xmlNode* reference, std::string_view uri) {
    for (const xmlNode* transform : children_of(child_of(reference, ds_ns, "Transforms"), ds_ns, "Transform"))
        if (attribute_of(transform, "Algorithm") == uri) return transform;
    return nullptr;
}
bool is_of_token(const xmlNode* reference) {
    return transform_of(reference, str_transform_uri) != nullptr;
}
bool is_of_attachment(const xmlNode* reference) {
    return attribute_of(reference, "URI").starts_with("cid:");
}

xmlNode* token_of(const xmlNode* str) {
    if (const xmlNode* const identifier = child_of(str, wsse_ns, "KeyIdentifier"))
        return attribute_of(identifier, "ValueType") == saml_id_uri
                   ? target_of(str->doc, "#" + text_of(identifier))
                   : nullptr;
    return str == nullptr ? nullptr
                          : target_of(str->doc, attribute_of(child_of(str, wsse_ns, "Reference"), "URI"));
}

// WS-Security 1.1.1 section 8.3: the token instead of what refers to it, with its default namespace shown.
bool token_octets(const xmlNode* reference, std::string& octets) {
    const xmlNode* const parameters =
        child_of(transform_of(reference, str_transform_uri), wsse_ns, "TransformationParameters");
    xmlNode* const token = token_of(target_of(reference->doc, attribute_of(reference, "URI")));
    if (token == nullptr) return false;
    octets = canonical_octets(token, child_of(parameters, ds_ns, "CanonicalizationMethod"));
    if (octets.empty()) return false;
    std::size_t end = 1;  // of the start tag; a value may hold '>'
    for (bool quoted = false; quoted || octets[end] != '>'; ++end) quoted ^= octets[end] == '"';
    if (octets.substr(0, end).find(" xmlns=\"") == std::string::npos)
        octets.insert(octets.find_first_of(" >"), " xmlns=\"\"");
    return true;
}

// By stock xmlsec1's own transforms, of the message itself only.
bool xmlsec_octets(xmlNode* reference, std::string& octets) {
    const std::unique_ptr<xmlSecTransformCtx, decltype(&xmlSecTransformCtxDestroy)> context(
        xmlSecTransformCtxCreate(), xmlSecTransformCtxDestroy);
    context->enabledUris = xmlSecTransformUriTypeSameDocument;
    xmlNode* const transforms = child_of(reference, ds_ns, "Transforms");
    const std::string uri = attribute_of(reference, "URI");
    if (!has_attribute(reference, "URI") ||
        xmlSecTransformCtxSetUri(context.get(), reinterpret_cast<const xmlChar*>(uri.c_str()), reference) <
            0 ||
        (transforms != nullptr &&
         xmlSecTransformCtxNodesListRead(context.get(), transforms, xmlSecTransformUsageDSigTransform) < 0) ||
        xmlSecTransformCtxExecute(context.get(), reference->doc) < 0 || context->result == nullptr)
        return false;
    octets.assign(reinterpret_cast<const char*>(xmlSecBufferGetData(context->result)),
                  xmlSecBufferGetSize(context->result));
    return true;
}

// What a reference digests. Empty: nobody can say.
std::vector<std::uint8_t> digest_of(xmlNode* reference, const Parts& parts) {
    const EVP_MD* const method = digest_method(reference);
    std::string octets;
    if (method == nullptr) return {};
    if (is_of_attachment(reference)) {
        if (transform_of(reference, swa_transform_uri) == nullptr ||
            !attachment_octets(attribute_of(reference, "URI"), parts, octets))
            return {};
    } else if (is_of_token(reference) ? !token_octets(reference, octets)
                                      : !xmlsec_octets(reference, octets)) {
        return {};
    }
    std::vector<std::uint8_t> digest(EVP_MAX_MD_SIZE);
    unsigned size = 0;
    EVP_Digest(octets.data(), octets.size(), digest.data(), &size, method, nullptr);
    digest.resize(size);
    return digest;
}

std::vector<std::uint8_t> from_base64(const std::string& text) {
    std::vector<std::uint8_t> bytes(text.size());
    const int decoded = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                        static_cast<int>(text.size()));
    const auto padding = std::count(text.begin(), text.end(), '=');
    bytes.resize(decoded < padding ? 0 : static_cast<std::size_t>(decoded - padding));
    return bytes;
}

// r‖s as OpenSSL wants it.
std::vector<std::uint8_t> der_of(const std::vector<std::uint8_t>& raw) {
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(ECDSA_SIG_new(), ECDSA_SIG_free);
    const int half = static_cast<int>(raw.size() / 2);
    ECDSA_SIG_set0(pair.get(), BN_bin2bn(raw.data(), half, nullptr),
                   BN_bin2bn(raw.data() + half, half, nullptr));
    std::vector<std::uint8_t> der(static_cast<std::size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)));
    unsigned char* at = der.data();
    i2d_ECDSA_SIG(pair.get(), &at);
    return der;
}

bool value_fits(xmlNode* signature, const Method& method, EVP_PKEY* key) {
    xmlNode* const info = child_of(signature, ds_ns, "SignedInfo");
    const std::string octets = canonical_octets(info, child_of(info, ds_ns, "CanonicalizationMethod"));
    std::vector<std::uint8_t> value =
        from_base64(without_space(text_of(child_of(signature, ds_ns, "SignatureValue"))));
    if (octets.empty() || value.empty()) return false;
    if (EVP_PKEY_is_a(key, "EC") == 1) value = der_of(value);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* parameters = nullptr;
    if (EVP_DigestVerifyInit(context.get(), &parameters, EVP_get_digestbyname(method.digest), nullptr, key) !=
        1)
        return false;
    if (method.pss && (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1 ||
                       EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) != 1))
        return false;
    return EVP_DigestVerify(context.get(), value.data(), value.size(),
                            reinterpret_cast<const unsigned char*>(octets.data()), octets.size()) == 1;
}

// Reference by reference, for what stock xmlsec1 does not know.
bool verifies_by_parts(xmlNode* signature, const Method& method, EVP_PKEY* key, const Parts& parts) {
    const std::vector<xmlNode*> references = references_of(signature);
    return !references.empty() && value_fits(signature, method, key) &&
           std::ranges::all_of(references, [&](xmlNode* reference) {
               const auto said =
                   from_base64(without_space(text_of(child_of(reference, ds_ns, "DigestValue"))));
               return !said.empty() && digest_of(reference, parts) == said;
           });
}

bool verifies_by_xmlsec(xmlNode* signature, EVP_PKEY* key) {
    const std::unique_ptr<xmlSecDSigCtx, ContextDeleter> context(xmlSecDSigCtxCreate(nullptr));
    context->enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
    context->signKey = make_key(key);
    return xmlSecDSigCtxVerify(context.get(), signature) == 0 && context->status == xmlSecDSigStatusSucceeded;
}

SignatureVerdict judge(xmlNode* signature, std::span<evp_pkey_st* const> keys, const Parts& parts) {
    SignatureVerdict one;
    one.in_header = in_header(signature);
    one.of_assertion = named(signature->parent, saml_ns, "Assertion");
    for (const xmlNode* reference : references_of(signature)) {
        const xmlNode* const target = target_of(signature->doc, attribute_of(reference, "URI"));
        one.token_references += is_of_token(reference);
        one.attachment_references += is_of_attachment(reference);
        one.body_covered = one.body_covered || (named(target, "Body") && !is_of_token(reference) &&
                                                target->parent == xmlDocGetRootElement(signature->doc));
    }
    const Method* const method = method_of(signature);
    if (method == nullptr) return one;
    const bool foreign = method->pss || one.token_references > 0 || one.attachment_references > 0;
    for (EVP_PKEY* const key : keys)
        if (EVP_PKEY_is_a(key, method->key) == 1)
            one.verified = one.verified || (foreign ? verifies_by_parts(signature, *method, key, parts)
                                                    : verifies_by_xmlsec(signature, key));
    return one;
}

}  // namespace

StockVerdict verify_by_stock(std::string_view message, std::span<evp_pkey_st* const> keys,
                             const Parts& parts) {
    get_ready();
    StockVerdict verdict;
    const Document document = parse_message(message, parts);
    if (!document) return verdict;
    verdict.parsed = true;
    for (xmlNode* const signature : signatures_of(document.get())) {
        const SignatureVerdict one = judge(signature, keys, parts);
        verdict.verified = verdict.verified || one.verified;
        verdict.body_covered = verdict.body_covered || (one.verified && one.in_header && one.body_covered);
        verdict.signatures.push_back(one);
    }
    return verdict;
}

std::vector<ReferenceDigest> digests_by_stock(std::string_view message, const Parts& parts) {
    get_ready();
    std::vector<ReferenceDigest> all;
    const Document document = parse_message(message, parts);
    for (xmlNode* const signature : signatures_of(document.get())) {
        if (!in_header(signature)) continue;
        const std::string value = without_space(text_of(child_of(signature, ds_ns, "SignatureValue")));
        const std::vector<xmlNode*> references = references_of(signature);
        for (std::size_t i = 0; i < references.size() && i < 10; ++i) {
            ReferenceDigest one{value, i, attribute_of(references[i], "URI"),
                                digest_of(references[i], parts)};
            if (!one.digest.empty()) all.push_back(std::move(one));
        }
    }
    return all;
}

ToSign to_sign_by_stock(std::string_view message, std::size_t n, const Parts& parts) {
    get_ready();
    ToSign all;
    const Document document = parse_message(message, parts);
    const std::vector<xmlNode*> signatures = signatures_of(document.get());
    if (n >= signatures.size()) return all;
    xmlNode* const info = child_of(signatures[n], ds_ns, "SignedInfo");
    if (info == nullptr) return all;
    for (xmlNode* const reference : references_of(signatures[n])) {
        const std::vector<std::uint8_t> digest = digest_of(reference, parts);
        std::string text(4 * ((digest.size() + 2) / 3) + 1, '\0');
        text.resize(static_cast<std::size_t>(EVP_EncodeBlock(
            reinterpret_cast<unsigned char*>(text.data()), digest.data(), static_cast<int>(digest.size()))));
        all.digests.push_back(std::move(text));
    }
    all.signed_info = canonical_octets(info, child_of(info, ds_ns, "CanonicalizationMethod"));
    all.method = attribute_of(child_of(info, ds_ns, "SignatureMethod"), "Algorithm");
    return all;
}

}  // namespace hutong::test
